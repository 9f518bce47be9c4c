#include "docker/options.h"
#include "docker/engine_error.h"
#include "docker/host_settings.h"
#include "docker/reference.h"
#include "docker/subnets.h"
#include "net/url.h"
#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <string_view>

namespace ysnp::docker {

namespace {

constexpr std::uint64_t smallest_memory = 6u << 20; // the Engine refuses less

class Check {
public:
    std::vector<OptionProblem> found;

    void expect(bool good, const char* key, std::string message)
    {
        if (!good) found.push_back({key, std::move(message)});
    }
    /// What `use` throws is a problem of `key`.
    template <class Use>
    void usable(const char* key, Use use)
    {
        try {
            use();
        } catch (const EngineError& error) {
            found.push_back({key, error.message()});
        } catch (const std::system_error& error) {
            found.push_back({key, error.what()});
        }
    }
};

bool is_address(const std::string& text)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

bool is_name(std::string_view text)
{
    return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '.' || c == '-' || c == '_';
    });
}

bool is_user(std::string_view text)
{
    const auto colon = text.find(':');
    return is_name(text.substr(0, colon)) && (colon == std::string_view::npos || is_name(text.substr(colon + 1)));
}

void check_images(const Options& options, Check& into)
{
    if (!options.image.empty()) into.usable("image", [&] { parse_reference(options.image); });
    for (const std::string& pattern : options.allowed_images)
        into.expect(!pattern.empty() && pattern != "!", "allowed_images",
                    "expected patterns such as \"registry.example.com/**\" or \"!**/kali*\", found an empty one");
    if (!options.auth_config_file.empty())
        into.expect(std::ifstream(options.auth_config_file).good(), "auth_config_file",
                    "cannot read \"" + options.auth_config_file + "\"; expected a docker config.json");
    if (!options.pull_policy.empty() && !options.allowed_pull_policies.empty())
        into.usable("allowed_pull_policies",
                    [&] { effective_policies({}, options.pull_policy, options.allowed_pull_policies); });
}

void check_network(const Options& options, Check& into)
{
    const std::string& mode = options.network_mode;
    into.expect(!mode.starts_with("container:"), "network_mode",
                "\"" + mode +
                    "\" would share another container's network; expected job, none, host or a network's name");
    into.expect(mode.starts_with("container:") || is_name(mode), "network_mode",
                "expected job, none, host or a network's name, found \"" + mode + "\"");
    into.usable("network_pool", [&] { Subnets(options.network_pool); });
    into.expect(options.network_spare >= 0 && options.network_spare <= 256, "network_spare", "expected 0 to 256");
    into.expect(options.network_mtu == 0 || (options.network_mtu >= 576 && options.network_mtu <= 65535), "network_mtu",
                "expected 576 to 65535");
    for (const std::string& server : options.dns)
        into.expect(is_address(server), "dns", "expected an IP address, found \"" + server + "\"");
    for (const std::string& entry : options.extra_hosts) {
        const auto colon = entry.find(':');
        const bool good = colon != std::string::npos && is_name(entry.substr(0, colon)) &&
                          (is_address(entry.substr(colon + 1)) || entry.substr(colon + 1) == "host-gateway");
        into.expect(good, "extra_hosts", "expected \"name:address\", found \"" + entry + "\"");
    }
}

void check_limits(const Options& options, Check& into)
{
    into.expect(options.memory == 0 || options.memory >= smallest_memory, "memory",
                "expected at least 6MiB, found " + std::to_string(options.memory) + " bytes");
    into.expect(options.memory_swap == 0 || options.memory_swap >= options.memory, "memory_swap",
                "memory and swap together cannot be less than memory");
    into.expect(options.memory_reservation == 0 || options.memory == 0 || options.memory_reservation <= options.memory,
                "memory_reservation", "expected at most as much as memory");
    into.expect(options.cpus >= 0 && options.cpus <= 4096, "cpus", "expected a number of processors, such as 2 or 0.5");
    into.expect(options.cpu_shares >= 0, "cpu_shares", "expected a positive number");
    into.expect(options.pids_limit == -1 || options.pids_limit >= 16, "pids_limit",
                "expected at least 16 (or -1 for no limit)");
    into.expect(options.oom_score_adjust >= -1000 && options.oom_score_adjust <= 1000, "oom_score_adjust",
                "expected -1000 to 1000");
    into.expect(options.start_concurrency >= 0 && options.start_concurrency <= 1024, "start_concurrency",
                "expected 0 (twice the cores) to 1024");
}

void check_confinement(const Options& options, Check& into)
{
    into.expect(options.user.empty() || is_user(options.user), "user", "expected user or user:group");
    for (const std::string& user : options.allowed_users)
        into.expect(is_user(user), "allowed_users", "expected user or user:group, found \"" + user + "\"");
    into.expect(options.user.empty() || options.allowed_users.empty() ||
                    std::find(options.allowed_users.begin(), options.allowed_users.end(), options.user) !=
                        options.allowed_users.end(),
                "user", "\"" + options.user + "\" is not in allowed_users");
    into.expect(options.userns_mode.empty(), "userns_mode",
                "\"" + options.userns_mode + "\" is refused: a job never runs in the host's user namespace");
    into.expect(options.runtime.empty() || is_name(options.runtime), "runtime", "expected a runtime's name");
    for (const auto* list : {&options.cap_add, &options.cap_drop})
        for (const std::string& name : *list)
            into.expect(is_name(name), list == &options.cap_add ? "cap_add" : "cap_drop",
                        "expected a capability such as NET_RAW, found \"" + name + "\"");
    for (const auto& [path, flags] : options.tmpfs)
        into.expect(path.starts_with("/") && path != "/" && path.find("..") == std::string::npos, "tmpfs",
                    "expected an absolute path in the container, found \"" + path + "\"");
    if (options.seccomp_profile.empty()) return;
    into.expect(options.seccomp_profile.starts_with('/'), "seccomp_profile", "expected an absolute path");
    into.usable("seccomp_profile", [&] { host_settings(options); });
}

} // namespace

std::vector<OptionProblem> problems(const Options& options)
{
    Check check;
    check.usable("host", [&] { socket_path(options); });
    check_images(options, check);
    check_network(options, check);
    check_limits(options, check);
    check_confinement(options, check);
    return check.found;
}

std::string socket_path(const Options& options)
{
    constexpr std::string_view scheme = "unix://";
    const std::string& host = options.host;
    if (!host.starts_with(scheme) || host.size() < scheme.size() + 2 || host[scheme.size()] != '/')
        throw configuration_error("docker.host", "expected unix:///path/of/docker.sock, found \"" + host +
                                                     "\"; a remote Engine comes through a forwarded socket");
    return host.substr(scheme.size());
}

} // namespace ysnp::docker
