#include "net/failure.h"
#include "scripted_gitlab.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::gitlab;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;
namespace asio = boost::asio;

TEST_CASE("a server error is tried five times, then told [REG-07] [POL-10] [POL-17] [NET-19] [NET-20]")
{
    for (const unsigned status : {500u, 429u, 408u, 515u})
        with({reply(status)}, [](Pair& pair) -> asio::awaitable<void> {
            const auto got = co_await pair.client.request_job(pair.runner, "", soon());
            CHECK(got.outcome == JobOutcome::unavailable);
            CHECK(got.retried);
            CHECK(pair.server.requests().size() == 5);
            for (const auto& each : pair.server.requests())
                CHECK(each.header("X-Request-Id") == pair.first().header("X-Request-Id")); // [POL-13]
        });
    with({reply(501)}, [](Pair& pair) -> asio::awaitable<void> { // [POL-11]
        const auto got = co_await pair.client.request_job(pair.runner, "", soon());
        CHECK(got.outcome == JobOutcome::unavailable);
        CHECK_FALSE(got.retried);
        CHECK(pair.server.requests().size() == 1);
    });
}

TEST_CASE("a job's call is never carried on by a redirect to another origin [NET-12] [INV-7]")
{
    with({reply(302, {}, {{"Location", "http://127.0.0.1:1/"}})}, [](Pair& pair) -> asio::awaitable<void> {
        bool refused = false;
        UpdateDisposition disposition = UpdateDisposition::failed;
        try {
            const auto got = co_await pair.client.update_job(1, pair.job, {}, soon());
            disposition = got.disposition;
        } catch (const std::system_error& error) {
            refused = error.code() == Failure::untrusted;
        }
        CHECK((refused || disposition == UpdateDisposition::failed));
        CHECK(disposition != UpdateDisposition::done);
    });
}

TEST_CASE("a 307 of the same origin keeps method, body and token [NET-11]")
{
    with({reply(307, {}, {{"Location", "/moved"}}), reply(204)}, [](Pair& pair) -> asio::awaitable<void> {
        const auto got = co_await pair.client.request_job(pair.runner, "abc", soon());
        CHECK(got.outcome == JobOutcome::none);
        const auto& second = pair.server.requests().at(1);
        CHECK(second.method == "POST");
        CHECK(second.target == "/moved");
        CHECK(second.body == pair.first().body);
        CHECK(second.header("RUNNER-TOKEN") == pair.runner.reveal());
    });
}

TEST_CASE("jobs/request: last_update is sent when there is one [POL-01] [POL-02] [POL-04]")
{
    with({reply(204, {}, {{"X-GitLab-Last-Update", "abc"}, {"Gitlab-Ci-Builds-Polling", "yes"}}),
          json_reply(201, R"({"id":1})")},
         [](Pair& pair) -> asio::awaitable<void> {
             const auto none = co_await pair.client.request_job(pair.runner, "", soon());
             CHECK(none.outcome == JobOutcome::none);
             CHECK(none.last_update == "abc");
             CHECK(none.long_polling);
             CHECK(pair.first().body.find("last_update") == std::string::npos);
             CHECK(pair.first().header("Accept") == "application/json");
             CHECK(pair.first().header("RUNNER-TOKEN") == pair.runner.reveal());
             CHECK(pair.first().body.size() < 32u << 10);                   // [POL-18] the most that GitLab reads
             CHECK(pair.first().body.find("session") != std::string::npos); // as a feature, false
             const auto some = co_await pair.client.request_job(pair.runner, "abc", soon());
             CHECK(some.outcome == JobOutcome::job);
             CHECK(some.body == R"({"id":1})");
             CHECK_FALSE(some.last_update);
             CHECK_THAT(pair.server.requests().at(1).body, ContainsSubstring(R"("last_update":"abc")"));
         });
}

TEST_CASE("a payload beyond the bound is refused, not collected [AC-P05]")
{
    with({json_reply(201, std::string((16u << 20) + 100, ' '))}, [](Pair& pair) -> asio::awaitable<void> {
        bool too_large = false;
        try {
            co_await pair.client.request_job(pair.runner, "", soon());
        } catch (const std::system_error& error) {
            too_large = error.code() == Failure::too_large;
        }
        CHECK(too_large);
    });
}

