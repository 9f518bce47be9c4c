#pragma once
#include "runner/trace/stage.h"
#include <cstddef>
#include <string>

namespace ysnp::trace {

/// Length of the longest prefix that is valid UTF-8 (RFC 3629) and made of whole characters.
std::size_t valid_utf8(std::string_view bytes) noexcept;

/// The largest size at most `size` at which valid UTF-8 can be cut without splitting a character.
std::size_t utf8_boundary(std::string_view bytes, std::size_t size) noexcept;

/// Replaces each byte that is not part of valid UTF-8 by U+FFFD. Characters split between writes are joined first; what
/// it hands on never splits one.
class Utf8Repair : public Stage {
public:
    explicit Utf8Repair(Stage& next) : next_(next) {} // must outlive it
    void put(std::string_view bytes) override;
    void end_write() override;
    void settle() override;
    void close() override;

private:
    void complete(std::string_view& bytes);
    void repair(std::string_view bytes);
    void let_go();

    Stage& next_;
    std::string begun_; // at most three bytes of a character
};

} // namespace ysnp::trace
