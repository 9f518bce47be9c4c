#include "test/double/http_server.h"
#include "test/double/run.h"
#include "gitlab-api/api_url.h"
#include "gitlab-api/client.h"
#include "net/failure.h"
#include "net/wait.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::gitlab;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;
namespace asio = boost::asio;

namespace {

/// Answers with one reply after the other; the last one for ever.
Handler script(std::vector<std::string> replies)
{
    auto next = std::make_shared<std::size_t>(0); // shared with the copies that the server makes
    return [replies, next](Peer& peer, const Recorded&) -> asio::awaitable<void> {
        const auto& bytes = replies[std::min(*next, replies.size() - 1)];
        ++*next;
        co_await peer.send(bytes);
    };
}

ClientOptions options_for(std::string url)
{
    ClientOptions options;
    options.url = std::move(url);
    options.retry.first_pause = std::chrono::milliseconds(1);
    options.retry.longest_pause = std::chrono::milliseconds(5);
    options.identity.version = "0.1.0";
    options.system_id = "s_c2d22f638c25";
    return options;
}

/// A scripted GitLab and a client of it, for one coroutine.
struct Pair {
    Pair(asio::any_io_executor executor, std::vector<std::string> replies, std::string root = {})
        : server(executor, script(std::move(replies))), client(executor, options_for(server.url() + root))
    {
    }
    const Recorded& first() const { return server.requests().at(0); }

    HttpServer server;
    Client client;
    Secret runner{"glrt-runner-token-1234567890"};
    Secret job{"glcbt-job-token-1234567890"};
};

/// Runs `body` with a Pair of its own.
template <class Body>
void with(std::vector<std::string> replies, Body body, std::string root = {})
{
    auto task = [](std::vector<std::string> answers, Body run_it, std::string at) -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        Pair pair(executor, std::move(answers), std::move(at));
        co_await run_it(pair);
    };
    run(task(std::move(replies), std::move(body), std::move(root)));
}

Deadline soon() { return in(std::chrono::seconds(10)); }

/// The sentence of the ApiError that `call` ends with.
template <class T>
asio::awaitable<std::string> error_of(asio::awaitable<T> call)
{
    std::string text = "no error";
    try {
        co_await std::move(call);
    } catch (const ApiError& error) {
        text = error.text();
    }
    co_return text;
}

const std::string verified = R"({"id":12345,"token":"glrt-runner-token-1234567890","token_expires_at":null})";

} // namespace

TEST_CASE("verify sends token, system id and features, and reads the runner [REG-01] [REG-24]")
{
    with({json_reply(200, verified)}, [](Pair& pair) -> asio::awaitable<void> {
        const auto found = co_await pair.client.verify(pair.runner, soon());
        CHECK(found.verdict == Verdict::alive);
        CHECK(found.runner.id == 12345);
        CHECK(found.runner.token.reveal() == "glrt-runner-token-1234567890");
        CHECK_FALSE(found.runner.expires);
        CHECK(pair.first().method == "POST");
        CHECK(pair.first().target == "/api/v4/runners/verify");
        CHECK(pair.first().header("RUNNER-TOKEN") == "glrt-runner-token-1234567890");
        CHECK(pair.first().header("Content-Type") == "application/json");
        CHECK(pair.first().header("X-Request-Id").size() == 32);
        CHECK(pair.first().header("User-Agent").starts_with("ysnprunner 0.1.0 ("));
        CHECK_THAT(pair.first().body, ContainsSubstring(R"("system_id":"s_c2d22f638c25")"));
        CHECK_THAT(pair.first().body, ContainsSubstring(R"("cancel_gracefully":true)"));
    });
}

TEST_CASE("verify: only a refused token is invalid, all else is unverified [REG-05] [REG-06] [REG-23] [REG-27]")
{
    const auto verdict = [](std::string answer, Verdict expected, std::string words) {
        with({std::move(answer)}, [expected, words](Pair& pair) -> asio::awaitable<void> {
            const auto found = co_await pair.client.verify(pair.runner, soon());
            CHECK(found.verdict == expected);
            CHECK_THAT(found.message, ContainsSubstring(words));
        });
    };
    verdict(json_reply(403, R"({"message":"403 Forbidden"})"), Verdict::invalid, "403 Forbidden");
    verdict(json_reply(422, R"({"message":"Runner is orphaned"})"), Verdict::invalid, "Runner is orphaned");
    verdict(json_reply(400, R"({"error":"token is missing"})"), Verdict::invalid, "token is missing");
    verdict(reply(502), Verdict::unverified, "502");
    verdict(reply(500), Verdict::unverified, "500");
    with({reply(200, "200", {{"Content-Type", "text/plain"}})}, [](Pair& pair) -> asio::awaitable<void> {
        const auto found = co_await pair.client.verify(pair.runner, soon()); // a very old GitLab
        CHECK(found.verdict == Verdict::alive);
        CHECK(found.runner.id == 0);
    });
}

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

