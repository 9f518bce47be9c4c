#include "test/unit/net/gitlab_fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

TEST_CASE("the fake hands out a job once, in GitLab's shape, and its acknowledgement makes it run")
{
    with_gitlab([](Fixture& f) -> asio::awaitable<void> {
        const net::Response none = co_await f.ask();
        CHECK(none.status == 204);
        CHECK_FALSE(none.header("X-GitLab-Last-Update").empty());
        PayloadSpec spec;
        spec.script = {"make"};
        const std::uint64_t id = f.gitlab.enqueue(spec);
        const net::Response job = co_await f.ask();
        CHECK(job.status == 201);
        CHECK(job.header("X-GitLab-Last-Update").empty());
        const json payload = json::parse(job.body);
        CHECK(payload["id"] == id);
        CHECK(payload["steps"][0]["script"] == json({"make"}));
        CHECK(payload["git_info"]["repo_url"].get<std::string>().ends_with("/acme/tools/hello.git"));
        CHECK(f.gitlab.job(id).state == "waiting");
        const net::Response early = co_await f.update(id, {{"state", "success"}});
        CHECK(early.status == 400);
        const net::Response renewed = co_await f.update(id, {{"state", "pending"}});
        CHECK(renewed.status == 200);
        const net::Response accepted = co_await f.update(id, {{"state", "running"}});
        CHECK(accepted.status == 200);
        CHECK(accepted.header("Job-Status") == "running");
        const net::Response again = co_await f.ask();
        CHECK(again.status == 204);
    });
}

TEST_CASE("jobs/request hangs while last_update is current, and a new job ends the wait with an empty 204")
{
    FakeGitlabOptions options;
    options.long_poll = 10s;
    with_gitlab(
        [](Fixture& f) -> asio::awaitable<void> {
            const net::Response first = co_await f.ask();
            const std::string cursor(first.header("X-GitLab-Last-Update"));
            auto later = [](FakeGitlab& gitlab) -> asio::awaitable<void> {
                co_await sleep_until(in(20ms));
                gitlab.enqueue({});
            };
            asio::co_spawn(co_await asio::this_coro::executor, later(f.gitlab), [](const std::exception_ptr&) {});
            const net::Response polled = co_await f.ask({{"last_update", cursor}});
            CHECK(polled.status == 204);
            CHECK(polled.header("X-GitLab-Last-Update").empty());
            const net::Response job = co_await f.ask({{"last_update", cursor}});
            CHECK(job.status == 201);
        },
        options);
}

TEST_CASE("an unknown runner, a missing token and a request that is too big are refused as GitLab does")
{
    with_gitlab([](Fixture& f) -> asio::awaitable<void> {
        const auto wrong = co_await f.ask({{"token", "glrt-wrong"}});
        CHECK(wrong.status == 403);
        const auto missing = co_await f.call("POST", "/api/v4/jobs/request", json::object());
        CHECK(missing.status == 400);
        const auto big = co_await f.ask({{"padding", std::string(33 * 1024, 'x')}});
        CHECK(big.status == 413);
        const auto unknown = co_await f.call("GET", "/api/v4/nothing", nullptr);
        CHECK(unknown.status == 404);
    });
}

TEST_CASE("trace bytes are kept only where they continue the trace; the range in answers is a count")
{
    with_gitlab([](Fixture& f) -> asio::awaitable<void> {
        const std::uint64_t id = co_await f.running();
        const auto first = co_await f.patch(id, "hello\n", 0);
        CHECK(first.status == 202);
        CHECK(first.header("Range") == "0-6");
        CHECK(first.header("X-GitLab-Trace-Update-Interval") == "3");
        const auto gap = co_await f.patch(id, "x", 10);
        CHECK(gap.status == 416);
        CHECK(gap.header("Range") == "0-6");
        const auto overlap = co_await f.patch(id, "abc", 2);
        CHECK(overlap.status == 416);
        const auto repeated = co_await f.patch(id, "hello\n", 0);
        CHECK(repeated.status == 202);
        CHECK(f.gitlab.job(id).trace == "hello\n");
        const auto done = co_await f.update(
            id, {{"state", "success"}, {"output", {{"checksum", "crc32:363a3020"}, {"bytesize", 6}}}});
        CHECK(done.status == 200);
        CHECK(f.gitlab.job(id).trace_matches());
        const auto late = co_await f.patch(id, "x", 6);
        CHECK(late.status == 403);
        CHECK(late.header("Job-Status") == "success");
    });
}

