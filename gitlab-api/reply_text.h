#pragma once
#include <string>
#include <string_view>

namespace ysnp::net {
struct Response;
}

namespace ysnp::gitlab {

/// Whether the media type is application/json, with any parameters.
bool is_json(const net::Response& response) noexcept;

/// GitLab's own words in an error's body: {"message": text or map of lists}, {"error": text}, an object store's XML, or
/// nothing. Bounded, one line, printable, query strings of URLs dropped. Never fails.
std::string explain(const net::Response& response);

/// A header's value for the log: bounded and printable.
std::string printable_header(std::string_view value);

} // namespace ysnp::gitlab
