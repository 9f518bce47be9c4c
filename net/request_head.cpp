#include "net/request_head.h"
#include "net/ascii.h"
#include "net/failure.h"
#include <algorithm>

namespace ysnp::net {

namespace {

[[noreturn]] void refuse(const std::string& what)
{
    throw std::system_error(make_error_code(Error::invalid_value), what);
}

/// tchar of RFC 9110 5.6.2
bool is_token(std::string_view text)
{
    static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               others.find(c) != std::string_view::npos;
    });
}

bool is_value(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

bool is_target(std::string_view text)
{
    return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte > 0x20 && byte < 0x7f;
           });
}

bool is_ours(std::string_view name)
{
    static constexpr std::string_view ours[] = {"host", "content-length", "connection", "transfer-encoding"};
    return std::any_of(std::begin(ours), std::end(ours), [&](auto own) { return same_ignoring_case(name, own); });
}

void add(std::string& head, std::string_view name, std::string_view value)
{
    head.append(name).append(": ").append(value).append("\r\n");
}

void add_checked(std::string& head, std::string_view name, std::string_view value)
{
    if (!is_token(name)) refuse("a request header's name");
    if (is_ours(name)) refuse("request header " + std::string(name) + ": the client sets it itself");
    if (!is_value(value)) refuse("value of the request header " + std::string(name));
    add(head, name, value);
}

bool has(const Request& request, std::string_view name)
{
    return std::any_of(request.headers.begin(), request.headers.end(),
                       [&](const Header& header) { return same_ignoring_case(header.name, name); });
}

void add_framing(std::string& head, const BodyFraming& body)
{
    if (!body.present) return;
    if (body.length)
        add(head, "Content-Length", std::to_string(*body.length));
    else
        add(head, "Transfer-Encoding", "chunked");
}

std::size_t estimate(const Request& request)
{
    std::size_t size = 256 + request.target.size();
    for (const auto& header : request.headers) size += header.name.size() + header.value.size() + 4;
    for (const auto& [name, secret] : request.credentials) size += name.size() + secret->reveal().size() + 4;
    return size;
}

} // namespace

std::string request_head(const Request& request, const HeadOptions& options, const BodyFraming& body)
{
    if (!is_token(request.method)) refuse("a request's method");
    if (!is_target(request.target)) refuse("a request's target: it must begin with '/' and be percent-encoded");
    std::string head;
    head.reserve(estimate(request)); // so that growing leaves no copy of a credential behind
    head.append(request.method).append(" ");
    if (options.absolute_target) head.append(options.origin.to_string());
    head.append(request.target).append(" HTTP/1.1\r\n");
    add(head, "Host", options.origin.host_header());
    if (!has(request, "User-Agent")) add_checked(head, "User-Agent", options.user_agent);
    if (!options.proxy_authorization.empty()) add(head, "Proxy-Authorization", options.proxy_authorization);
    for (const auto& header : request.headers) add_checked(head, header.name, header.value);
    for (const auto& [name, secret] : request.credentials) add_checked(head, name, secret->reveal());
    if (options.upgrade) add(head, "Connection", "Upgrade");
    if (options.upgrade && !has(request, "Upgrade")) add(head, "Upgrade", "tcp");
    add_framing(head, body);
    return head.append("\r\n");
}

} // namespace ysnp::net
