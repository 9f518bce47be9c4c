#include "fixture.h"
#include "net/url.h"
#include "runner/git/job_environment.h"
#include "test/double/certificate.h"
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <thread>

using namespace ysnp;
using namespace ysnp::git;
using namespace ysnp::git::testing;
namespace fs = std::filesystem;

namespace {

/// Runs a command as the job would, while the server serves; says whether it succeeded.
bool in_job(Bench& bench, const fs::path& dir, const std::string& command)
{
    std::string all = "cd '" + dir.string() +
                      "' && env -i PATH=\"$PATH\" HOME=/nonexistent GIT_TERMINAL_PROMPT=0 CI_JOB_TOKEN=" + canary;
    const net::Url origin = net::parse_url(bench.gitlab().url());
    for (const auto& [name, value] : job_git_environment(origin)) {
        std::string quoted;
        for (const char c : value) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
        all += " " + name + "='" + quoted + "'";
    }
    all += " " + command + " >/dev/null 2>&1";
    int status = -1;
    std::atomic<bool> done = false;
    std::thread job([&] {
        status = std::system(all.c_str());
        done = true;
    });
    while (!done) bench.context().run_for(std::chrono::milliseconds(20)), bench.context().restart();
    job.join();
    return status == 0;
}

} // namespace

TEST_CASE(
    "git fetch and git push inside the job authenticate, and nothing of it is in .git [JOB-079] [JOB-080] [AC-R27]")
{
    Project project;
    project.write("file", "one");
    const std::string first = project.commit("one");
    Bench bench(project);
    const fs::path dir = bench.unpack(bench.fetch(first));
    project.write("file", "two");
    const std::string second = project.commit("two");
    CHECK(in_job(bench, dir, "git fetch -q origin main"));
    CHECK(test::git(dir, {"rev-parse", "FETCH_HEAD"}) == second);
    CHECK(in_job(bench, dir, "git push -q origin HEAD:refs/heads/from-job"));
    CHECK(project.git({"rev-parse", "from-job"}) == first);
    CHECK_FALSE(found_below(dir / ".git", canary));
    CHECK(test::git(dir, {"remote", "get-url", "origin"}) == bench.gitlab().url() + "/g/p.git");
}

TEST_CASE("a server with a private CA needs that CA, and gets the token only then [JOB-219]")
{
    Project project;
    project.write("file", "one");
    const std::string sha = project.commit("one");
    const test::Authority authority;
    Bench bench(project, with_tls(authority));
    expect_refused(bench.fetch(sha), SourceError::untrusted);
    CHECK(bench.gitlab().server().requests().empty());

    const fs::path ca = bench.dir() / "ca.pem";
    std::ofstream(ca) << authority.certificate();
    SourceRequest request = bench.request(sha);
    request.tls.ca_file = ca.string();
    const Outcome outcome = bench.fetch(std::move(request));
    INFO(outcome.result.message);
    CHECK(outcome.result.ok());
}

TEST_CASE("a host that fetches often keeps few packs, and its objects")
{
    Project project;
    project.write("file", "0");
    std::string sha = project.commit("0");
    Bench bench(project);
    for (int i = 1; i < 36; ++i) {
        project.write("file", std::to_string(i));
        sha = project.commit(std::to_string(i));
        REQUIRE(bench.fetch(sha).result.ok());
    }
    std::size_t packs = 0;
    for (const auto& item : fs::directory_iterator(bench.cache_dir() / "objects.git/objects/pack"))
        packs += item.path().extension() == ".pack";
    CHECK(packs < 20);
    CHECK_NOTHROW(test::git(bench.cache_dir() / "objects.git", {"fsck", "--full"}));
    SourceRequest deeper = bench.request(sha);
    deeper.depth = 30;
    const fs::path dir = bench.unpack(bench.fetch(std::move(deeper)));
    CHECK(test::git(dir, {"rev-list", "--count", "HEAD"}) == "30");
    CHECK_NOTHROW(test::git(dir, {"fsck", "--full"}));
}
