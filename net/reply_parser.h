#pragma once
#include "net/http.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace ysnp::net {

/// What the reply answers: to HEAD and CONNECT there is no body whatever the header says.
enum class ReplyBody { as_declared, none };

/// Incremental parser of one HTTP/1.1 reply (RFC 9112), fed with bytes as they come. Throws system_error with
/// Failure::too_large, protocol or transient (an early end).
class ReplyParser {
public:
    ReplyParser(std::size_t max_header, ReplyBody expected);
    ~ReplyParser();

    /// Consumes a prefix of `bytes` and returns its length; 0 means that it needs more. At most one piece of the body
    /// comes out: body(), a view into `bytes`. The head is consumed in one call, so all of it must be there.
    std::size_t put(std::string_view bytes);
    std::string_view body() const noexcept;
    /// The peer closed. Throws (Failure::transient) where the reply was not complete.
    void put_end();

    bool head_done() const noexcept;
    bool done() const noexcept;
    bool keep_alive() const;
    std::optional<std::uint64_t> content_length() const;
    /// Status and headers, once head_done().
    Response& head() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::net
