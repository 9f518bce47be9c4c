#pragma once
#include "docker/ids.h"
#include <chrono>
#include <cstdint>

namespace ysnp::docker {

/// Whose objects these are: a runner of one process's state directory.
struct Owner {
    std::string runner; ///< the runner's id or short token; empty in a query: all runners of the system
    std::string system; ///< the system id
};

/// What the labels say about a job (gitlab-runner's names, so that its clean-up scripts work).
struct JobLabels {
    std::uint64_t job = 0, project = 0, pipeline = 0, project_runner = 0;
    std::string url, sha, before_sha, ref, runner_local_id;
    std::chrono::seconds timeout{0};
    std::string type = "build"; ///< build, service, predefined, cache
};

/// `ysnp.runner`, `ysnp.system`: on everything that we create, and what a query for it asks for.
Labels owner_labels(const Owner& owner);
/// Those, `ysnp.job` and `com.gitlab.gitlab-runner.*`. Values are cut at 4096 bytes.
Labels job_labels(const Owner& owner, const JobLabels& job);
/// The job of an object's labels; 0 when they name none.
std::uint64_t job_of(const Labels& labels) noexcept;
/// Whether `labels` holds all of `wanted`.
bool carries(const Labels& labels, const Labels& wanted) noexcept;

/// "ysnp-<kind>-<32 hex digits>": a name nobody can guess or has used before.
std::string random_name(std::string_view kind);

} // namespace ysnp::docker