TEST_CASE("register sends what GitLab documents, and no tags mean run_untagged [REG-09] [REG-10]")
{
    with({json_reply(201, R"({"id":7,"token":"t1_abc","token_expires_at":"2594-07-21T15:42:53Z"})")},
         [](Pair& pair) -> asio::awaitable<void> {
             Registration what;
             what.run_untagged = false;
             const auto found = co_await pair.client.register_runner(pair.runner, what, soon());
             CHECK(found.id == 7);
             CHECK(found.token.reveal() == "t1_abc");
             CHECK(found.expires); // [REG-02]
             CHECK(pair.first().target == "/api/v4/runners");
             CHECK_THAT(pair.first().body, ContainsSubstring(R"("run_untagged":true)"));
             CHECK_THAT(pair.first().body, ContainsSubstring(R"("locked":true)"));
             CHECK_THAT(pair.first().body, ContainsSubstring(R"("paused":false)"));
             Registration tagged;
             tagged.tags = {"a", "b"};
             tagged.run_untagged = false;
             tagged.description = "line \"one\"";
             tagged.maximum_timeout = std::chrono::hours(1);
             tagged.access_level = "ref_protected";
             const auto again = co_await pair.client.register_runner(pair.runner, tagged, soon());
             CHECK(again.id == 7);
             const auto& body = pair.server.requests().at(1).body;
             CHECK_THAT(body, ContainsSubstring(R"("tag_list":"a,b")"));
             CHECK_THAT(body, ContainsSubstring(R"("run_untagged":false)"));
             CHECK_THAT(body, ContainsSubstring(R"("description":"line \"one\"")"));
             CHECK_THAT(body, ContainsSubstring(R"("maximum_timeout":3600)"));
             CHECK_THAT(body, ContainsSubstring(R"("access_level":"ref_protected")"));
         });
}

TEST_CASE("register: each refusal says what GitLab said and what to do [REG-11] [REG-12] [REG-13] [REG-14]")
{
    const auto refused = [](std::string answer, std::vector<std::string> words) {
        with({std::move(answer)}, [words](Pair& pair) -> asio::awaitable<void> {
            const auto text = co_await error_of(pair.client.register_runner(pair.runner, {}, soon()));
            for (const auto& word : words) CHECK_THAT(text, ContainsSubstring(word));
            CHECK(text.find("1234567890") == std::string::npos);
        });
    };
    refused(json_reply(400, R"({"message":{"tags_list":["can not be empty"]}})"),
            {"400", "tags_list: can not be empty"});
    refused(
        json_reply(
            400,
            R"({"message":{"runner_projects.base":["Maximum number of ci registered group runners (2) exceeded"]}})"),
        {"Maximum number of ci registered group runners (2) exceeded"});
    refused(json_reply(403, R"({"message":"403 Forbidden"})"), {"403", "check the registration token"});
    refused(json_reply(410, R"({"message":"410 Gone - runner registration disallowed"})"), {"disallowed", "glrt-"});
}

TEST_CASE("register: a success that is no JSON, or no token, stores nothing [REG-15] [AC-G14]")
{
    for (const auto& answer :
         {reply(201, "<html>", {{"Content-Type", "text/html"}}), json_reply(201, "{}"),
          json_reply(201, R"({"id":1,"token":"a\"b"})"), json_reply(201, R"({"id":1,"token":"a\nb"})"),
          json_reply(201, R"({"id":"1","token":"t"})"), json_reply(201, "[]"), json_reply(201, "{")})
        with({answer}, [](Pair& pair) -> asio::awaitable<void> {
            bool failed = false;
            try {
                co_await pair.client.register_runner(pair.runner, {}, soon());
            } catch (const std::system_error& error) {
                failed = error.code() == Failure::protocol;
            }
            CHECK(failed);
        });
}