TEST_CASE("PUT carries state, checksum and size; reason and exit code only with failed [FIN-01] [FIN-02] [TRC-30]")
{
    with({reply(200, "200", {{"Job-Status", "running"}})}, [](Pair& pair) -> asio::awaitable<void> {
        JobUpdate update;
        update.checksum = "crc32:363a3020";
        update.size = 6;
        update.failure_reason = "script_failure";
        update.exit_code = 7;
        const auto running = co_await pair.client.update_job(15000000001, pair.job, update, soon());
        CHECK(running.disposition == UpdateDisposition::done);
        CHECK(running.job_status == JobStatus::running);
        CHECK(pair.first().method == "PUT");
        CHECK(pair.first().target == "/api/v4/jobs/15000000001"); // [PAY-31]
        CHECK(pair.first().header("JOB-TOKEN") == pair.job.reveal());
        CHECK_THAT(pair.first().body, ContainsSubstring(R"("token":"glcbt-job-token-1234567890")"));
        CHECK_THAT(pair.first().body, ContainsSubstring(R"("state":"running")"));
        CHECK_THAT(pair.first().body, ContainsSubstring(R"("output":{"bytesize":6,"checksum":"crc32:363a3020"})"));
        CHECK(pair.first().body.find("\"exit_code\"") == std::string::npos);
        CHECK(pair.first().body.find("failure_reason") == std::string::npos);
        update.state = JobState::failed;
        const auto failed = co_await pair.client.update_job(1, pair.job, update, soon());
        CHECK(failed.disposition == UpdateDisposition::done);
        CHECK_THAT(pair.server.requests().at(1).body, ContainsSubstring(R"("exit_code":7)"));
        CHECK_THAT(pair.server.requests().at(1).body, ContainsSubstring(R"("failure_reason":"script_failure")"));
        update.state = JobState::success;
        const auto success = co_await pair.client.update_job(1, pair.job, update, soon());
        CHECK(success.disposition == UpdateDisposition::done);
        CHECK(pair.server.requests().at(2).body.find("\"exit_code\"") == std::string::npos);
    });
}

TEST_CASE("PATCH sends the bytes with their range and nothing else [TRC-01] [TRC-02] [TRC-32]")
{
    with({reply(202, {}, {{"Range", "0-13"}, {"X-GitLab-Trace-Update-Interval", "3"}})},
         [](Pair& pair) -> asio::awaitable<void> {
             const auto got = co_await pair.client.patch_trace(5, pair.job, "thirteen byte", 0, false, soon());
             CHECK(got.disposition == PatchDisposition::accepted);
             CHECK(got.offset == 13);
             CHECK(got.interval == std::chrono::seconds(3));
             CHECK(pair.first().method == "PATCH");
             CHECK(pair.first().target == "/api/v4/jobs/5/trace?debug_trace=false");
             CHECK(pair.first().header("Content-Range") == "0-12");
             CHECK(pair.first().header("Content-Length") == "13");
             CHECK(pair.first().header("Content-Type") == "text/plain");
             CHECK(pair.first().header("JOB-TOKEN") == pair.job.reveal());
             CHECK(pair.first().body == "thirteen byte");
             const auto one = co_await pair.client.patch_trace(5, pair.job, "x", 0, true, soon());
             CHECK(one.offset == 1);
             CHECK(pair.server.requests().at(1).header("Content-Range") == "0-0");
             CHECK(pair.server.requests().at(1).target == "/api/v4/jobs/5/trace?debug_trace=true");
         });
}

TEST_CASE("a long poll can be cancelled and leaves no connection [POL-06]")
{
    auto task = []() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        HttpServer server(executor, [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.closed(in(std::chrono::seconds(10)));
        });
        Client client(executor, options_for(server.url()));
        const Secret token("glrt-x");
        bool timed_out = false;
        try {
            co_await client.request_job(token, "abc", in(std::chrono::milliseconds(50)));
        } catch (const std::system_error& error) {
            timed_out = error.code() == Failure::timed_out;
        }
        CHECK(timed_out);
        CHECK(server.requests().size() == 1);
    };
    run(task());
}
