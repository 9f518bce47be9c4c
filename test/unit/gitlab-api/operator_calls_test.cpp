#include "gitlab-api/api_url.h"
#include "net/failure.h"
#include "scripted_gitlab.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::gitlab;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;
namespace asio = boost::asio;

namespace {

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

TEST_CASE("unregister sends a body with DELETE; what is already gone counts as gone [REG-28] [REG-29] [REG-30]")
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
