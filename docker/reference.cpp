#include "docker/reference.h"
#include "docker/engine_error.h"
#include <algorithm>
#include <charconv>

namespace ysnp::docker {

namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_tag = 128;
constexpr std::size_t longest_text = longest_name + 1 + longest_tag + 1 + 7 + 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alnum(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

EngineError refused(std::string_view text, std::string why)
{
    std::string shown(text.substr(0, 100));
    return configuration_error("image \"" + shown + (text.size() > 100 ? "..." : "") + "\"", std::move(why));
}

bool is_host_label(std::string_view label)
{
    if (label.empty() || !is_alnum(label.front()) || !is_alnum(label.back())) return false;
    return std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_port(std::string_view text)
{
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535 && text.size() <= 5;
}

bool is_host(std::string_view text)
{
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
    std::string_view name = text.substr(0, colon);
    for (;;) {
        const auto dot = name.find('.');
        if (!is_host_label(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

/// Length of a separator at the front: one '.', one or two '_', any number of '-'.
std::size_t separator(std::string_view text)
{
    if (text.empty()) return 0;
    if (text.front() == '.') return 1;
    if (text.front() == '_') return text.size() > 1 && text[1] == '_' ? 2 : 1;
    return std::min(text.find_first_not_of('-'), text.size());
}

bool is_path_component(std::string_view text)
{
    const auto letters = [](std::string_view part) {
        return static_cast<std::size_t>(
            std::find_if_not(part.begin(), part.end(), [](char c) { return is_digit(c) || is_lower(c); }) -
            part.begin());
    };
    for (;;) {
        const std::size_t run = letters(text);
        if (run == 0) return false;
        text.remove_prefix(run);
        if (text.empty()) return true;
        const std::size_t gap = separator(text);
        if (gap == 0) return false;
        text.remove_prefix(gap);
    }
}

bool is_path(std::string_view path)
{
    for (;;) {
        const auto slash = path.find('/');
        if (!is_path_component(path.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        path.remove_prefix(slash + 1);
    }
}

bool is_tag(std::string_view tag)
{
    if (tag.empty() || tag.size() > longest_tag || tag.front() == '.' || tag.front() == '-') return false;
    return std::all_of(tag.begin(), tag.end(), [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
}

bool is_hex_digest(std::string_view hex) { return hex.size() == 64 && std::all_of(hex.begin(), hex.end(), is_hex); }

/// The first component is a host if it could not be a repository's (distribution/reference, splitDockerDomain).
bool names_host(std::string_view component)
{
    return component.find_first_of(".:") != std::string_view::npos || component == "localhost";
}

std::string lower_host(std::string_view host)
{
    std::string result(host);
    for (char& c : result)
        if (is_upper(c)) c = static_cast<char>(c + 32);
    return result == "index.docker.io" || result == "registry-1.docker.io" ? "docker.io" : result;
}

void split_host(std::string_view name, Reference& into)
{
    const auto slash = name.find('/');
    if (slash != std::string_view::npos && names_host(name.substr(0, slash))) {
        into.host = name.substr(0, slash);
        name.remove_prefix(slash + 1);
    }
    into.path = name;
}

std::string take_digest(std::string_view whole, std::string_view& name)
{
    const auto at = name.find('@');
    if (at == std::string_view::npos) return {};
    const std::string_view digest = name.substr(at + 1);
    if (!digest.starts_with("sha256:") || !is_hex_digest(digest.substr(7)))
        throw refused(whole, "the digest must be sha256: and 64 lower-case hexadecimal digits, as \"docker inspect\" "
                             "shows it in RepoDigests");
    name = name.substr(0, at);
    return std::string(digest);
}

std::string take_tag(std::string_view whole, std::string_view& name)
{
    const auto colon = name.rfind(':');
    if (colon == std::string_view::npos || name.find('/', colon) != std::string_view::npos) return {};
    const std::string_view tag = name.substr(colon + 1);
    if (!is_tag(tag)) throw refused(whole, "the tag may hold letters, digits, '_', '.' and '-', 128 at most");
    name = name.substr(0, colon);
    return std::string(tag);
}

void check_name(std::string_view whole, const Reference& image)
{
    if (!image.host.empty() && !is_host(image.host)) throw refused(whole, "the registry is not a host name with port");
    if (std::any_of(image.path.begin(), image.path.end(), is_upper))
        throw refused(whole, "the repository must be in lower case");
    if (!is_path(image.path))
        throw refused(whole, "expected [host[:port]/]repository[:tag][@sha256:digest], with the repository's parts of "
                             "lower-case letters, digits, '.', '_', '-'");
}

} // namespace

std::string Reference::repository() const { return host + "/" + path; }

std::string Reference::familiar_repository() const
{
    if (host != "docker.io") return repository();
    return path.starts_with("library/") && path.find('/', 8) == std::string::npos ? path.substr(8) : path;
}

std::string Reference::to_string() const
{
    return digest.empty() ? repository() + ":" + tag : repository() + "@" + digest;
}

bool operator==(const Reference& a, const Reference& b) { return a.to_string() == b.to_string(); }

Reference parse_reference(std::string_view text)
{
    if (text.empty()) throw refused(text, "the name is empty");
    if (text.size() > longest_text) throw refused(text, "the name is longer than any image's can be");
    Reference image;
    std::string_view name = text;
    image.digest = take_digest(text, name);
    image.tag = take_tag(text, name);
    if (is_hex_digest(name) || (name == "sha256" && is_hex_digest(image.tag)))
        throw refused(text,
                      "an image id names no registry that could say who may use it; give repository@sha256:digest");
    split_host(name, image);
    check_name(text, image);
    image.host = image.host.empty() ? "docker.io" : lower_host(image.host);
    if (image.host == "docker.io" && image.path.find('/') == std::string::npos) image.path = "library/" + image.path;
    if (image.repository().size() > longest_name)
        throw refused(text, "host and repository are longer than 255 characters");
    if (image.tag.empty() && image.digest.empty()) {
        image.tag = "latest";
        image.tag_implied = true;
    }
    return image;
}

} // namespace ysnp::docker
