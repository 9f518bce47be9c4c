#include "test/double/process.h"
#include "test/integration/jobs/checks.h"
#include "test/integration/loopback.h"

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

int git_requests(World& world)
{
    int found = 0;
    for (const Recorded& request : world.gitlab().server().requests())
        if (request.target.find(".git/") != std::string::npos) ++found;
    return found;
}

} // namespace

TEST_CASE("git works inside the job: clean, detached, and it authenticates [JOB-009] [JOB-012] [JOB-079] [JOB-080]")
{
    need_loopback(); // git in the job talks to the GitLab on this host
    make_bash_and_git();
    World world({.network_mode = "host"});
    for (int i = 0; i < 30; ++i)
        git(world.clone(),
            {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "filler"});
    const std::string head = world.commit("echo three >> README.md");
    PayloadSpec spec = world.job_with_sources(
        {"git status --porcelain | wc -l", "git rev-parse HEAD", "git symbolic-ref -q HEAD || echo detached",
         "echo commits-$(git log --oneline | wc -l)", "ls .git/shallow", "git fetch origin main && echo fetched",
         "git rev-parse FETCH_HEAD", "grep -r \"$CI_JOB_TOKEN\" .git || echo no-token-in-git",
         "git remote get-url origin", "git log -1 --format=%s origin/main"});
    spec.image = bash_and_git;
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "wc -l\n0\n"));
    CHECK(count(plain(job.trace), "\n" + head + "\n") == 2);
    CHECK(has(job, "\ndetached\n"));
    CHECK(has(job, "\ncommits-20\n"));
    CHECK(has(job, "\n.git/shallow\n"));
    CHECK(has(job, "\nfetched\n"));
    CHECK(has(job, "\nno-token-in-git\n"));
    CHECK_FALSE(has_bytes(job, job.token));
    CHECK(has(job, "Checking out " + head.substr(0, 8) + " as detached HEAD (ref is main)..."));
}

TEST_CASE("each strategy leaves what it promises [JOB-073] [JOB-074] [JOB-075] [JOB-085] [JOB-086] [JOB-151]")
{
    World world;
    const std::vector<std::string> script = {"pwd", "ls -A | wc -l", "ls"};
    PayloadSpec none = world.job(script), empty = world.job_with_sources(script), clone = empty, unchecked = empty,
                moved = empty, outside = empty;
    empty.variables.push_back({"GIT_STRATEGY", "empty"});
    clone.variables.push_back({"GIT_STRATEGY", "clone"});
    clone.variables.push_back({"GIT_FETCH_EXTRA_FLAGS", "--prune --quiet --no-tags"});
    unchecked.variables.push_back({"GIT_CHECKOUT", "false"});
    moved.variables.push_back({"GIT_CLONE_PATH", "$CI_BUILDS_DIR/$CI_CONCURRENT_ID/x"});
    outside.variables.push_back({"GIT_CLONE_PATH", "$CI_BUILDS_DIR/../etc"});
    std::vector<std::uint64_t> ids;
    for (const PayloadSpec* spec : {&none, &empty}) ids.push_back(world.gitlab().enqueue(*spec));
    const FakeJob nothing = world.finish(ids[0]);
    INFO(plain(nothing.trace));
    CHECK(has(nothing, "Skipping Git repository setup\nSkipping Git checkout\nSkipping Git submodules setup\n"));
    for (const char* what : {"repository setup", "checkout", "submodules setup"})
        CHECK(has_bytes(nothing, std::string("\x1b[32;1mSkipping Git ") + what + "\x1b[0;m\n"));
    CHECK(has(nothing, "\n/builds/acme/tools/hello\n$ ls -A | wc -l\n0\n"));
    const FakeJob hollow = world.finish(ids[1]);
    INFO(plain(hollow.trace));
    CHECK(has(hollow, "\n/builds/acme/tools/hello-empty\n$ ls -A | wc -l\n0\n"));
    CHECK(git_requests(world) == 0);

    for (const PayloadSpec* spec : {&clone, &unchecked, &moved, &outside}) ids.push_back(world.gitlab().enqueue(*spec));
    const FakeJob cloned = world.finish(ids[2]);
    INFO(plain(cloned.trace));
    CHECK(has(cloned, "Fetching changes with git depth set to 20..."));
    CHECK(has(cloned, "\nREADME.md\ndir\ntool\n"));
    const FakeJob bare = world.finish(ids[3]);
    INFO(plain(bare.trace));
    CHECK(has(bare, "Skipping Git checkout"));
    CHECK_FALSE(has(bare, "README.md\n"));
    const FakeJob elsewhere = world.finish(ids[4]);
    INFO(plain(elsewhere.trace));
    CHECK(elsewhere.state == "success");
    CHECK(has(elsewhere, "/x\n$ ls -A"));
    CHECK(has(elsewhere, "\nREADME.md\ndir\ntool\n"));
    const FakeJob refused = world.finish(ids[5]);
    INFO(plain(refused.trace));
    CHECK(refused.failure_reason == "runner_configuration_error");
    CHECK(has(refused, "has to be within \"/builds\""));
    CHECK_FALSE(has(refused, "Preparing the"));
}

