#include "docker/container_json.h"
#include "docker/engine_error.h"
#include "net/failure.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::docker;
using nlohmann::json;

namespace {

ContainerSpec spec()
{
    ContainerSpec result;
    result.name = "ysnp-job-1";
    result.image.value = "sha256:abc";
    result.command = {"run"};
    result.labels = {{"ysnp.job", "1"}};
    result.mounts = {{{"vol"}, "/builds", false}};
    result.host = host_settings(Options{});
    return result;
}

json body(const ContainerSpec& from) { return json::parse(create_body(from)); }

/// What an honest Engine would report after create.
Inspection honest(const ContainerSpec& from)
{
    Inspection found;
    found.image = from.image;
    found.labels = from.labels;
    found.environment = from.environment;
    found.environment.push_back("PATH=/bin");
    found.mounts = from.mounts;
    found.host = from.host;
    found.network_mode = "none";
    found.ipc_mode = "private";
    return found;
}

} // namespace

TEST_CASE("the create request carries the whole hardening [DK141] [AC-D01]")
{
    const json host = body(spec())["HostConfig"];
    CHECK(host["CapDrop"] == json::array({"ALL"}));
    CHECK(host["CapAdd"].size() == 7);
    CHECK(host["SecurityOpt"] == json::array({"no-new-privileges"}));
    CHECK(host["PidsLimit"] == 4096);
    CHECK(host["LogConfig"]["Type"] == "none"); // [AC-C04]
    CHECK(host["CgroupnsMode"] == "private");
    CHECK(host["IpcMode"] == "private");
    CHECK(host["Init"] == false);
    CHECK(host["NetworkMode"] == "none");
    CHECK(host["RestartPolicy"]["Name"] == "no");
    CHECK(!host.contains("AutoRemove"));
    CHECK(!host.contains("Privileged"));
    CHECK(!host.contains("Binds"));
    CHECK(host["MaskedPaths"].size() >= 10);
    CHECK(host["Mounts"][0]["VolumeOptions"]["NoCopy"] == true); // [DK097]
    CHECK(host["Mounts"][0]["Type"] == "volume");
    CHECK(body(spec())["Healthcheck"]["Test"] == json::array({"NONE"}));
    CHECK(body(spec())["StdinOnce"] == false);
    CHECK(body(spec())["OpenStdin"] == true);
}

TEST_CASE("nothing of a job changes what the container gets of the host [AC-D01] [INV-6]")
{
    ContainerSpec hostile = spec();
    hostile.command = {"--privileged", "\",\"HostConfig\":{\"Privileged\":true}"};
    hostile.entrypoint = {"sh", "-c", "}}"};
    hostile.environment = {"X={\"HostConfig\":{}}", "HostConfig=1", "\xff\xfe=\x80"};
    hostile.user = "0:0";
    hostile.working_dir = "/proc/self/fd/8";
    hostile.hostname = "\"},\"HostConfig\":{\"Binds\":[\"/:/host\"]}";
    hostile.labels["HostConfig"] = "{\"PidMode\":\"host\"}";
    CHECK(body(hostile)["HostConfig"].dump() == body(spec())["HostConfig"].dump());
    CHECK(body(hostile).size() <= 20);
}

TEST_CASE("an entrypoint is kept, cleared or replaced [DK138] [DK139]")
{
    ContainerSpec from = spec();
    CHECK(!body(from).contains("Entrypoint"));
    from.entrypoint.emplace();
    CHECK(body(from)["Entrypoint"] == json::array({""}));
    from.entrypoint = {"/bin/sh", "-e"};
    CHECK(body(from)["Entrypoint"] == json::array({"/bin/sh", "-e"}));
}

TEST_CASE("a job network is joined by id, with its names")
{
    ContainerSpec from = spec();
    from.network = JoinNetwork{"n1d", {"build"}};
    CHECK(body(from)["HostConfig"]["NetworkMode"] == "n1d");
    CHECK(body(from)["NetworkingConfig"]["EndpointsConfig"]["n1d"]["Aliases"] == json::array({"build"}));
    from.network = HostNetwork{};
    from.hostname = "x";
    CHECK(body(from)["HostConfig"]["NetworkMode"] == "host");
    CHECK(!body(from).contains("Hostname"));
    CHECK(!body(from).contains("NetworkingConfig"));
}

