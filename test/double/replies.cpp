#include "test/double/replies.h"
#include <cstdio>

namespace ysnp::test {

std::string reply(unsigned status, std::string_view body, const std::vector<net::Header>& headers)
{
    std::string text = "HTTP/1.1 " + std::to_string(status) + " Reason\r\n";
    for (const auto& header : headers) text += header.name + ": " + header.value + "\r\n";
    if (status != 204 && status / 100 != 1) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text.append("\r\n").append(body);
}

std::string json_reply(unsigned status, std::string_view body, std::vector<net::Header> headers)
{
    headers.insert(headers.begin(), {"Content-Type", "application/json"});
    return reply(status, body, headers);
}

std::string chunk(std::string_view bytes)
{
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + std::string(bytes) + "\r\n";
}

} // namespace ysnp::test
