#include "net/host_name.h"
#include <algorithm>
#include <arpa/inet.h>

namespace ysnp::net {

namespace {

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

bool ipv4(const std::string& host)
{
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

std::string canonical_ipv6(std::string_view inside)
{
    in6_addr address{};
    if (inet_pton(AF_INET6, std::string(inside).c_str(), &address) != 1) return {};
    if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) {
        // ::1 and :: look "v4 compatible" to the macro's older forms; only those two are real IPv6 addresses.
        if (!IN6_IS_ADDR_LOOPBACK(&address) && !IN6_IS_ADDR_UNSPECIFIED(&address)) return {};
    }
    char text[INET6_ADDRSTRLEN] = {};
    if (!inet_ntop(AF_INET6, &address, text, sizeof text)) return {};
    return text;
}

bool good_label(std::string_view label)
{
    if (label.empty() || label.size() > 63) return false;
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_'; });
}

/// Resolvers read a name whose last label is a number as an address in some odd base.
bool reads_as_number(std::string_view label)
{
    return std::all_of(label.begin(), label.end(), digit) || label.starts_with("0x");
}

} // namespace

std::string canonical_host(std::string_view host)
{
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        return canonical_ipv6(host.substr(1, host.size() - 2));
    std::string name = lower(host);
    if (name.empty() || name.size() > 253) return {};
    std::string_view label;
    for (std::size_t at = 0; at <= name.size(); at += label.size() + 1) {
        label = std::string_view(name).substr(at, name.find('.', at) - at);
        if (!good_label(label)) return {};
    }
    if (reads_as_number(label) && !ipv4(name)) return {};
    return name;
}

bool is_address(std::string_view host) { return host.find(':') != std::string_view::npos || ipv4(std::string(host)); }

bool is_loopback(std::string_view host)
{
    if (host == "localhost" || host.ends_with(".localhost") || host == "::1") return true;
    return host.starts_with("127.") && ipv4(std::string(host));
}

} // namespace ysnp::net