TEST_CASE("a runner that keeps projects in their own folders fails the job that asks for another")
{
    World world({.runner_yaml = "    custom_build_dir: { enabled: false }\n"});
    PayloadSpec moved = world.job_with_sources({"echo never"});
    moved.variables.push_back({"GIT_CLONE_PATH", "$CI_BUILDS_DIR/mine"});
    const FakeJob job = world.finish(moved);
    INFO(plain(job.trace));
    CHECK(job.failure_reason == "runner_configuration_error");
    CHECK(has(job, "GIT_CLONE_PATH: this runner keeps each project in the folder of its own"));
    CHECK_FALSE(has(job, "Preparing the"));
    CHECK(git_requests(world) == 0);
}

TEST_CASE("tags, merge requests and whole histories are checked out as asked [JOB-212] [JOB-213] [JOB-081]")
{
    make_bash_and_git();
    World world;
    git(world.clone(), {"tag", "v1.0", "HEAD~1"});
    git(world.clone(), {"push", "-q", "origin", "v1.0"});
    const std::string change = world.commit("echo change > change", "of the request");
    git(world.repository(), {"update-ref", "refs/merge-requests/1/head", change});
    PayloadSpec tag = world.job_with_sources({"git rev-parse refs/tags/v1.0", "cat README.md"}), request = tag,
                all = tag;
    for (PayloadSpec* spec : {&tag, &request, &all}) spec->image = bash_and_git;
    tag.ref = "v1.0";
    tag.ref_type = "tag";
    request.script = {"cat change", "git rev-parse refs/merge-requests/1/head",
                      "git for-each-ref refs/heads refs/remotes | wc -l", "git symbolic-ref -q HEAD || echo detached"};
    request.ref = "refs/merge-requests/1/head";
    request.sha = change;
    request.patch =
        R"({"git_info": {"refspecs": ["+refs/merge-requests/1/head:refs/merge-requests/1/head"], "ref_type": "branch"}})";
    request.variables.push_back({"CI_MERGE_REQUEST_IID", "1"});
    all.depth = 0;
    all.script = {"git describe --tags", "ls .git/shallow || echo whole", "git branch -r"};
    const std::uint64_t ids[] = {world.gitlab().enqueue(tag), world.gitlab().enqueue(request),
                                 world.gitlab().enqueue(all)};
    const FakeJob tagged = world.finish(ids[0]);
    INFO(plain(tagged.trace));
    CHECK(tagged.state == "success");
    CHECK(has(tagged, "(ref is v1.0)"));
    CHECK_FALSE(has(tagged, "two\n"));
    const FakeJob merged = world.finish(ids[1]);
    INFO(plain(merged.trace));
    CHECK(merged.state == "success");
    CHECK(has(merged, "$ cat change\nchange\n"));
    CHECK(has(merged, "\n" + change + "\n"));
    CHECK(has(merged, "| wc -l\n0\n")); // that ref and no branch [PAY-20]
    CHECK(has(merged, "echo detached\ndetached\n"));
    const FakeJob whole = world.finish(ids[2]);
    INFO(plain(whole.trace));
    CHECK(whole.state == "success");
    CHECK(has(whole, "\nv1.0-2-g"));
    CHECK(has(whole, "\nwhole\n"));
    CHECK(has(whole, "origin/main"));
}

TEST_CASE("a fetch that fails is tried again; a commit that is gone is the job's failure [JOB-117]")
{
    World world;
    PayloadSpec again = world.job_with_sources({"cat README.md"});
    again.variables.push_back({"GET_SOURCES_ATTEMPTS", "3"});
    again.variables.push_back({"FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY", "false"});
    world.gitlab().add_fault(
        {.path = "*.git/*", .raw = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nbusy"});
    const FakeJob job = world.finish(again);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "WARNING: Retrying..."));
    CHECK(has(job, "Deleting all tracked and untracked files due to source fetch failure"));
    CHECK(has(job, "hello\ntwo\n"));
    world.gitlab().clear_faults();

    PayloadSpec gone = world.job_with_sources({"echo never"});
    gone.sha = world.commit("echo forced > away");
    gone.after_script = {"echo nor-this"};
    const std::uint64_t id = world.gitlab().enqueue(gone);
    git(world.repository(), {"update-ref", "-d", "refs/pipelines/5001"});
    git(world.repository(), {"update-ref", "refs/heads/main", gone.sha + "~1"});
    git(world.repository(), {"prune", "--expire=now"});
    const FakeJob lost = world.finish(id);
    INFO(plain(lost.trace));
    CHECK(lost.failure_reason == "script_failure");
    CHECK((lost.exit_code == 1 || lost.exit_code == 128));
    CHECK_FALSE(has(lost, "$ echo never"));
    CHECK_FALSE(has(lost, "$ echo nor-this"));
}

