#pragma once
#include "net/http.h"
#include <cstdint>
#include <optional>
#include <string>

namespace ysnp::net {

/// How a request's body is framed.
struct BodyFraming {
    bool present = false;
    std::optional<std::uint64_t> length; // none: chunked
};

/// What the client adds to a request by itself.
struct HeadOptions {
    Origin origin;
    std::string user_agent;
    std::string proxy_authorization; // with a plain-HTTP proxy
    bool absolute_target = false;    // with a plain-HTTP proxy
    bool upgrade = false;
};

/// Request line and header section, ready to send. It holds credentials: wipe it afterwards. Throws Failure::invalid
/// for bytes that would break the framing (CR, LF, NUL, blanks in the target) and for headers that are the client's
/// own.
std::string request_head(const Request& request, const HeadOptions& options, const BodyFraming& body);

} // namespace ysnp::net
