#pragma once
#include "test/double/http_server.h"
#include <memory>
#include <string_view>

namespace ysnp::test {

/// Incremental parser of one HTTP/1.1 request. Throws on what is not HTTP.
class RequestParser {
public:
    RequestParser();
    ~RequestParser();
    /// Consumes a prefix of `bytes`, returns its length; 0: needs more. At most one piece of the body comes out.
    std::size_t put(std::string_view bytes);
    std::string_view body() const noexcept;
    bool head_done() const noexcept;
    bool done() const noexcept;
    bool keep_alive() const;
    Recorded& head() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::test
