#pragma once
#include "runner/trace/stage.h"
#include <string>

namespace ysnp::trace {

/// Masks the values of URL parameters that carry credentials (`?private_token=…`, `&X-Amz-Signature=…`, names compared
/// without case): the value up to `?`, `&`, a blank or a control byte becomes `[MASKED]`.
class UrlMask : public Stage {
public:
    explicit UrlMask(Stage& next) : next_(next) {} // must outlive it
    void put(std::string_view bytes) override;
    void end_write() override;
    void settle() override;
    void close() override;

private:
    enum class In { text, name, value_start, value };
    std::size_t read_text(std::string_view bytes, std::size_t from);
    std::size_t read_name(std::string_view bytes, std::size_t from);
    std::size_t read_value(std::string_view bytes, std::size_t from);
    void release();

    Stage& next_;
    In in_ = In::text;
    std::string name_; // from its '?' or '&' on, not decided yet
};

} // namespace ysnp::trace
