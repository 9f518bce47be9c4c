#include "test/integration/jobs/checks.h"
#include <filesystem>

using namespace ysnp::test;
using namespace std::chrono_literals;

TEST_CASE("a job has no way to more rights than its image's user has [AC-C09] [AC-C11] [AC-C20]")
{
    World world;
    const FakeJob job = world.finish(
        world.job({"grep -E 'NoNewPrivs|CapBnd|CapEff|Seccomp:' /proc/self/status",
                   "mount -t tmpfs none /tmp 2>&1 || echo no-mount",
                   "(echo x > /proc/sys/kernel/core_pattern) 2>&1 || echo no-core-pattern",
                   "for f in $(find /sys/fs/cgroup -name release_agent -o -name cgroup.procs); do (echo 0 > $f) && "
                   "echo cgroup-written || true; done",
                   "(echo b > /proc/sysrq-trigger) 2>&1 || echo no-sysrq",
                   "echo keys-$(cat /proc/keys /proc/kcore 2>/dev/null | wc -c)",
                   "unshare -U true 2>&1 || echo no-user-namespace", "mknod /tmp/disk b 8 0 2>&1 || echo no-device",
                   "chroot /tmp /bin/sh 2>&1 || echo no-chroot", "echo descriptors-$(ls /proc/self/fd | tr '\\n' '-')",
                   "test ! -e /var/run/docker.sock -a ! -e /run/docker.sock && echo no-socket",
                   "test ! -e /etc/ysnprunner -a ! -e /var/lib/ysnprunner && echo no-configuration"}));
    INFO(plain(job.trace));
    CHECK(has(job, "NoNewPrivs:\t1\n"));
    CHECK(has(job, "Seccomp:\t2\n"));
    for (const char* refused :
         {"no-mount", "no-core-pattern", "no-sysrq", "no-user-namespace", "no-socket", "no-configuration"}) // [AC-C19]
        CHECK(has(job, std::string("\n") + refused + "\n"));
    CHECK_FALSE(has(job, "\ncgroup-written"));
    CHECK(has(job, "\nkeys-0\n"));
    CHECK(has(job, "\ndescriptors-0-1-2-3-\n")); // 3 is the folder that ls reads
    CHECK(job.state == "success");
}

TEST_CASE("a setuid program of the image gives nothing [AC-C09]")
{
    make_bash_and_git();
    World world;
    PayloadSpec spec = world.job({"ls -l /bin/root-bash", "root-bash -p -c 'echo uid-$EUID'"});
    spec.image = bash_and_git;
    spec.user = "1000";
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(has(job, "\n-rwsr-xr-x"));
    CHECK(has(job, "\nuid-1000\n"));
}

TEST_CASE("a job sees neither the runner, nor its first process' secrets, nor another job [AC-C19] [DK108] [JOB-112]")
{
    make_image("ysnp-test/with-volume:1", {"VOLUME /data"});
    World world;
    PayloadSpec victim =
        world.job({"echo in-my-volume > mine", "echo id-$CI_CONCURRENT_PROJECT_ID", "echo parked", "sleep 300"});
    victim.image = "ysnp-test/with-volume:1";
    victim.variables.push_back({"PLAIN_VALUE", "value-that-nobody-masks"});
    victim.variables.push_back({"SECRET_VALUE", "s3cr3t-of-the-victim", false, true});
    const std::uint64_t id = world.gitlab().enqueue(victim);
    world.start();
    REQUIRE(world.until(
        id, [](const FakeJob& job) { return has(job, "\nparked\n"); }, 60s));
    const FakeJob job = world.finish(
        world.job({"find /builds -name mine | wc -l", "pwd", "echo id-$CI_CONCURRENT_PROJECT_ID",
                   "ps | grep -c '[s]leep 300' || true", "cat /proc/1/environ | tr '\\0' '\\n' | grep -c CI_ || true",
                   "ls /proc/1/root/builds /proc/1/fd || true", "grep -c ' /builds ' /proc/self/mounts",
                   "ip addr | grep -c 'inet ' || true",
                   "nc -w 2 169.254.169.254 80 </dev/null && echo metadata-reached || echo no-metadata"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "wc -l\n0\n$ pwd\n/builds/acme/tools/hello\n"));
    CHECK(has(job, "\nid-1\n"));
    CHECK(has(world.gitlab().job(id), "\nid-0\n"));
    CHECK(has(job, "grep -c CI_ || true\n"));
    CHECK(has(job, "[s]leep 300' || true\n0\n"));
    CHECK(has(job, "\nno-metadata\n"));

    // What the Engine knows of the parked job [DK144].
    const std::string container =
        docker("ps -q --no-trunc --filter name=ysnp-" + std::to_string(id) + "- " + filter_of(world));
    REQUIRE(container.size() == 64);
    const std::string inspected = docker("inspect " + container);
    const std::filesystem::path stored = std::filesystem::path(docker("info --format '{{.DockerRootDir}}'")) /
                                         "containers" / container / "config.v2.json";
    for (const std::string& text : {inspected, read_text(stored)}) {
        CHECK(text.find("s3cr3t-of-the-victim") == std::string::npos);
        CHECK(text.find("value-that-nobody-masks") == std::string::npos);
        CHECK(text.find(world.gitlab().job(id).token) == std::string::npos);
    }
    CHECK(inspected.find("no-new-privileges") != std::string::npos);
    CHECK(inspected.find("\"Privileged\": false") != std::string::npos);
    const std::string unnamed =
        docker("inspect --format '{{range .Mounts}}{{if eq .Destination \"/data\"}}{{.Name}}{{end}}"
               "{{end}}' " +
               container);
    CHECK(unnamed.size() == 64);
    world.gitlab().cancel(id);
    world.finish(id);
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
    CHECK_THROWS(docker("volume inspect " + unnamed)); // the image's own volume went with the container [DK098]
}
