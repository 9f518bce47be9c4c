#include "runner/cli/foreign_flags.h"
#include <algorithm>
#include <iterator>

namespace ysnp::cli {
namespace {

struct Place {
    std::string_view flag;
    std::string_view text;
};

constexpr std::string_view in_file = "is a key of the runner's file (runners.d/NAME.yml): ";
constexpr std::string_view other_executor = "belongs to another executor; docker is the one executor here";
constexpr std::string_view no_cache = "configures a cache; caches are not supported yet";
constexpr std::string_view fresh = "has no meaning here: sources are fetched into a fresh volume each time";
constexpr std::string_view service = "is systemd's: see ysnprunner.service and systemctl(1)";

/// Flags that begin with a section's name.
constexpr Place sections[] = {
    {"--kubernetes-", other_executor},
    {"--ssh-", other_executor},
    {"--custom-", other_executor},
    {"--virtualbox-", other_executor},
    {"--parallels-", other_executor},
    {"--machine-", other_executor},
    {"--autoscaler-", other_executor},
    {"--instance-", other_executor},
    {"--cache-", no_cache},
    {"--session-server-", "configures web terminals; they are not supported"},
    {"--referees-", "belongs to another executor; docker is the one executor here"},
    {"--artifact-", "configures artifacts; they are not supported yet"},
    {"--experimental-", "belongs to an experiment of gitlab-runner"},
    {"--boot-verify-", "belongs to an experiment of gitlab-runner"},
};

/// Keys of the runner's file whose flag is the key with dashes.
constexpr std::string_view keys[] = {
    "limit",
    "output_limit",
    "request_concurrency",
    "strict_check_interval",
    "unhealthy_requests_limit",
    "unhealthy_interval",
    "job_status_final_update_retry_limit",
    "builds_dir",
    "clone_url",
    "shell",
    "pre_get_sources_script",
    "post_get_sources_script",
    "pre_build_script",
    "post_build_script",
    "prepare_timeout",
    "get_sources_timeout",
    "debug_trace_disabled",
    "feature_flags",
    "tls_ca_file",
    "tls_cert_file",
    "tls_key_file",
};

/// Keys of `docker:` in the runner's file whose flag is --docker-KEY.
constexpr std::string_view docker_keys[] = {
    "host",
    "pull_policy",
    "allowed_pull_policies",
    "allowed_images",
    "network_mode",
    "network_mtu",
    "user",
    "allowed_users",
    "privileged",
    "cap_add",
    "cap_drop",
    "userns_mode",
    "runtime",
    "memory",
    "memory_swap",
    "memory_reservation",
    "cpus",
    "cpu_shares",
    "cpuset_cpus",
    "shm_size",
    "dns",
    "dns_search",
    "extra_hosts",
    "container_labels",
    "cgroup_parent",
    "oom_score_adjust",
    "tmpfs",
    "disable_entrypoint_overwrite",
};

constexpr Place others[] = {
    {"--template-config", "does not exist here: write the settings into the file that register makes"},
    {"--cpuprofile", "does not exist here: use perf(1)"},
    {"--env", "is a key of the runner's file (runners.d/NAME.yml): environment"},
    {"--custom_build_dir-enabled", "is a key of the runner's file (runners.d/NAME.yml): custom_build_dir.enabled"},
    {"--custom-build-dir-enabled", "is a key of the runner's file (runners.d/NAME.yml): custom_build_dir.enabled"},
    {"--clean-git-config", fresh},
    {"--safe-directory-checkout", fresh},
    {"--safe_directory_checkout", fresh},
    {"--proxy-exec", "belongs to an experiment of gitlab-runner"},
    {"--use-slot-cgroups", "is a key of the runner's file (runners.d/NAME.yml): docker.cgroup_parent"},
    {"--slot-cgroup-template", "is a key of the runner's file (runners.d/NAME.yml): docker.cgroup_parent"},
    {"--step-runner-image", "configures native steps; they are not supported"},
    {"--labels", "is a key of the runner's file (runners.d/NAME.yml): docker.container_labels"},
    {"--listen-address", "configures metrics; they are not served yet"},
    {"--syslog", "has no meaning here: the log goes to standard error, which journald reads"},
    {"--service", service},
    {"--user-service", service},
    {"--init-user", service},
    {"--user", service},
    {"--password", service},
    {"--metrics-server", "configures metrics; they are not served yet"},
    {"--max-builds", "does not exist here: see run and exec"},
    {"--wait-timeout", "does not exist here: see run and exec"},
    {"--runner", "does not exist here: see run and exec"},
    {"--pre-clone-script", "is a key of the runner's file (runners.d/NAME.yml): pre_get_sources_script"},
    {"--post-clone-script", "is a key of the runner's file (runners.d/NAME.yml): post_get_sources_script"},
    {"--token-expires-at", "is written by register and by rotation"},
    {"--token-obtained-at", "is written by register and by rotation"},
};

constexpr std::string_view in_agent = "the runner brings its own agent into the job's container";

constexpr Place commands[] = {
    {"install", "`make install` puts the systemd unit ysnprunner.service"},
    {"uninstall", "systemctl disable --now ysnprunner"},
    {"start", "systemctl start ysnprunner"},
    {"stop", "systemctl stop ysnprunner"},
    {"restart", "systemctl restart ysnprunner"},
    {"status", "systemctl status ysnprunner"},
    {"run-single", "`run` serves until SIGQUIT, `exec` runs one local job"},
    {"wrapper", "systemd watches over the service"},
    {"fleeting", "docker is the one executor here"},
    {"steps", "CI steps are not executed by this runner"},
    {"artifacts-uploader", in_agent},
    {"artifacts-downloader", in_agent},
    {"cache-archiver", in_agent},
    {"cache-extractor", in_agent},
    {"cache-init", in_agent},
    {"health-check", in_agent},
    {"proxy-exec", in_agent},
    {"read-logs", in_agent},
};

/// Variables of the environment whose names do not follow from their flags.
constexpr Place other_names[] = {
    {"--clone-url", "CLONE_URL"},
    {"--feature-flags", "FEATURE_FLAGS"},
    {"--env", "RUNNER_ENV"},
    {"--template-config", "TEMPLATE_CONFIG_FILE"},
    {"--custom-build-dir-enabled", "CUSTOM_BUILD_DIR_ENABLED"},
    {"--docker-volumes", "DOCKER_VOLUMES"},
    {"--docker-devices", "DOCKER_DEVICES"},
    {"--docker-allowed-services", "DOCKER_ALLOWED_SERVICES"},
    {"--docker-helper-image", "DOCKER_HELPER_IMAGE"},
    {"--docker-disable-cache", "DOCKER_DISABLE_CACHE"},
    {"--cache-type", "CACHE_TYPE"},
    {"--cache-path", "CACHE_PATH"},
    {"--cache-shared", "CACHE_SHARED"},
    {"--cache-s3-server-address", "CACHE_S3_SERVER_ADDRESS"},
    {"--cache-s3-bucket-name", "CACHE_S3_BUCKET_NAME"},
};

std::string with_underscores(std::string_view name)
{
    std::string key(name);
    std::replace(key.begin(), key.end(), '-', '_');
    return key;
}

template <std::size_t Count>
bool contains(const std::string_view (&names)[Count], std::string_view name)
{
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string with_dashes(std::string_view key)
{
    std::string flag(key);
    std::replace(flag.begin(), flag.end(), '_', '-');
    return flag;
}

std::string in_capitals(std::string_view key)
{
    std::string name(key);
    for (char& letter : name)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return name;
}

std::string docker_flag(std::string_view name)
{
    std::string key = with_underscores(name);
    if (key == "userns") key = "userns_mode";
    if (contains(docker_keys, key)) return std::string(in_file) + "docker." + key;
    if (key.starts_with("service") || key.starts_with("allowed_services") || key == "wait_for_services_timeout")
        return "configures services; they are not supported yet";
    if (key.starts_with("volume"))
        return "has no counterpart: jobs get no directory of the host; job data lives in a volume of its own";
    if (key.starts_with("device") || key == "gpus") return "has no counterpart: jobs get no device of the host";
    if (key == "tlsverify" || key == "tls_verify" || key.starts_with("cert_path") || key == "tls_cert_path")
        return "has no counterpart: only Unix sockets are supported; forward a remote Engine's socket";
    if (key.starts_with("helper_image")) return "has no counterpart: the runner brings its own agent";
    if (key == "disable_cache") return std::string(no_cache);
    return "has no counterpart under docker: in the runner's file; see CONFIGURATION in ysnprunner(1)";
}

} // namespace

std::string where_it_lives(std::string_view flag)
{
    for (const Place& place : others)
        if (place.flag == flag) return std::string(place.text);
    if (!flag.starts_with("--") || flag.size() < 4) return {};
    if (flag.starts_with("--docker-")) return docker_flag(flag.substr(9));
    for (const Place& place : sections)
        if (flag.starts_with(place.flag)) return std::string(place.text);
    const std::string key = with_underscores(flag.substr(2));
    return contains(keys, key) ? std::string(in_file) + key : std::string();
}

std::string where_the_command_lives(std::string_view command)
{
    for (const Place& place : commands)
        if (place.flag == command) return std::string(place.text);
    return {};
}

std::vector<std::string> ignored_environment(const conf::Environment& environment)
{
    std::vector<std::string> sentences;
    const auto look = [&](const std::string& name, const std::string& flag) {
        if (environment.variable(name).value_or("").empty()) return;
        sentences.push_back(name + " in the environment is not read: " + flag + " " + where_it_lives(flag));
    };
    for (const Place& other : other_names) look(std::string(other.text), std::string(other.flag));
    for (const std::string_view key : keys) look("RUNNER_" + in_capitals(key), "--" + with_dashes(key));
    for (const std::string_view key : docker_keys)
        if (key != "host") look("DOCKER_" + in_capitals(key), "--docker-" + with_dashes(key));
    return sentences;
}

} // namespace ysnp::cli
