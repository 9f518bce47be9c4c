#include "test/integration/jobs/checks.h"

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* with_entrypoint = "ysnp-test/entrypoint:1";
constexpr const char* rejecting = "ysnp-test/rejecting:1";
constexpr const char* by_number = "ysnp-test/by-number:1";
constexpr const char* by_name = "ysnp-test/by-name:1";
constexpr const char* shell_less = "ysnp-test/shell-less:1";
constexpr const char* busybox_folder = "ysnp-test/busybox-folder:1";

void make_odd_images()
{
    static const bool made = [] {
        make_image(with_entrypoint, {"ENTRYPOINT [\"/entry\"]"},
                   "{ printf '#!/bin/sh\\necho entry-of-the-image\\nexport FROM_ENTRY=set\\nexec \"$@\"\\n' > entry; "
                   "chmod +x entry; }");
        make_image(rejecting, {"ENTRYPOINT [\"/entry\"]"},
                   "{ printf '#!/bin/sh\\necho no such command: $1; exit 64\\n' > entry; chmod +x entry; }");
        make_image(by_number, {"USER 1000"});
        make_image(by_name, {"USER node", "ENV OF_IMAGE=yes"});
        make_image(shell_less, {"CMD [\"/nothing\"]"}, "rm -r bin");
        make_image(busybox_folder, {"ENTRYPOINT [\"/kaniko/executor\"]", "ENV PATH=/busybox"},
                   "{ mkdir busybox && mv bin/busybox busybox/sh && rm -r bin; }");
        return true;
    }();
    (void)made;
}

} // namespace

TEST_CASE("an image's entrypoint runs before each script, unless the job clears it [JOB-096] [JOB-097] [DK138]")
{
    make_odd_images();
    World world;
    PayloadSpec spec = world.job({"echo from-entry-$FROM_ENTRY"});
    spec.image = with_entrypoint;
    spec.after_script = {"true"};
    PayloadSpec cleared = spec, of_job = spec, refusing = spec;
    cleared.entrypoint = {""};
    of_job.entrypoint = {"/bin/env", "FROM_ENTRY=the-job"};
    refusing.image = rejecting;
    const std::uint64_t ids[] = {world.gitlab().enqueue(spec), world.gitlab().enqueue(cleared),
                                 world.gitlab().enqueue(of_job), world.gitlab().enqueue(refusing)};
    const FakeJob job = world.finish(ids[0]);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "\nfrom-entry-set\n"));
    CHECK(count(plain(job.trace), "\nentry-of-the-image\n") == 2);
    const FakeJob plain_job = world.finish(ids[1]); // [DK139]
    INFO(plain(plain_job.trace));
    CHECK(plain_job.state == "success");
    CHECK(has(plain_job, "\nfrom-entry-\n"));
    CHECK_FALSE(has(plain_job, "entry-of-the-image\n"));
    const FakeJob own = world.finish(ids[2]);
    INFO(plain(own.trace));
    CHECK(has(own, "\nfrom-entry-the-job\n"));
    const FakeJob refused = world.finish(ids[3]); // [JOB-098]
    INFO(plain(refused.trace));
    CHECK(refused.state == "failed");
    CHECK(refused.exit_code == 64);
    CHECK(has(refused, "no such command: sh"));
    CHECK_FALSE(has(refused, "$ echo from"));
}

TEST_CASE("scripts run in the image's bash, with shell: sh in its sh though it has a bash")
{
    make_bash_and_git();
    for (const char* wanted : {"bash", "sh"}) {
        World world({.runner_yaml = std::string("    shell: ") + wanted + "\n"});
        PayloadSpec spec = world.job({"echo shell is ${BASH_VERSION:+bash}"});
        spec.image = bash_and_git;
        const FakeJob job = world.finish(spec);
        INFO(plain(job.trace));
        CHECK(job.state == "success");
        CHECK(has(job, "\nshell is bash\n") == (std::string(wanted) == "bash"));
    }
}

TEST_CASE("a runner may keep jobs from replacing entrypoints [DK140]")
{
    make_odd_images();
    World world({.docker_yaml = "      disable_entrypoint_overwrite: true\n"});
    PayloadSpec spec = world.job({"echo from-entry-$FROM_ENTRY"});
    spec.image = with_entrypoint;
    spec.entrypoint = {""};
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "\nfrom-entry-set\n"));
    CHECK(has(job, "WARNING: image.entrypoint: this runner keeps the image's own"));
}

