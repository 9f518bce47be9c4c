#include "runner/git/request_check.h"
#include "net/url.h"
#include "runner/git/names.h"
#include "runner/git/oid.h"
#include "runner/git/source_fault.h"
#include <system_error>

namespace ysnp::git {
namespace {

constexpr std::uint32_t most_depth = 1'000'000'000;

[[noreturn]] void refuse_url(const std::string& why)
{
    throw SourceFault(SourceError::url, "the repository's URL is refused: " + why);
}

net::Url parsed(const std::string& url)
{
    try {
        return net::parse_url(url);
    } catch (const std::system_error&) {
        refuse_url("expected https://HOST/PATH.git; ssh, git, file and other forms are not used");
    }
}

void check_url(const SourceRequest& request)
{
    const net::Url url = parsed(request.repo_url);
    if (url.origin.scheme != "https" && url.origin.scheme != "http")
        refuse_url("expected https, found " + printable(url.origin.scheme));
    if (!url.user.empty() || !url.password.empty()) refuse_url("it holds a user or password");
    if (!url.query.empty() || url.path.size() < 2) refuse_url("expected a path and no query");
    if (url.path.find("//") != std::string::npos || url.path.find("/../") != std::string::npos)
        refuse_url("its path is not a plain one");
    const net::Url pinned = parsed(request.pinned_origin);
    if (pinned.origin != url.origin)
        refuse_url("found the origin " + printable(url.origin.to_string()) +
                   ", expected that of the configured GitLab, " + printable(pinned.origin.to_string()));
}

void check_commit(const SourceRequest& request)
{
    if (request.object_format == "sha256" || request.sha.size() == 64)
        throw SourceFault(SourceError::ref,
                          "this repository uses the object format sha256, which this runner cannot read: "
                          "use a repository in sha1 format, or GIT_STRATEGY none");
    if (!request.object_format.empty() && request.object_format != "sha1")
        throw SourceFault(SourceError::ref, "unknown object format \"" + printable(request.object_format) + "\"");
    if (!parse_oid(request.sha))
        throw SourceFault(SourceError::ref, "the commit \"" + printable(request.sha, 80) +
                                                "\" is refused: expected 40 hex digits in lower case");
    if (request.depth > most_depth)
        throw SourceFault(SourceError::ref, "the depth " + std::to_string(request.depth) + " is out of range");
}

void check_tar_root(const std::string& root)
{
    for (std::string_view rest = root;;) {
        const auto slash = rest.find('/');
        const std::string_view part = rest.substr(0, slash);
        if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string_view::npos)
            throw SourceFault(SourceError::host,
                              "the project's folder \"" + printable(root) + "\" is not a relative path", 1);
        if (slash == std::string_view::npos) return;
        rest.remove_prefix(slash + 1);
    }
}

} // namespace

void check_request(const SourceRequest& request)
{
    check_tar_root(request.tar_root);
    if (request.strategy == Strategy::none || request.strategy == Strategy::empty) return;
    check_url(request);
    check_commit(request);
    if (!request.cache_dir.starts_with('/'))
        throw SourceFault(SourceError::host, "the cache's folder must be an absolute path", 1);
}

} // namespace ysnp::git
