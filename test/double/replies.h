#pragma once
#include "net/http.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::test {

/// A whole reply as bytes, Content-Length included.
std::string reply(unsigned status, std::string_view body = {}, const std::vector<net::Header>& headers = {});
/// The same with Content-Type: application/json.
std::string json_reply(unsigned status, std::string_view body, std::vector<net::Header> headers = {});
/// One chunk of a chunked body; an empty one ends it.
std::string chunk(std::string_view bytes);

} // namespace ysnp::test