TEST_CASE("cancelling is graceful for a runner that said so, and any final state then means canceled")
{
    with_gitlab([](Fixture& f) -> asio::awaitable<void> {
        const std::uint64_t id = co_await f.running();
        f.gitlab.cancel(id);
        const auto told = co_await f.patch(id, "x", 0);
        CHECK(told.status == 202);
        CHECK(told.header("Job-Status") == "canceling");
        const auto final_state = co_await f.update(id, {{"state", "failed"}, {"failure_reason", "script_failure"}});
        CHECK(final_state.status == 200);
        CHECK(f.gitlab.job(id).state == "canceled");
        const std::uint64_t forced = co_await f.running();
        f.gitlab.force_cancel(forced);
        const auto refused = co_await f.update(forced, {{"state", "running"}});
        CHECK(refused.status == 403);
        CHECK(refused.header("Job-Status") == "canceled");
    });
}

TEST_CASE("a final state is taken late when the job says so, and keeps reason and exit code")
{
    with_gitlab([](Fixture& f) -> asio::awaitable<void> {
        const std::uint64_t id = co_await f.running();
        f.gitlab.job(id).pending_final = 1;
        const json body = {{"state", "failed"}, {"failure_reason", "script_failure"}, {"exit_code", 7}};
        const auto waits = co_await f.update(id, body);
        CHECK(waits.status == 202);
        CHECK(f.gitlab.job(id).state == "running");
        const auto taken = co_await f.update(id, body);
        CHECK(taken.status == 200);
        CHECK(f.gitlab.job(id).exit_code == 7);
        CHECK(f.gitlab.job(id).failure_reason == "script_failure");
        const bool finished = co_await f.gitlab.finished(id, in(1s));
        CHECK(finished);
    });
}

TEST_CASE("a job token opens its own job only")
{
    with_gitlab([](Fixture& f) -> asio::awaitable<void> {
        const std::uint64_t one = co_await f.running();
        const std::uint64_t two = co_await f.running();
        const auto crossed = co_await f.call("PUT", "/api/v4/jobs/" + std::to_string(one),
                                             {{"token", f.gitlab.job(two).token}, {"state", "running"}},
                                             {{"JOB-TOKEN", f.gitlab.job(two).token}});
        CHECK(crossed.status == 403);
        const auto no_token = co_await f.call("PUT", "/api/v4/jobs/" + std::to_string(one), {{"state", "running"}});
        CHECK(no_token.status == 400);
        const auto unknown = co_await f.call("PUT", "/api/v4/jobs/1", {{"token", "x"}, {"state", "running"}});
        CHECK(unknown.status == 404);
    });
}

TEST_CASE("runners register, verify, rotate and go")
{
    with_gitlab([](Fixture& f) -> asio::awaitable<void> {
        const auto made = co_await f.call("POST", "/api/v4/runners", {{"token", "GR1348941-fake-registration"}});
        CHECK(made.status == 201);
        const std::string token = json::parse(made.body)["token"];
        const auto untagged = co_await f.call("POST", "/api/v4/runners",
                                              {{"token", "GR1348941-fake-registration"}, {"run_untagged", false}});
        CHECK(untagged.status == 400);
        const auto alive = co_await f.call("POST", "/api/v4/runners/verify", {{"token", token}, {"system_id", "s_1"}});
        CHECK(alive.status == 200);
        const auto reset = co_await f.call("POST", "/api/v4/runners/reset_authentication_token", {{"token", token}});
        CHECK(reset.status == 201);
        const std::string next = json::parse(reset.body)["token"];
        const auto dead = co_await f.call("POST", "/api/v4/runners/verify", {{"token", token}});
        CHECK(dead.status == 403);
        const auto manager =
            co_await f.call("DELETE", "/api/v4/runners/managers", {{"token", next}, {"system_id", "s_1"}});
        CHECK(manager.status == 204);
        const auto twice =
            co_await f.call("DELETE", "/api/v4/runners/managers", {{"token", next}, {"system_id", "s_1"}});
        CHECK(twice.status == 404);
        const auto gone = co_await f.call("DELETE", "/api/v4/runners", {{"token", next}});
        CHECK(gone.status == 204);
        CHECK(f.gitlab.runner_tokens() == std::vector<std::string>{runner_token});
    });
}
