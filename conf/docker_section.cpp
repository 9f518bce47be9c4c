#include "conf/docker_section.h"

namespace ysnp::conf {
namespace {

const std::vector<Refusal> refused{
    {"services", "services are not supported yet; remove the key"},
    {"services_limit", "services are not supported yet; remove the key"},
    {"allowed_services", "services are not supported yet; remove the key"},
    {"wait_for_services_timeout", "services are not supported yet; remove the key"},
    {"volumes",
     "jobs get no directory of the host and no shared volume; remove the key, job data lives in a volume of its own"},
    {"volumes_from", "jobs get no other container's volumes; remove the key"},
    {"volume_driver", "job volumes are the Engine's local ones; remove the key"},
    {"volume_driver_ops", "job volumes are the Engine's local ones; remove the key"},
    {"volume_keep", "nothing of a job is kept; remove the key"},
    {"cache_dir", "there is no cache on the host; remove the key"},
    {"disable_cache", "there are no cache volumes to disable; remove the key"},
    {"devices", "jobs get no device of the host; remove the key"},
    {"device_cgroup_rules", "jobs get no device of the host; remove the key"},
    {"gpus", "jobs get no device of the host; remove the key"},
    {"links", "links do not exist on user-defined networks; use network_mode with the name of a network"},
    {"security_opt", "use seccomp_profile, no_new_privileges and userns_mode, one key each"},
    {"helper_image", "there is no helper image: the runner brings its own agent; remove the key"},
    {"helper_image_flavor", "there is no helper image: the runner brings its own agent; remove the key"},
    {"tls_verify", "only Unix sockets are supported; forward a remote Engine's socket"},
    {"tls_cert_path", "only Unix sockets are supported; forward a remote Engine's socket"},
    {"oom_kill_disable", "a job over its memory limit must end; remove the key"},
    {"pid_mode", "jobs have a process namespace of their own; remove the key"},
    {"ipcmode", "jobs have an IPC namespace of their own; remove the key"},
    {"hostname", "the host name is the job's; remove the key"},
    {"mac_address", "the Engine chooses the address; remove the key"},
    {"allowed_privileged_images", "use a runner of its own with privileged: true and allowed_images"},
    {"sysctls", "kernel parameters are the Engine's defaults; remove the key"},
    {"ulimit", "limits are the Engine's defaults (default-ulimits in daemon.json); remove the key"},
    {"group_add", "jobs run with the image's groups; remove the key"},
    {"isolation", "this is a Windows setting; remove the key"},
    {"enable_ipv6", "job networks are IPv4; use network_mode with the name of a network"},
    {"log_options", "containers write no log of their own; remove the key"},
};

void read_policies(Section& section, std::string_view key, std::vector<docker::PullPolicy>& into)
{
    std::vector<std::string> words;
    section.read(key, words);
    for (const std::string& word : words) {
        if (const auto policy = docker::parse_pull_policy(word))
            into.push_back(*policy);
        else
            section.error(key, "expected always, if-not-present or never, found " + in_quotes(word));
    }
}

void read_images(Section& section, docker::Options& into)
{
    section.read("host", into.host);
    section.read("image", into.image);
    read_policies(section, "pull_policy", into.pull_policy);
    read_policies(section, "allowed_pull_policies", into.allowed_pull_policies);
    section.read("allowed_images", into.allowed_images);
    section.read("auth_config_file", into.auth_config_file);
    section.read("recheck_image_rights", into.recheck_image_rights);
}

void read_network(Section& section, docker::Options& into)
{
    section.read("network_mode", into.network_mode);
    section.read("network_pool", into.network_pool);
    section.read_number("network_spare", into.network_spare, 0, 1000);
    section.read_number("network_mtu", into.network_mtu, 0, 65535);
    section.read("dns", into.dns);
    section.read("dns_search", into.dns_search);
    section.read("extra_hosts", into.extra_hosts);
}

void read_rights(Section& section, docker::Options& into)
{
    section.read("user", into.user);
    section.read("allowed_users", into.allowed_users);
    section.read("disable_entrypoint_overwrite", into.disable_entrypoint_overwrite);
    section.read("privileged", into.privileged);
    section.read("cap_add", into.cap_add);
    section.read("cap_drop", into.cap_drop);
    section.read("seccomp_profile", into.seccomp_profile);
    section.read("no_new_privileges", into.no_new_privileges);
    section.read("read_only", into.read_only);
    section.read("userns_mode", into.userns_mode);
    section.read("runtime", into.runtime);
    section.read("cgroup_parent", into.cgroup_parent);
    section.read("tmpfs", into.tmpfs);
    section.read("container_labels", into.container_labels);
}

void read_size(Section& section, std::string_view key, std::uint64_t& into)
{
    Size size{into};
    section.read(key, size);
    into = size.bytes;
}

void read_limits(Section& section, docker::Options& into)
{
    read_size(section, "memory", into.memory);
    read_size(section, "memory_swap", into.memory_swap);
    read_size(section, "memory_reservation", into.memory_reservation);
    read_size(section, "shm_size", into.shm_size);
    section.read_number("cpus", into.cpus, 0.0, 1024.0);
    section.read_number("cpu_shares", into.cpu_shares, 0, 262144);
    section.read("cpuset_cpus", into.cpuset_cpus);
    section.read_number("pids_limit", into.pids_limit, 1, 4'194'304);
    section.read_number("oom_score_adjust", into.oom_score_adjust, -1000, 1000);
    section.read_number("start_concurrency", into.start_concurrency, 0, 1024);
}

} // namespace

void read_docker(Section section, docker::Options& into)
{
    read_images(section, into);
    read_network(section, into);
    read_rights(section, into);
    read_limits(section, into);
    section.finish(refused);
    for (const docker::OptionProblem& problem : docker::problems(into)) section.error(problem.key, problem.message);
}

} // namespace ysnp::conf