TEST_CASE("a redirect is no success and names the URL as the cause [REG-16] [AC-G01]")
{
    for (const unsigned status : {301u, 302u, 307u, 308u})
        with({reply(status, {}, {{"Location", "https://127.0.0.1:1/api/v4/runners"}})},
             [](Pair& pair) -> asio::awaitable<void> {
                 const auto text = co_await error_of(pair.client.register_runner(pair.runner, {}, soon()));
                 CHECK_THAT(text, ContainsSubstring("set the URL"));
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

TEST_CASE("a relative root and a legacy /ci are part of every path, or not [REG-20]")
{
    with(
        {json_reply(200, verified)},
        [](Pair& pair) -> asio::awaitable<void> {
            const auto found = co_await pair.client.verify(pair.runner, soon());
            CHECK(found.verdict == Verdict::alive);
            CHECK(pair.first().target == "/gitlab/api/v4/runners/verify");
            CHECK(pair.client.base_url() == pair.server.url() + "/gitlab");
        },
        "/gitlab/ci///");
}

TEST_CASE(
    "unregister sends a body with DELETE; what is already gone counts as gone [REG-28] [REG-29] [REG-30]")
{
    with({reply(204), reply(204), reply(404), json_reply(403, R"({"message":"403 Forbidden"})")},
         [](Pair& pair) -> asio::awaitable<void> {
             co_await pair.client.unregister_runner(pair.runner, soon());
             CHECK(pair.first().method == "DELETE");
             CHECK(pair.first().target == "/api/v4/runners");
             CHECK(pair.first().body == R"({"token":"glrt-runner-token-1234567890"})");
             const bool removed = co_await pair.client.unregister_manager(pair.runner, soon());
             CHECK(removed);
             CHECK(pair.server.requests().at(1).target == "/api/v4/runners/managers");
             CHECK_THAT(pair.server.requests().at(1).body, ContainsSubstring(R"("system_id":"s_c2d22f638c25")"));
             const bool again = co_await pair.client.unregister_manager(pair.runner, soon());
             CHECK_FALSE(again);
             const auto text = co_await error_of(pair.client.unregister_runner(pair.runner, soon()));
             CHECK_THAT(text, ContainsSubstring("the entry stays"));
         });
}

TEST_CASE("a token is reset with itself, or with an access token and the id [REG-32] [REG-33] [REG-34]")
{
    const auto renewed = R"({"token":"glrt-new","token_expires_at":"2027-01-01T00:00:00Z"})";
    with({json_reply(201, renewed), json_reply(201, renewed), json_reply(403, "{}")},
         [](Pair& pair) -> asio::awaitable<void> {
             const auto found = co_await pair.client.reset_token(pair.runner, soon());
             CHECK(found.token.reveal() == "glrt-new");
             CHECK(found.expires);
             CHECK(pair.first().target == "/api/v4/runners/reset_authentication_token");
             const Secret access("glpat-access-token");
             const auto other = co_await pair.client.reset_token(7, access, soon());
             CHECK(other.token.reveal() == "glrt-new");
             const auto& second = pair.server.requests().at(1);
             CHECK(second.target == "/api/v4/runners/7/reset_authentication_token");
             CHECK(second.header("PRIVATE-TOKEN") == "glpat-access-token");
             CHECK(second.header("RUNNER-TOKEN").empty());
             CHECK(second.body.find("glrt-") == std::string::npos);
             const auto text = co_await error_of(pair.client.reset_token(pair.runner, soon()));
             CHECK_THAT(text, ContainsSubstring("personal access token"));
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

TEST_CASE("nothing that is thrown holds a token [SEC-01] [SEC-05]")
{
    auto task = []() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        Client client(executor, options_for("http://127.0.0.1:1"));
        const Secret token("glrt-runner-token-1234567890");
        std::string text;
        try {
            co_await client.verify(token, soon());
        } catch (const std::system_error& error) {
            CHECK(error.code() == Failure::transient); // [POL-12] the caller polls on
            text = error.what();
        }
        CHECK_FALSE(text.empty());
        CHECK(text.find("1234567890") == std::string::npos);
    };
    run(task());
}

TEST_CASE("a URL that is no GitLab's is refused before any call [NET-16] [AC-G04]")
{
    for (const auto* url :
         {"ftp://gitlab.example.com", "gitlab.example.com", "", "https://", "https://user@gitlab.example.com",
          "https://gitlab.example.com?x=1", "unix:///run/docker.sock", "https://gitlab.example.com\\@evil"}) {
        INFO(url);
        CHECK_THROWS_AS(parse_api_url(url), std::system_error);
    }
    CHECK(parse_api_url("https://h/ci").root.empty());
    CHECK(parse_api_url("https://h/gitlab/ci///").path("/jobs/1") == "/gitlab/api/v4/jobs/1");
    CHECK(parse_api_url("https://H:8443/").base == "https://h:8443");
    CHECK(parse_api_url("https://h:443/").base == "https://h");
}
