#include "runner/job/git_sources.h"
#include "checks/digest.h"
#include <algorithm>

namespace ysnp::job {
namespace {

/// One object cache per GitLab, project and protection: what an unprotected job fetched is never read for a protected
/// one.
std::string cache_of(const Run& run)
{
    const gitlab::Job& job = run.job;
    const bool is_protected =
        job.git_info.is_protected.value_or(run.variables.value("CI_COMMIT_REF_PROTECTED") == "true");
    const std::string place = run.station.runner.url + "\n" + std::to_string(job.job_info.project_id) + "\n" +
                              run.decision.project_path + (is_protected ? "\nprotected" : "\nopen");
    const std::string name = checks::base64url(checks::sha256(place)).substr(0, 22);
    return (run.station.plant.state_dir / "git" / name).string();
}

std::string repository_url(const Run& run)
{
    const std::string& clone_url = run.station.runner.clone_url;
    if (clone_url.empty()) return run.job.git_info.repo_url;
    const bool slash = clone_url.ends_with('/');
    return clone_url + (slash ? "" : "/") + run.decision.project_path + ".git";
}

git::SourceRequest request_of(const Run& run)
{
    const gitlab::GitInfo& info = run.job.git_info;
    git::SourceRequest request;
    request.repo_url = repository_url(run);
    const std::string& clone_url = run.station.runner.clone_url;
    request.pinned_origin = net::parse_url(clone_url.empty() ? run.station.runner.url : clone_url).origin.to_string();
    request.token = info.repo_password.empty() ? run.job.token.copy() : info.repo_password.copy();
    request.user_agent = "ysnprunner " + run.station.plant.version + " linux/amd64";
    request.tls = run.station.runner.tls;
    request.proxy = net::ProxyOptions::from_environment();
    request.ref = info.ref;
    request.ref_type = info.ref_type == gitlab::RefType::tag ? git::RefType::tag : git::RefType::branch;
    request.sha = info.sha;
    request.refspecs = info.refspecs;
    request.depth = static_cast<std::uint32_t>(std::clamp<std::int64_t>(info.depth, 0, 1'000'000));
    request.object_format = info.object_format == gitlab::ObjectFormat::sha256 ? "sha256" : "";
    request.strategy = run.git.strategy;
    request.checkout = run.git.checkout;
    request.tags = run.git.tags;
    request.warn_lfs = !run.git.lfs_skip_smudge;
    request.project_dir = run.layout.project_dir;
    request.tar_root = run.layout.project_dir.substr(1);
    request.cache_dir = cache_of(run);
    return request;
}

} // namespace

Sources git_sources(const Run& run)
{
    return [&run](git::Events& events, net::BodySink& into, Deadline until) {
        return git::fetch(request_of(run), events, into, until);
    };
}

} // namespace ysnp::job
