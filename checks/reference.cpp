#include "checks/reference.h"
#include <algorithm>
#include <vector>

namespace ysnp::checks {
namespace {

bool lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool alnum(char c) { return lower_alnum(c) || (c >= 'A' && c <= 'Z'); }

/// `[a-z0-9]+` joined by `.`, `_`, `__` or dashes.
bool is_component(std::string_view text)
{
    if (text.empty() || !lower_alnum(text.front()) || !lower_alnum(text.back())) return false;
    std::size_t separators = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (lower_alnum(c)) {
            separators = 0;
        } else if (c == '-' || (c == '_' && separators < 2) || (c == '.' && separators == 0)) {
            if (separators > 0 && text[i - 1] != c) return false;
            ++separators;
        } else {
            return false;
        }
    }
    return true;
}

bool is_port(std::string_view text)
{
    if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), digit)) return false;
    const int port = std::stoi(std::string(text));
    return port >= 1 && port <= 65535;
}

bool is_host_label(std::string_view label)
{
    const auto good = [](char c) { return alnum(c) || c == '-'; };
    return !label.empty() && label.size() <= 63 && alnum(label.front()) && alnum(label.back()) &&
           std::all_of(label.begin(), label.end(), good);
}

bool is_domain(std::string_view text)
{
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
    text = text.substr(0, colon);
    while (true) {
        const auto dot = text.find('.');
        if (!is_host_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_path(std::string_view text)
{
    while (true) {
        const auto slash = text.find('/');
        if (!is_component(text.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        text.remove_prefix(slash + 1);
    }
}

bool is_tag(std::string_view text)
{
    const auto good = [](char c) { return alnum(c) || c == '_' || c == '.' || c == '-'; };
    return !text.empty() && text.size() <= 128 && (alnum(text.front()) || text.front() == '_') &&
           std::all_of(text.begin(), text.end(), good);
}

std::string lower(std::string_view text)
{
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::optional<std::string> canonical_repository(std::string_view name)
{
    const auto slash = name.find('/');
    const auto head = name.substr(0, slash);
    const bool has_domain =
        slash != std::string_view::npos && (head.find_first_of(".:") != std::string_view::npos || head == "localhost");
    const std::string_view path = has_domain ? name.substr(slash + 1) : name;
    if ((has_domain && !is_domain(head)) || !is_path(path) || name.size() > 255) return std::nullopt;
    std::string domain = has_domain ? lower(head) : "docker.io";
    if (domain == "index.docker.io") domain = "docker.io";
    const bool official = domain == "docker.io" && path.find('/') == std::string_view::npos;
    return domain + (official ? "/library/" : "/") + std::string(path);
}

} // namespace

bool is_image_digest(std::string_view text) noexcept
{
    constexpr std::string_view prefix = "sha256:";
    const auto hex = [](char c) { return digit(c) || (c >= 'a' && c <= 'f'); };
    return text.size() == prefix.size() + 64 && text.starts_with(prefix) &&
           std::all_of(text.begin() + prefix.size(), text.end(), hex);
}

std::optional<Reference> parse_reference(std::string_view text)
{
    Reference reference;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        if (!is_image_digest(text.substr(at + 1))) return std::nullopt;
        reference.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    const auto slash = text.rfind('/');
    const auto colon = text.rfind(':');
    if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
        reference.tag = text.substr(colon + 1);
        if (!is_tag(reference.tag)) return std::nullopt;
        text = text.substr(0, colon);
    }
    const auto repository = canonical_repository(text);
    if (!repository) return std::nullopt;
    reference.repository = *repository;
    return reference;
}

} // namespace ysnp::checks
