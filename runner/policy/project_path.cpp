#include "net/failure.h"
#include "runner/policy/store.h"
#include <algorithm>

namespace ysnp::policy {
namespace {

bool is_segment(std::string_view text)
{
    const auto alnum = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto good = [&](char c) { return alnum(c) || c == '_' || c == '-' || c == '.'; };
    if (text.empty() || text.size() > 255 || !(alnum(text.front()) || text.front() == '_')) return false;
    return std::all_of(text.begin(), text.end(), good) && !text.ends_with(".git") && !text.ends_with(".atom") &&
           !text.ends_with('.');
}

/// Folders in which the runner's own login may write: a project there, or below, would have its policy there.
bool is_written_by_runner(std::string_view text)
{
    constexpr std::string_view approvals = "/approvals/";
    const std::string whole = "/" + std::string(text) + "/";
    if (whole.starts_with("/ysnprunner/audit/")) return true;
    for (auto at = whole.find(approvals); at != std::string::npos; at = whole.find(approvals, at + 1)) {
        const std::string_view id = std::string_view(whole).substr(at + approvals.size());
        const std::string_view below = id.substr(std::min(id.find('/'), id.size()));
        if (below.starts_with("/used/") || below.starts_with("/approved/")) return true;
    }
    return false;
}

} // namespace

ProjectPath::ProjectPath(std::string_view text) : text_(text)
{
    std::size_t segments = 0;
    bool good = text.size() <= 512;
    for (std::string_view rest = text; good; ++segments) {
        const auto slash = rest.find('/');
        good = is_segment(rest.substr(0, slash));
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    if (!good || segments < 1 || is_written_by_runner(text))
        throw std::system_error(make_error_code(Error::invalid_value), "the project's path is not group/project");
}

std::string_view ProjectPath::name_space() const noexcept
{
    return std::string_view(text_).substr(0, text_.rfind('/'));
}

StoreFault::StoreFault(std::error_code code, std::string document, std::string found, std::string expected,
                       std::string remedy, std::string gate_code)
    : std::system_error(code, document + ": expected " + expected + ", found " + found), document_(std::move(document)),
      found_(std::move(found)), expected_(std::move(expected)), remedy_(std::move(remedy)),
      gate_code_(std::move(gate_code))
{
}

} // namespace ysnp::policy
