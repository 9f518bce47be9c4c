#include "gitlab-api/system_id.h"
#include "runner/host/examine_engine.h"
#include "runner/host/examine_host.h"
#include "runner/policy/windows.h"
#include "test/double/run.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace ysnp::host {
namespace {

using policy::Finding;
using policy::Findings;
using Level = Finding::Level;
namespace fs = std::filesystem;

/// A host made of files.
struct Host {
    Host()
    {
        fs::create_directories(folder / "run");
        address.sun_family = AF_UNIX;
        const std::string path = (folder / "run/docker.sock").string();
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        ::chmod(path.c_str(), 0660);
        write("etc/group", "root:x:0:\nstaff:x:50:\n");
        write("proc/net/tcp", "  sl  local_address rem_address   st\n   0: 0100007F:1F90 00000000:0000 0A\n");
        write("proc/net/tcp6", "  sl  local_address rem_address   st\n");
        write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    }
    ~Host() { ::close(socket); }
    void write(const std::string& name, const std::string& text)
    {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name) << text;
    }
    Findings access() const
    {
        Installed here;
        here.socket = "/run/docker.sock";
        here.tokens = {"glrt-of-the-runner"};
        return examine_access(Facts(folder.path()), here);
    }
    Findings files() const
    {
        Installed here;
        here.state_dir = "/state";
        return examine_files(Facts(folder.path()), here);
    }

    test::TempDir folder;
    sockaddr_un address{};
    int socket = -1;
};

/// How many findings of the level mention the text.
int count(const Findings& findings, Level level, const std::string& text)
{
    return static_cast<int>(std::ranges::count_if(findings, [&](const Finding& finding) {
        UNSCOPED_INFO(to_string(finding.level) << " " << finding.found);
        if (finding.level != Level::ok) CHECK_FALSE(finding.fix.empty());
        return finding.level == level && finding.found.find(text) != std::string::npos;
    }));
}

} // namespace

TEST_CASE("a host that keeps its Engine to the runner is fine")
{
    const Host host;
    const Findings findings = host.access();
    CHECK_FALSE(policy::any_failure(findings));
    CHECK(count(findings, Level::ok, "nobody else is in the socket's group") == 1);
}

TEST_CASE("whoever else can use the Engine is root, and named [AC-H04] [DK003]")
{
    Host host;
    host.write("etc/group", "root:x:0:root,ysnprunner,mallory\n");
    CHECK(count(host.access(), Level::fail, "mallory") == 1);
    ::chmod((host.folder / "run/docker.sock").c_str(), 0666);
    CHECK(count(host.access(), Level::fail, "everybody can use the Engine") == 1);
    host.write("proc/net/tcp6", "  sl  local_address rem_address   st\n   0: 00000000:0947 00000000:0000 0A\n");
    CHECK(count(host.access(), Level::fail, "port 2375") == 1);
    host.write("proc/net/tcp", "   0: 00000000:0948 00000000:0000 01\n"); // somebody's connection, no listener
    CHECK(count(host.access(), Level::fail, "port 2376") == 0);
}

TEST_CASE("a second runner with our token is a failure, one of its own a warning [AC-H08]")
{
    Host host;
    host.write("etc/gitlab-runner/config.toml", "token = \"glrt-of-another\"\n");
    CHECK(count(host.access(), Level::warn, "second runner") == 1);
    host.write("etc/gitlab-runner/config.toml", "token = \"glrt-of-the-runner\"\n");
    CHECK(count(host.access(), Level::fail, "past the gate") == 1);
}

TEST_CASE("credentials that lie about are listed by path, never by content [AC-H09]")
{
    Host host;
    host.write("home/bob/.aws/credentials", "secret-value");
    host.write("root/.ssh/id_ed25519", "secret-value");
    const Findings findings = host.access();
    CHECK(count(findings, Level::warn, "/root/.ssh/id_ed25519, /home/bob/.aws/credentials") == 1);
    CHECK(policy::table_of(findings).find("secret-value") == std::string::npos);
}

TEST_CASE("a state directory of another machine is a failure [AC-H13]")
{
    Host host;
    host.write("state/.runner_system_id", gitlab::system_id_of_machine("0123456789abcdef0123456789abcdef") + "\n");
    CHECK(count(host.files(), Level::ok, "is this machine's") == 1);
    host.write("etc/machine-id", "fedcba9876543210fedcba9876543210\n");
    CHECK(count(host.files(), Level::fail, "another machine") == 1);
    fs::remove(host.folder / "state/.runner_system_id");
    CHECK(count(host.files(), Level::unknown, "cannot be read") == 1);
}

TEST_CASE("hostile files make a finding unknown, and never block [AC-H14]")
{
    Host host;
    fs::remove(host.folder / "etc/group");
    REQUIRE(::mkfifo((host.folder / "etc/group").c_str(), 0600) == 0);
    CHECK(count(host.access(), Level::unknown, "/etc/group cannot be read") == 1);
    fs::remove(host.folder / "etc/group");
    host.write("etc/group", std::string(2u << 20, 'x'));
    CHECK(count(host.access(), Level::unknown, "/etc/group cannot be read") == 1);
    host.write("etc/group", "\xff\xfe:::\nroot:x:0:\x1b[31mmallory\n");
    CHECK(policy::table_of(host.access()).find('\x1b') == std::string::npos);
}

TEST_CASE("kernel settings that weaken the host are warned of, and unknown where they cannot be read")
{
    Host host;
    host.write("proc/sys/kernel/yama/ptrace_scope", "0\n");
    host.write("proc/sys/fs/protected_symlinks", "1\n");
    const Findings findings = examine_kernel(Facts(host.folder.path()));
    CHECK(count(findings, Level::warn, "kernel.yama.ptrace_scope is 0") == 1);
    CHECK(count(findings, Level::warn, "protected_symlinks") == 0);
    CHECK(count(findings, Level::unknown, "kernel.kptr_restrict") == 1);
}

