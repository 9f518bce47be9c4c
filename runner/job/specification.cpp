#include "runner/job/specification.h"
#include "docker/allow.h"
#include "docker/host_settings.h"
#include "docker/pull_policy.h"
#include "docker/reference.h"
#include "net/failure.h"
#include "runner/agent/bring_in.h"
#include "runner/job/outcome.h"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ysnp::job {
namespace {

using gitlab::FailureReason;

JobError misconfigured(const std::string& text) { return {FailureReason::runner_configuration_error, text}; }

std::string image_name(const Run& run)
{
    // The gate expanded the name once; expanding it again could name another image than the one it judged.
    if (!run.decision.image.reference.empty()) return run.decision.image.reference;
    const std::string configured = run.variables.expand(run.station.runner.docker.image);
    if (!configured.empty()) return configured;
    throw misconfigured(
        "the job names no image, and docker.image of the runner is not set: add `image:` to the job, or a "
        "default to the runner's configuration");
}

std::vector<docker::PullPolicy> wishes(const Run& run)
{
    std::vector<docker::PullPolicy> result;
    if (!run.job.image) return result;
    for (const std::string& text : run.job.image->pull_policy) {
        const auto policy = docker::parse_pull_policy(text);
        if (!policy)
            throw misconfigured("image.pull_policy: expected always, if-not-present or never, found \"" + text + "\"");
        result.push_back(*policy);
    }
    return result;
}

docker::Networking networking(const Run& run, const std::optional<docker::NetworkId>& network)
{
    const std::string& mode = run.station.runner.docker.network_mode;
    if (network) return docker::JoinNetwork{network->value, {"build"}};
    if (mode == "none") return docker::NoNetwork{};
    if (mode == "host") return docker::HostNetwork{};
    if (mode == "bridge") return docker::JoinNetwork{mode, {}};
    return docker::JoinNetwork{mode, {"build"}};
}

/// There a container meets the kernel's own files; working directories below /proc/self/fd have led out of containers.
void require_own_folder(const docker::ImageInfo& image)
{
    const std::string folder = (std::filesystem::path("/") / image.working_dir).lexically_normal().string() + "/";
    for (const char* kernels : {"/proc/", "/sys/", "/dev/"}) {
        if (!folder.starts_with(kernels)) continue;
        throw misconfigured("the image's working directory is \"" + image.working_dir +
                            "\", among the kernel's own files: no job starts there; build the image with another "
                            "WORKDIR, such as /");
    }
}

std::string content_of(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

} // namespace

docker::ImageRequest image_request(const Run& run)
{
    const docker::Options& options = run.station.runner.docker;
    docker::ImageRequest request;
    request.name = image_name(run);
    const docker::Reference reference = docker::parse_reference(request.name);
    const bool is_default = !options.image.empty() && request.name == run.variables.expand(options.image);
    if (!is_default && !docker::image_allowed(options.allowed_images, reference)) {
        throw misconfigured(docker::image_refusal(options.allowed_images, request.name));
    }
    // What the gate approved by digest runs by that digest, whatever tag was written beside it.
    if (!run.decision.image.digest.empty()) request.name = reference.repository() + "@" + run.decision.image.digest;
    if (run.job.image && run.job.image->docker_platform) {
        request.platform = run.variables.expand(*run.job.image->docker_platform);
    }
    request.policies = docker::effective_policies(wishes(run), options.pull_policy, options.allowed_pull_policies);
    request.recheck_rights = options.recheck_image_rights;
    return request;
}

docker::Credentials credentials_of(const Run& run, std::vector<std::string>& notes)
{
    docker::Credentials credentials;
    const auto add = [&](const std::string& document, const std::string& source) {
        for (std::string& note : credentials.add_document(document, source)) notes.push_back(std::move(note));
    };
    if (const auto of_job = run.variables.value("DOCKER_AUTH_CONFIG"); of_job && !of_job->empty()) {
        add(*of_job, "$DOCKER_AUTH_CONFIG");
    }
    const std::string& file = run.station.runner.docker.auth_config_file;
    if (!file.empty()) add(content_of(file), file);
    for (const gitlab::Credential& entry : run.job.credentials) {
        if (entry.type != "registry") continue;
        credentials.add_login(entry.url, entry.username, entry.password.copy(), "job payload (GitLab Registry)");
    }
    return credentials;
}

std::string user_of(const Run& run)
{
    const docker::Options& options = run.station.runner.docker;
    if (!options.user.empty()) return options.user;
    if (!run.job.image || !run.job.image->docker_user) return "";
    const std::string wished = run.variables.expand(*run.job.image->docker_user);
    const std::vector<std::string>& allowed = options.allowed_users;
    if (!allowed.empty() && !wished.empty() && std::ranges::find(allowed, wished) == allowed.end()) {
        throw misconfigured("image.docker.user: the runner does not let jobs run as \"" + wished +
                            "\"; its allowed_users are listed in the runner's configuration");
    }
    return wished;
}

std::vector<std::string> entrypoint_of(const Run& run, const docker::ImageInfo& image)
{
    const bool overwritten = run.job.image && run.job.image->entrypoint && !run.job.image->entrypoint->empty();
    if (overwritten && !run.station.runner.docker.disable_entrypoint_overwrite) return *run.job.image->entrypoint;
    return image.entrypoint;
}

docker::Labels labels_of(const Run& run)
{
    const gitlab::Job& job = run.job;
    docker::JobLabels labels;
    labels.job = static_cast<std::uint64_t>(job.id);
    labels.project = static_cast<std::uint64_t>(job.job_info.project_id);
    labels.pipeline = static_cast<std::uint64_t>(job.job_info.pipeline_id.value_or(0));
    labels.url = run.variables.value("CI_JOB_URL").value_or("");
    labels.sha = job.git_info.sha;
    labels.before_sha = job.git_info.before_sha;
    labels.ref = job.git_info.ref;
    labels.timeout = run.timeout;
    return docker::job_labels(run.station.owner, labels);
}

docker::ContainerSpec specification(const Run& run, const docker::ImageInfo& image, const docker::VolumeName& volume,
                                    const std::optional<docker::NetworkId>& network)
{
    require_own_folder(image);
    const docker::Options& options = run.station.runner.docker;
    docker::ContainerSpec spec;
    spec.name = run.layout.name;
    spec.image = image.id;
    spec.entrypoint = {agent::agent_path};
    spec.user = user_of(run);
    spec.stop_signal = "SIGKILL"; // the agent hears no other, whatever the image says
    const bool own_name = options.network_mode != "host";
    if (own_name) spec.hostname = run.layout.hostname;
    spec.labels = labels_of(run);
    for (const auto& [name, value] : options.container_labels) spec.labels.emplace(name, run.variables.expand(value));
    spec.mounts = {{volume, run.layout.builds_dir, false}};
    spec.network = networking(run, network);
    spec.host = docker::host_settings(options);
    return spec;
}

} // namespace ysnp::job
