#include "net/proxy.h"
#include "net/failure.h"
#include "net/host_name.h"
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <openssl/evp.h>

namespace ysnp::net {

namespace {

std::string first_of(const char* lower, const char* upper)
{
    for (const char* name : {lower, upper})
        if (const char* value = std::getenv(name); value && *value) return value;
    return {};
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<unsigned> number(std::string_view text)
{
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

struct Address {
    std::array<unsigned char, 16> bytes{};
    unsigned bits = 0; // 32 or 128; 0: no address
};

Address address_of(std::string_view text)
{
    Address out;
    const std::string copy(text);
    if (inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1)
        out.bits = 32;
    else if (inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1)
        out.bits = 128;
    return out;
}

bool in_range(const Address& host, std::string_view range)
{
    const auto slash = range.find('/');
    const Address network = address_of(range.substr(0, slash));
    const auto prefix = number(range.substr(slash + 1));
    if (!prefix || host.bits == 0 || network.bits != host.bits || *prefix > host.bits) return false;
    const auto whole = *prefix / 8;
    if (std::memcmp(host.bytes.data(), network.bytes.data(), whole) != 0) return false;
    const auto rest = *prefix % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
    return (host.bytes[whole] & mask) == (network.bytes[whole] & mask);
}

/// Splits a port off an entry; an entry with a port that is not the origin's does not match.
bool take_port(std::string_view& entry, std::uint16_t port)
{
    const auto colon = entry.rfind(':');
    if (colon == std::string_view::npos) return true;
    const bool bracketed = entry.front() == '[' && entry[colon - 1] == ']';
    if (!bracketed && entry.find(':') != colon) return true; // a bare IPv6 address
    const auto wanted = number(entry.substr(colon + 1));
    entry = entry.substr(0, colon);
    return wanted == port;
}

bool entry_matches(std::string_view entry, const Origin& origin)
{
    if (entry == "*") return true;
    if (entry.find('/') != std::string_view::npos) return in_range(address_of(origin.host), entry);
    if (!take_port(entry, origin.port)) return false;
    if (entry.starts_with("*.")) entry.remove_prefix(1);
    const bool only_below = entry.starts_with('.');
    if (only_below) entry.remove_prefix(1);
    const std::string host =
        canonical_host(address_of(entry).bits == 128 ? "[" + std::string(entry) + "]" : std::string(entry));
    if (host.empty()) return false;
    if (origin.host == host) return !only_below;
    return !is_address(origin.host) && origin.host.ends_with("." + host);
}

std::string basic(const std::string& user, const std::string& password)
{
    const std::string plain = user + ":" + password;
    std::string out(4 * ((plain.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
    out.resize(static_cast<std::size_t>(size));
    return "Basic " + out;
}

} // namespace

ProxyOptions ProxyOptions::from_environment()
{
    return {first_of("http_proxy", "HTTP_PROXY"), first_of("https_proxy", "HTTPS_PROXY"),
            first_of("no_proxy", "NO_PROXY")};
}

bool no_proxy_matches(std::string_view list, const Origin& origin)
{
    while (!list.empty()) {
        const auto comma = list.find(',');
        const auto entry = trimmed(list.substr(0, comma));
        if (!entry.empty() && entry_matches(entry, origin)) return true;
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return false;
}

std::optional<Proxy> proxy_for(const ProxyOptions& options, const Origin& origin)
{
    if (origin.scheme == "unix" || is_loopback(origin.host)) return std::nullopt;
    const std::string& chosen = origin.secure() ? options.https : options.http;
    if (chosen.empty() || no_proxy_matches(options.no_proxy, origin)) return std::nullopt;
    const Url url = parse_url(chosen.find("://") == std::string::npos ? "http://" + chosen : chosen);
    if (url.origin.scheme != "http")
        throw std::system_error(make_error_code(Error::invalid_value),
                                "proxy " + url.origin.to_string() + ": only proxies with an http:// URL are supported");
    Proxy proxy{url.origin.host, url.origin.port, {}};
    if (!url.user.empty()) proxy.authorization = basic(url.user, url.password);
    return proxy;
}

} // namespace ysnp::net