TEST_CASE("a privileged container is wholly so, as the operator said")
{
    ContainerSpec from = spec();
    Options options;
    options.privileged = true;
    from.host = host_settings(options);
    const json host = body(from)["HostConfig"];
    CHECK(host["Privileged"] == true);
    CHECK(!host.contains("CapDrop"));
    CHECK(!host.contains("MaskedPaths"));
}

TEST_CASE("an honest Engine shows no drift")
{
    CHECK(drift(spec(), honest(spec())).empty());
    Inspection prefixed = honest(spec());
    for (auto& name : prefixed.host.cap_add) name = "CAP_" + name;
    CHECK(drift(spec(), prefixed).empty());
}

TEST_CASE("each deviation after create is named [AC-D02] [AC-D16] [INV-5]")
{
    const auto only = [](const char* what, auto change) {
        Inspection found = honest(spec());
        change(found);
        const auto differences = drift(spec(), found);
        INFO(what);
        REQUIRE(differences.size() == 1);
        CHECK(differences.front().starts_with(what));
    };
    only("Image", [](Inspection& i) { i.image.value = "sha256:evil"; });
    only("Privileged", [](Inspection& i) { i.host.privileged = true; });
    only("CapAdd", [](Inspection& i) { i.host.cap_add.push_back("SYS_ADMIN"); });
    only("CapDrop", [](Inspection& i) { i.host.cap_drop.clear(); });
    only("Binds", [](Inspection& i) { i.binds = {"/:/host"}; });
    only("Mounts", [](Inspection& i) { i.foreign_mounts = {"bind / -> /host"}; });
    only("Mounts", [](Inspection& i) { i.mounts.clear(); });
    only("Devices", [](Inspection& i) { i.devices = {"/dev/kvm"}; });
    only("NetworkMode", [](Inspection& i) { i.network_mode = "host"; });
    only("PidMode", [](Inspection& i) { i.pid_mode = "host"; });
    only("UTSMode", [](Inspection& i) { i.uts_mode = "host"; });
    only("IpcMode", [](Inspection& i) { i.ipc_mode = "host"; });
    only("no-new-privileges", [](Inspection& i) { i.host.no_new_privileges = false; });
    only("seccomp", [](Inspection& i) { i.host.seccomp = "unconfined"; });
    only("PidsLimit", [](Inspection& i) { i.host.pids_limit = 0; });
    only("Memory", [](Inspection& i) { i.host.memory = 5; });
    only("ReadonlyRootfs", [](Inspection& i) { i.host.read_only = true; });
    only("UsernsMode", [](Inspection& i) { i.host.userns_mode = "host"; });
    only("MaskedPaths", [](Inspection& i) { i.host.masked_paths.clear(); });
    only("LogConfig", [](Inspection& i) { i.host.log_driver = "json-file"; });
    only("Labels", [](Inspection& i) { i.labels.clear(); });
}

TEST_CASE("an asked user, runtime and variable must be there [AC-D02]")
{
    ContainerSpec from = spec();
    from.user = "1000";
    from.host.runtime = "runsc";
    from.environment = {"A=1"};
    Inspection found = honest(spec());
    const auto differences = drift(from, found);
    CHECK(differences.size() == 3);
    CHECK(differences[2] == "Runtime: asked for \"runsc\", the Engine reports \"\"");
}

TEST_CASE("an inspection with anything missing or mistyped has defaults")
{
    CHECK(parse_inspection("x", "{}").status.empty());
    const auto found = parse_inspection("x", R"({"Id":7,"State":[],"Config":{"Env":[1,"A=b"],"Labels":{"a":1,"b":"c"}},
        "HostConfig":{"CapAdd":"x","Devices":[{"PathOnHost":"/dev/x"}]},"Mounts":[{"Type":"bind","Source":"/s","Destination":"/d"}],
        "NetworkSettings":{"Networks":{"n":{"IPAddress":"10.0.0.2"}}}})");
    CHECK(found.id.empty());
    CHECK(found.environment == std::vector<std::string>{"A=b"});
    CHECK(found.labels == Labels{{"b", "c"}});
    CHECK(found.addresses.at("n") == "10.0.0.2");
    CHECK(found.devices == std::vector<std::string>{"/dev/x"});
    CHECK(found.foreign_mounts == std::vector<std::string>{"bind /s -> /d"});
    CHECK_THROWS_AS(parse_inspection("x", "{\"Id\":"), EngineError);
}