TEST_CASE("jobs run as the image's user or the one they name, and may write their folder [JOB-099] [JOB-100] [JOB-200]")
{
    make_odd_images();
    World world({.docker_yaml = "      allowed_users: [\"1000\", node]\n"
                                "      allowed_pull_policies: [if-not-present, never]\n"});
    const std::vector<std::string> script = {"echo \"$(id -u):$(id -g) $(id -un)\"",
                                             "cat README.md > copy && rm README.md && ls",
                                             "echo \"image-says-$OF_IMAGE\"", "echo x >> $FILE", "./tool"};
    PayloadSpec number = world.job_with_sources(script);
    number.image = by_number;
    number.variables.push_back({"FILE", "content", true, false, true});
    PayloadSpec name = number, wished = number, forbidden = number, foreign = number;
    name.image = by_name;
    wished.image = busybox;
    wished.user = "node";
    forbidden.user = "root";
    foreign.patch =
        R"({"image": {"pull_policy": ["never"], "executor_opts": {"docker": {"platform": "linux/arm64"}}}})";
    const std::uint64_t ids[] = {world.gitlab().enqueue(number), world.gitlab().enqueue(name),
                                 world.gitlab().enqueue(wished), world.gitlab().enqueue(forbidden),
                                 world.gitlab().enqueue(foreign)};
    for (const int i : {0, 1, 2}) {
        const FakeJob job = world.finish(ids[i]);
        INFO(plain(job.trace));
        CHECK(job.state == "success");
        CHECK(has(job, i == 0 ? "\n1000:" : "\n1000:1000 node\n"));
        CHECK(has(job, "\ntool\n"));
        CHECK(has(job, i == 1 ? "image-says-yes\n" : "image-says-\n"));
    }
    const FakeJob refused = world.finish(ids[3]); // [DK039]
    INFO(plain(refused.trace));
    CHECK(refused.failure_reason == "runner_configuration_error");
    CHECK(has(refused, "does not let jobs run as \"root\""));
    const FakeJob elsewhere = world.finish(ids[4]);
    INFO(plain(elsewhere.trace));
    CHECK(elsewhere.state == "failed");
    CHECK(has(elsewhere, "asked for platform linux/arm64, the image on this host is linux/amd64"));
}

TEST_CASE("an image without a shell fails with a clear text; /busybox/sh is one [JOB-178] [JOB-103] [JOB-179] [DK133]")
{
    make_odd_images();
    World world;
    PayloadSpec spec = world.job({"echo hi"});
    spec.image = shell_less;
    PayloadSpec debug = world.job({"echo hi"});
    debug.image = busybox_folder;
    debug.entrypoint = {""};
    const std::uint64_t first = world.gitlab().enqueue(spec), second = world.gitlab().enqueue(debug);
    const FakeJob none = world.finish(first);
    INFO(plain(none.trace));
    CHECK(none.state == "failed");
    CHECK_FALSE(none.exit_code.value_or(0) != 0); // none is made up
    CHECK(has(none, "does the image have a shell"));
    const FakeJob found = world.finish(second);
    INFO(plain(found.trace));
    CHECK(found.state == "success");
    CHECK(has(found, "\nhi\n"));
}

TEST_CASE("the image is the job's after expansion, else the runner's own, within what is allowed [DK020] [DK022]")
{
    World world(
        {.docker_yaml =
             "      allowed_images: [\"ysnp-test/**\"]\n      allowed_pull_policies: [never, if-not-present]\n"});
    PayloadSpec expanded = world.job({"echo image-is-$CI_JOB_IMAGE"}), empty = expanded, other = expanded,
                absent = expanded, forced = expanded;
    expanded.image = "$REPO/busybox:$TAG";
    expanded.variables.push_back({"REPO", "ysnp-test"});
    expanded.variables.push_back({"TAG", "1"});
    empty.image = "$NOTHING"; // [DK023]
    other.image = "evil/tool:1";
    absent.image = "ysnp-test/not-there:1";
    forced.image = busybox;
    for (PayloadSpec* spec : {&expanded, &empty, &absent}) spec->patch = R"({"image": {"pull_policy": ["never"]}})";
    forced.patch = R"({"image": {"pull_policy": ["always"]}})";
    std::vector<std::uint64_t> ids;
    for (const PayloadSpec* spec : {&expanded, &empty, &other, &absent, &forced})
        ids.push_back(world.gitlab().enqueue(*spec));
    for (const int i : {0, 1}) { // [JOB-025] [DK046]
        const FakeJob job = world.finish(ids[i]);
        INFO(plain(job.trace));
        CHECK(job.state == "success");
        CHECK(has(job, "image-is-ysnp-test/busybox:1\n"));
    }
    const FakeJob disallowed = world.finish(ids[2]); // [JOB-124]
    INFO(plain(disallowed.trace));
    CHECK(disallowed.failure_reason == "runner_configuration_error");
    CHECK(has(disallowed, "ysnp-test/**"));
    CHECK_FALSE(has(disallowed, "step_script"));
    const FakeJob missing = world.finish(ids[3]); // [DK045]
    INFO(plain(missing.trace));
    CHECK(missing.state == "failed");
    CHECK(has(missing, "ysnp-test/not-there:1"));
    const FakeJob policy = world.finish(ids[4]); // [JOB-122] [DK047]
    INFO(plain(policy.trace));
    CHECK(policy.failure_reason == "runner_configuration_error");
    CHECK(has(policy, "pull_policy: none of [always], from the job's .gitlab-ci.yml"));
}

TEST_CASE("without an image of the job and of the runner the job fails at once, and says what to do [DK021]")
{
    World world;
    const std::string text = read_text(world.config()), line = std::string("      image: ") + busybox + "\n";
    REQUIRE(text.find(line) != std::string::npos);
    write_text(world.config(), std::string(text).replace(text.find(line), line.size(), ""));
    const FakeJob job = world.finish(world.job({"echo never"}));
    INFO(plain(job.trace));
    CHECK(job.failure_reason == "runner_configuration_error");
    CHECK(has(job, "the job names no image, and docker.image of the runner is not set"));
    CHECK(count(plain(job.trace), "Preparing the \"docker\" executor") == 1);
    CHECK_FALSE(has(job, "echo never"));
}
