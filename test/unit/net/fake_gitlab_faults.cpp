#include "net/on_pool.h"
#include "test/double/process.h"
#include "test/unit/net/gitlab_fixture.h"
#include <fstream>

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

/// Clones on another thread, as git blocks and the server it talks to lives on this one.
asio::awaitable<bool> cloned_in_background(std::filesystem::path directory, std::string url, std::string name)
{
    asio::thread_pool pool(1);
    const bool cloned = co_await on_pool(pool, [directory, url, name] {
        try {
            git(directory, {"clone", "--quiet", "--depth", "1", url, name});
        } catch (const std::runtime_error&) {
            return false;
        }
        return true;
    });
    co_return cloned;
}

} // namespace

TEST_CASE("faults hit what they name, as often as they say, and leave the rest alone")
{
    with_gitlab([](Fixture& f) -> asio::awaitable<void> {
        const std::uint64_t id = co_await f.running();
        Fault busy;
        busy.path = "/api/v4/jobs/*/trace";
        busy.status = 503;
        busy.times = 2;
        f.gitlab.add_fault(busy);
        for (const unsigned expected : {503u, 503u, 202u}) {
            const auto response = co_await f.patch(id, "x", 0);
            CHECK(response.status == expected);
        }
        Fault lying;
        lying.method = "PATCH";
        lying.headers = {{"Range", "0-99999999"}};
        f.gitlab.add_fault(lying);
        const auto lied = co_await f.patch(id, "y", 1);
        CHECK(lied.header("Range") == "0-99999999");
        CHECK(f.gitlab.job(id).trace == "xy");
        for (const auto cut : {Fault::Cut::before_request, Fault::Cut::after_request, Fault::Cut::inside_reply}) {
            Fault fault;
            fault.cut = cut;
            f.gitlab.add_fault(fault);
            f.client.close_idle();
            const std::size_t before = f.gitlab.job(id).trace.size();
            std::error_code code;
            try {
                co_await f.patch(id, "z", before);
            } catch (const std::system_error& e) {
                code = e.code();
            }
            CHECK(code == Failure::transient);
            const bool done = f.gitlab.job(id).trace.size() > before;
            CHECK(done == (cut != Fault::Cut::before_request));
        }
    });
}

TEST_CASE("a glob matches whole paths")
{
    CHECK(glob_matches("*", ""));
    CHECK(glob_matches("/api/v4/jobs/*/trace", "/api/v4/jobs/90001/trace"));
    CHECK_FALSE(glob_matches("/api/v4/jobs/*", "/api/v4/runners"));
    CHECK_FALSE(glob_matches("/api/v4/jobs", "/api/v4/jobs/1"));
    CHECK(glob_matches("*a*b*", "xxaxxbxx"));
    CHECK_FALSE(glob_matches("*a*b", "xxbxxa"));
}

TEST_CASE("git clones with the job's token and with nothing else")
{
    const TempDir directory;
    git(directory.path(), {"init", "--quiet", "--bare", "hello.git"});
    git(directory.path(), {"init", "--quiet", "work"});
    std::ofstream(directory / "work/readme") << std::string(300'000, 'r');
    git(directory / "work", {"add", "."});
    git(directory / "work", {"commit", "--quiet", "-m", "one"});
    git(directory / "work", {"push", "--quiet", (directory / "hello.git").string(), "main"});

    FakeGitlabOptions options;
    options.repositories["acme/tools/hello"] = directory / "hello.git";
    options.repositories["acme/other"] = directory / "hello.git";
    with_gitlab(
        [&](Fixture& f) -> asio::awaitable<void> {
            const std::uint64_t id = co_await f.running();
            const json payload = json::parse(f.gitlab.job(id).payload);
            CHECK(payload["git_info"]["sha"] == git(directory / "work", {"rev-parse", "HEAD"}));
            const std::string url = payload["git_info"]["repo_url"];
            const bool cloned = co_await cloned_in_background(directory.path(), url, "one");
            CHECK(cloned);
            CHECK(std::filesystem::file_size(directory / "one/readme") == 300'000);
            std::string wrong = url;
            wrong.replace(wrong.find("glcbt-"), 6, "wrong-");
            const bool refused = co_await cloned_in_background(directory.path(), wrong, "two");
            CHECK_FALSE(refused);
            std::string other = url;
            other.replace(other.find("acme/tools/hello"), 16, "acme/other");
            const bool crossed = co_await cloned_in_background(directory.path(), other, "three");
            CHECK_FALSE(crossed);
        },
        options);
}