TEST_CASE("a job cancelled while its sources come ends there: no script, no after_script [JOB-106]")
{
    World world;
    PayloadSpec spec = world.job_with_sources({"echo never"});
    spec.after_script = {"echo nor-this"};
    world.gitlab().add_fault({.path = "*.git/*", .delay = 60s});
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(world.until(
        id, [](const FakeJob& job) { return has(job, "Fetching changes"); }, 60s));
    world.gitlab().cancel(id);
    const FakeJob job = world.finish(id, 40s);
    INFO(plain(job.trace));
    CHECK(job.state == "canceled");
    CHECK(has(job, "Job failed: canceled"));
    CHECK_FALSE(has(job, "$ echo never"));
    CHECK_FALSE(has(job, "$ echo nor-this"));
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}

TEST_CASE("sources that take longer than get_sources_timeout end the job as one that ran out of time")
{
    World world({.runner_yaml = "    get_sources_timeout: 2s\n"});
    world.gitlab().add_fault({.path = "*.git/*", .delay = 60s});
    const FakeJob job = world.finish(world.job_with_sources({"echo never"}), 40s);
    INFO(plain(job.trace));
    CHECK(job.failure_reason == "job_execution_timeout");
    CHECK(has(job, "get sources timeout: exceeded timeout of 2s"));
    CHECK_FALSE(has(job, "$ echo never"));
}

TEST_CASE("hooks run around the fetch, and one that fails ends it [JOB-148] [JOB-149]")
{
    World world({.runner_yaml = "    pre_get_sources_script: echo of-the-runner-before\n"
                                "    post_get_sources_script: echo of-the-runner-after\n"});
    PayloadSpec spec = world.job_with_sources({"echo the-script"}), failing = spec;
    spec.pre_get_sources = {"echo before; ls | wc -l"};
    spec.post_get_sources = {"echo after; cat README.md"};
    failing.pre_get_sources = {"exit 1"};
    failing.after_script = {"echo nor-this"};
    const std::uint64_t ids[] = {world.gitlab().enqueue(spec), world.gitlab().enqueue(failing)};
    const FakeJob job = world.finish(ids[0]);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(in_order(job, "\nof-the-runner-before\n", "\nbefore\n0\n"));
    CHECK(in_order(job, "\nbefore\n0\n", "as detached HEAD"));
    CHECK(in_order(job, "as detached HEAD", "\nafter\nhello\ntwo\n"));
    CHECK(in_order(job, "\nafter\nhello\ntwo\n", "\nof-the-runner-after\n"));
    CHECK(in_order(job, "\nof-the-runner-after\n", "\nthe-script\n"));
    const FakeJob failed = world.finish(ids[1]);
    INFO(plain(failed.trace));
    CHECK(failed.failure_reason == "script_failure");
    CHECK(failed.exit_code == 1);
    CHECK_FALSE(has(failed, "$ echo the-script"));
    CHECK_FALSE(has(failed, "$ echo nor-this"));
}

TEST_CASE("what one job plants, the next does not meet [JOB-207] [JOB-208] [JOB-209]")
{
    make_bash_and_git();
    World world({.concurrent = 1});
    PayloadSpec first = world.job_with_sources({"printf '#!/bin/sh\\necho planted-ran\\n' > .git/hooks/post-checkout",
                                                "chmod +x .git/hooks/post-checkout",
                                                "git config core.fsmonitor 'sh -c \"echo planted-ran\"'",
                                                "touch .git/index.lock untracked /tmp/seed"}),
                second = world.job_with_sources(
                    {"ls -A .git/hooks /tmp untracked || true", "git status --porcelain", "cat README.md"});
    first.image = second.image = bash_and_git;
    CHECK(world.finish(first).state == "success");
    const FakeJob job = world.finish(second);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK_FALSE(has(job, "planted-ran"));
    CHECK_FALSE(has(job, "post-checkout"));
    CHECK_FALSE(has(job, "seed"));
    CHECK(has(job, "hello\ntwo\n"));
}
