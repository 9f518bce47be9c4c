#include "net/url.h"
#include "net/failure.h"
#include "net/host_name.h"
#include <algorithm>
#include <charconv>
#include <vector>

namespace ysnp::net {

namespace {

[[noreturn]] void refuse(const std::string& why)
{
    throw std::system_error(make_error_code(Error::bad_url), "URL: " + why);
}

int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

void check_bytes(std::string_view text)
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte <= 0x20 || byte >= 0x7f) refuse("blanks, control bytes and non-ASCII bytes must be percent-encoded");
        if (byte == '\\') refuse("a backslash must be percent-encoded");
        if (byte != '%') continue;
        if (at + 2 >= text.size() || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0)
            refuse("'%' must be followed by two hexadecimal digits");
    }
}

std::uint16_t default_port(std::string_view scheme)
{
    if (scheme == "https") return 443;
    return scheme == "http" ? 80 : 0;
}

std::uint16_t parse_port(std::string_view text)
{
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535)
        refuse("the port must be a number from 1 to 65535");
    return static_cast<std::uint16_t>(value);
}

void parse_user(std::string_view text, Url& url)
{
    if (text.find('@') != std::string_view::npos) refuse("more than one '@' before the host");
    const auto colon = text.find(':');
    url.user = percent_decode(text.substr(0, colon));
    if (colon != std::string_view::npos) url.password = percent_decode(text.substr(colon + 1));
}

void parse_authority(std::string_view text, Url& url)
{
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        parse_user(text.substr(0, at), url);
        text.remove_prefix(at + 1);
    }
    const auto bracket = text.rfind(']');
    const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    url.origin.host = canonical_host(text.substr(0, colon));
    if (url.origin.host.empty()) refuse("the host must be a DNS name, a dotted IPv4 or a bracketed IPv6 address");
    const bool has_port = colon != std::string_view::npos;
    url.origin.port = has_port ? parse_port(text.substr(colon + 1)) : default_port(url.origin.scheme);
}

void parse_target(std::string_view text, Url& url)
{
    if (text.find('#') != std::string_view::npos) refuse("a fragment ('#…') has no meaning here");
    const auto mark = text.find('?');
    url.path = std::string(text.substr(0, mark));
    if (url.path.empty()) url.path = "/";
    if (mark != std::string_view::npos) url.query = std::string(text.substr(mark + 1));
}

std::string parse_scheme(std::string_view text)
{
    std::string scheme(text);
    std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (scheme != "http" && scheme != "https" && scheme != "unix") refuse("the scheme must be http, https or unix");
    return scheme;
}

/// RFC 3986 5.2.4
std::string remove_dot_segments(std::string_view path)
{
    std::vector<std::string_view> kept;
    bool directory = false;
    for (std::size_t at = 1; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        const auto segment = path.substr(at, end - at);
        directory = segment == "." || segment == "..";
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!directory) kept.push_back(segment);
        at = end + 1;
    }
    std::string out;
    for (const auto segment : kept) out.append("/").append(segment);
    if (directory || out.empty()) out += '/';
    return out;
}

bool has_scheme(std::string_view reference)
{
    const auto colon = reference.find(':');
    return colon != std::string_view::npos && colon < reference.find_first_of("/?");
}

} // namespace

std::string Origin::to_string() const
{
    if (scheme == "unix") return "unix://" + host;
    return scheme + "://" + host_header();
}

std::string Origin::host_header() const
{
    if (scheme == "unix") return "localhost";
    std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != default_port(scheme)) out += ":" + std::to_string(port);
    return out;
}

std::string Url::target() const { return query.empty() ? path : path + "?" + query; }

std::string Url::to_string() const
{
    return origin.scheme == "unix" ? origin.to_string() : origin.to_string() + target();
}

Url parse_url(std::string_view text)
{
    check_bytes(text);
    const auto mark = text.find("://");
    if (mark == std::string_view::npos) refuse("it must begin with http://, https:// or unix://");
    Url url;
    url.origin.scheme = parse_scheme(text.substr(0, mark));
    text.remove_prefix(mark + 3);
    if (url.origin.scheme == "unix") {
        if (text.empty() || text.front() != '/') refuse("unix:// must be followed by an absolute path");
        url.origin.host = percent_decode(text);
        url.path = "/";
        return url;
    }
    const auto end = std::min(text.find_first_of("/?#"), text.size());
    parse_authority(text.substr(0, end), url);
    parse_target(text.substr(end), url);
    return url;
}

Url resolve(const Url& base, std::string_view reference)
{
    reference = reference.substr(0, reference.find('#'));
    if (has_scheme(reference)) return parse_url(reference);
    if (reference.starts_with("//")) return parse_url(base.origin.scheme + ":" + std::string(reference));
    check_bytes(reference);
    Url url;
    url.origin = base.origin;
    if (reference.empty() || reference.front() == '?') {
        url.path = base.path;
        url.query = reference.empty() ? base.query : std::string(reference.substr(1));
        return url;
    }
    const auto directory = base.path.substr(0, base.path.rfind('/') + 1);
    parse_target(reference.front() == '/' ? std::string(reference) : directory + std::string(reference), url);
    url.path = remove_dot_segments(url.path);
    return url;
}

std::string percent_encode(std::string_view text)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                           (byte >= 'A' && byte <= 'Z') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
        if (plain)
            out += c;
        else
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

std::string percent_decode(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape =
            text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
        if (!escape) {
            out += text[at];
            continue;
        }
        out += static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
        at += 2;
    }
    return out;
}

} // namespace ysnp::net