TEST_CASE("a kernel that cannot confine the git worker, or not its connections, is warned of")
{
    const auto finding = [](int landlock) { return Findings{examine_sandbox(landlock)}; };
    CHECK(count(finding(0), Level::warn, "reads what the service can read") == 1);
    CHECK(count(finding(3), Level::warn, "not to which port") == 1);
    CHECK(count(finding(4), Level::ok, "Landlock 4") == 1);
}

TEST_CASE("an Engine without confinement or limits, or with registries without certificates, fails [AC-H05] [AC-H07]")
{
    docker::EngineInfo info;
    info.security_options = {"name=apparmor", "name=seccomp,profile=builtin", "name=userns"};
    info.cgroup_version = "2";
    info.pids_limit = info.swap_limit = true;
    info.insecure_registries = {"127.0.0.0/8"};
    CHECK(count(examine_engine(info), Level::ok, "confines") == 1);
    info.insecure_registries.emplace_back("registry.example.com:5000");
    CHECK(count(examine_engine(info), Level::fail, "registry.example.com:5000") == 1);
    info.pids_limit = false;
    info.security_options = {"name=seccomp,profile=unconfined"};
    info.cgroup_version = "1";
    const Findings findings = examine_engine(info);
    CHECK(count(findings, Level::fail, "without seccomp") == 1);
    CHECK(count(findings, Level::fail, "cannot limit processes") == 1);
    CHECK(count(findings, Level::warn, "AppArmor") == 1);
    CHECK(count(findings, Level::warn, "version 1") == 1);
}

TEST_CASE("a clock that nobody sets fails where policy has windows of time, and is warned about elsewhere [AC-H11]")
{
    CHECK(judge_clock(true, Windows::some).level == Level::ok);
    CHECK(judge_clock(false, Windows::none).level == Level::warn);
    CHECK(judge_clock(false, Windows::some).level == Level::fail);
    const test::TempDir store;
    fs::create_directories(store / "acme/shop");
    const auto policy = [&](const std::string& check) {
        std::ofstream(store / "acme/shop/ysnp_policy.json")
            << R"({"jobs":{"default":{"checks":[{"name":")" << check << R"("}]}}})";
    };
    CHECK_FALSE(policy::has_windows(store.path()));
    policy("imageHash");
    CHECK_FALSE(policy::has_windows(store.path()));
    policy("dateTimeCheck");
    CHECK(policy::has_windows(store.path()));
    checks::Documents documents;
    CHECK_FALSE(policy::has_windows(documents));
    documents.parent_policies.emplace_back().text = R"({"checks":[{"name":"dateTimeCheck"}]})";
    CHECK(policy::has_windows(documents));
}

TEST_CASE("a container of somebody else that is root of this host fails, one in the host's network is warned about "
          "[AC-H06]")
{
    docker::Inspection plain;
    plain.name = "web";
    plain.network_mode = "bridge";
    plain.foreign_mounts = {"bind /srv/www -> /data"};
    CHECK(count(examine_neighbours({plain, plain}), Level::ok, "") == 1);
    docker::Inspection privileged = plain, namespaces = plain, disk = plain, socket = plain, network = plain;
    privileged.host.privileged = true;
    namespaces.pid_mode = "host";
    disk.foreign_mounts = {"bind / -> /host"};
    socket.foreign_mounts = {"bind /var/run/docker.sock -> /s"};
    network.network_mode = "host";
    for (const docker::Inspection& bad : {privileged, namespaces, disk, socket})
        CHECK(count(examine_neighbours({plain, bad}), Level::fail, "the container web of somebody else ") == 1);
    CHECK(count(examine_neighbours({network}), Level::warn, "is in the host's network") == 1);
}

TEST_CASE("a service that runs as root, with capabilities or unfiltered is found, by its process")
{
    Host host;
    const auto process = [&](const std::string& uid, const std::string& capabilities, int no_new_privs, int seccomp) {
        host.write("proc/77/cmdline", std::string("/usr/bin/ysnprunner\0run\0--config\0x\0", 34));
        host.write("proc/77/status", "Name:\tysnprunner\nPid:\t77\nUid:\t" + uid + "\t" + uid + "\nCapEff:\t" +
                                         capabilities + "\nNoNewPrivs:\t" + std::to_string(no_new_privs) +
                                         "\nSeccomp:\t" + std::to_string(seccomp) + "\n");
        Findings findings = examine_services(Facts(host.folder.path()));
        std::string text;
        for (const Finding& finding : findings)
            text += std::string(to_string(finding.level)) + " " + finding.found + "\n";
        return text;
    };
    const std::string none(16, '0');
    CHECK(examine_services(Facts(host.folder.path())).at(0).level == Level::unknown); // it does not run
    CHECK(process("990", none, 1, 2).starts_with("ok "));
    CHECK(process("0", none, 1, 2) == "FAIL process 77 runs as root\n");
    CHECK(process("990", "0000000000000400", 1, 2) == "FAIL process 77 has capabilities (CapEff 0000000000000400)\n");
    CHECK(process("990", none, 0, 2).find("no_new_privs is off") != std::string::npos);
    CHECK(process("990", none, 1, 0).find("no filter of system calls") != std::string::npos);
    host.write("proc/78/cmdline", std::string("/usr/bin/ysnprunner\0doctor\0", 27)); // of whom nothing is known
    CHECK(process("990", none, 1, 2).starts_with("ok "));
}

} // namespace ysnp::host
