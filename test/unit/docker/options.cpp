#include "docker/options.h"
#include "docker/engine_error.h"
#include "docker/host_settings.h"
#include "test/double/run.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>

using namespace ysnp::docker;

namespace {

/// The keys that are complained about, joined.
template <class Change>
std::string complaints(Change change)
{
    Options options;
    change(options);
    std::string keys;
    for (const auto& problem : problems(options)) keys += (keys.empty() ? "" : " ") + problem.key;
    return keys;
}

std::string write(const ysnp::test::TempDir& dir, const char* name, const char* text)
{
    const auto path = dir / name;
    std::ofstream(path) << text;
    return path.string();
}

} // namespace

TEST_CASE("the defaults can be used")
{
    CHECK(problems(Options{}).empty());
    CHECK(socket_path(Options{}) == "/var/run/docker.sock");
}

TEST_CASE("only Unix sockets with an absolute path are Engines [AC-D13]")
{
    for (const char* host : {"tcp://127.0.0.1:2375", "unix://docker.sock", "unix://", "unix:///",
                             "/var/run/docker.sock", "ssh://host", "http://localhost", ""})
        CHECK(complaints([&](Options& o) { o.host = host; }) == "host");
}

TEST_CASE("what would give a job the host is refused [DK112] [DK113]")
{
    CHECK(complaints([](Options& o) { o.network_mode = "container:other"; }) == "network_mode");
    CHECK(complaints([](Options& o) { o.userns_mode = "host"; }) == "userns_mode");
    CHECK(complaints([](Options& o) { o.network_mode = "host"; }).empty()); // the operator's explicit choice
}

TEST_CASE("all mistakes are reported at once [DK145]")
{
    const std::string keys = complaints([](Options& o) {
        o.image = "UPPER/x"; // no host: it has neither dot nor port;
        o.allowed_images = {"ok/**", ""};
        o.network_pool = "8.8.8.0/24";
        o.dns = {"dns.example.com"};
        o.extra_hosts = {"nocolon"};
        o.memory = 1;
        o.cpus = -1;
        o.pids_limit = 0;
        o.user = "root;id";
        o.runtime = "../x";
        o.cap_add = {"NET RAW"};
        o.tmpfs = {{"/", ""}};
    });
    CHECK(keys ==
          "image allowed_images network_pool dns extra_hosts memory cpus pids_limit user runtime cap_add tmpfs");
}

TEST_CASE("a seccomp profile that cannot be used is found when the configuration is read [DK146]")
{
    const ysnp::test::TempDir dir;
    CHECK(complaints([](Options& o) { o.seccomp_profile = "/nonexistent.json"; }) == "seccomp_profile");
    CHECK(complaints([&](Options& o) { o.seccomp_profile = write(dir, "bad.json", "{\"defaultAction\":"); }) ==
          "seccomp_profile");
    CHECK(complaints([&](Options& o) { o.seccomp_profile = write(dir, "list.json", "[]"); }) == "seccomp_profile");
    const std::string good = write(dir, "good.json", "{ \"defaultAction\": \"SCMP_ACT_ALLOW\" }");
    CHECK(complaints([&](Options& o) { o.seccomp_profile = good; }).empty());
    Options options;
    options.seccomp_profile = good;
    CHECK(host_settings(options).seccomp == "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}");
}

TEST_CASE("a pull policy that is configured and not allowed is a mistake of the configuration")
{
    CHECK(complaints([](Options& o) {
              o.pull_policy = {PullPolicy::never};
              o.allowed_pull_policies = {PullPolicy::always};
          }) == "allowed_pull_policies");
}

TEST_CASE("capabilities are seven unless the operator changes that; limits follow the options")
{
    Options options;
    CHECK(host_settings(options).cap_drop == std::vector<std::string>{"ALL"});
    CHECK(host_settings(options).cap_add.size() == 7);
    options.cap_add = {"cap_net_raw"};
    options.cap_drop = {"CHOWN"};
    options.memory = 64u << 20;
    options.cpus = 0.5;
    const HostSettings host = host_settings(options);
    CHECK(std::count(host.cap_add.begin(), host.cap_add.end(), "NET_RAW") == 1);
    CHECK(std::count(host.cap_add.begin(), host.cap_add.end(), "CHOWN") == 0);
    CHECK(host.memory_swap == host.memory);
    CHECK(host.nano_cpus == 500000000);
    CHECK(host.no_new_privileges);
    options.cap_drop = {"ALL"};
    CHECK(host_settings(options).cap_add.empty());
}
