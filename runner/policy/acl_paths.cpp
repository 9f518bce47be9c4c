#include "runner/policy/access_policies.h"
#include <algorithm>
#include <set>
#include <sstream>

namespace ysnp::policy {
namespace {

constexpr std::size_t deepest = 6; // segments; an ACL policy has no wildcard for any number of them

std::vector<std::string> segments_of(const std::string& pattern)
{
    std::vector<std::string> segments;
    std::istringstream in(pattern);
    for (std::string segment; std::getline(in, segment, '/');) segments.push_back(segment);
    return segments;
}

std::string joined(const std::vector<std::string>& segments)
{
    std::string path;
    for (const std::string& segment : segments) path += (path.empty() ? "" : "/") + segment;
    return path;
}

/// `**` stands for one segment or more.
void expand(const std::vector<std::string>& segments, std::size_t at, std::vector<std::string> made,
            std::set<std::string>& into)
{
    if (made.size() > deepest) return;
    if (at == segments.size()) {
        if (made.size() >= 2) into.insert(joined(made));
        return;
    }
    const std::string& segment = segments[at];
    made.push_back(segment.find('*') == std::string::npos ? segment : "+");
    expand(segments, at + 1, made, into);
    for (; segment.find("**") != std::string::npos && made.size() < deepest;) {
        made.push_back("+");
        expand(segments, at + 1, made, into);
    }
}

} // namespace

std::vector<std::string> acl_paths(const std::vector<std::string>& patterns)
{
    std::set<std::string> paths;
    for (const std::string& pattern : patterns) expand(segments_of(pattern), 0, {}, paths);
    std::vector<std::string> sorted(paths.begin(), paths.end());
    std::ranges::stable_sort(sorted, {}, &std::string::size);
    return sorted;
}

} // namespace ysnp::policy
