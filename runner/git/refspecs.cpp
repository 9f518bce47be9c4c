#include "runner/git/refspecs.h"
#include "runner/git/source_fault.h"
#include <array>
#include <utility>

namespace ysnp::git {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> namespaces{
    {{"refs/heads/", "refs/remotes/origin/"},
     {"refs/tags/", "refs/tags/"},
     {"refs/pipelines/", "refs/pipelines/"},
     {"refs/merge-requests/", "refs/merge-requests/"},
     {"refs/workloads/", "refs/workloads/"}}};
constexpr std::size_t most_refspecs = 64;

[[noreturn]] void refuse(std::string_view refspec, const char* why)
{
    throw SourceFault(SourceError::ref, "refspec \"" + printable(refspec) + "\" is refused: " + why);
}

bool takes_wildcard(std::string_view prefix) noexcept { return prefix == "refs/heads/" || prefix == "refs/tags/"; }

Refspec parse_refspec(std::string_view text)
{
    std::string_view rest = text;
    if (rest.starts_with('+')) rest.remove_prefix(1);
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) refuse(text, "expected +SOURCE:DESTINATION");
    const std::string_view source = rest.substr(0, colon), destination = rest.substr(colon + 1);
    for (const auto& [from, to] : namespaces) {
        if (!source.starts_with(from) || !destination.starts_with(to)) continue;
        const std::string_view name = source.substr(from.size());
        if (name != destination.substr(to.size())) continue;
        if (name == "*" && takes_wildcard(from)) return {std::string(from), std::string(to), true};
        if (!valid_ref_name(source)) refuse(text, "the name of the ref is not a valid one");
        return {std::string(source), std::string(destination), false};
    }
    refuse(text, "expected a branch onto refs/remotes/origin/, or a tag, pipeline or merge request onto itself");
}

std::string built_from_ref(const SourceRequest& request)
{
    if (request.ref_type == RefType::tag) return "+refs/tags/" + request.ref + ":refs/tags/" + request.ref;
    return "+refs/heads/" + request.ref + ":refs/remotes/origin/" + request.ref;
}

bool valid_component(std::string_view part) noexcept
{
    return !part.empty() && !part.starts_with('.') && !part.ends_with('.') && !part.ends_with(".lock");
}

} // namespace

std::optional<std::string> Refspec::map(std::string_view remote_name) const
{
    if (!wildcard) return remote_name == source ? std::optional(destination) : std::nullopt;
    if (!remote_name.starts_with(source) || remote_name.size() == source.size()) return std::nullopt;
    return destination + std::string(remote_name.substr(source.size()));
}

std::vector<Refspec> checked_refspecs(const SourceRequest& request)
{
    if (request.refspecs.size() > most_refspecs)
        throw SourceFault(SourceError::ref, "the job names " + std::to_string(request.refspecs.size()) +
                                                " refspecs, at most 64 are accepted");
    std::vector<Refspec> checked;
    for (const std::string& text : request.refspecs) checked.push_back(parse_refspec(text));
    if (checked.empty()) checked.push_back(parse_refspec(built_from_ref(request)));
    if (request.tags == TagFollowing::all) checked.push_back({"refs/tags/", "refs/tags/", true});
    return checked;
}

bool valid_ref_name(std::string_view name) noexcept
{
    if (!name.starts_with("refs/") || name.size() > 1024) return false;
    if (name.find("..") != std::string_view::npos || name.find("@{") != std::string_view::npos) return false;
    for (const char c : name)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F ||
            std::string_view("~^:?*[\\").find(c) != std::string_view::npos)
            return false;
    for (std::string_view rest = name;;) {
        const auto slash = rest.find('/');
        if (!valid_component(rest.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        rest.remove_prefix(slash + 1);
    }
}

} // namespace ysnp::git
