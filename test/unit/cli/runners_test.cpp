#include "conf/token_state.h"
#include "desk.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string one = "glrt-aaaaaaaaaaaaaaaaaaaa", two = "glrt-bbbbbbbbbbbbbbbbbbbb",
                  legacy = "t1_cccccccccccccccccccc";
const std::string verify_call = "POST /api/v4/runners/verify";
const std::string reset_call = "POST /api/v4/runners/reset_authentication_token";
const std::string leave_runner = "DELETE /api/v4/runners", leave_manager = "DELETE /api/v4/runners/managers";

/// A runner's file as `register` writes it.
void add(Desk& desk, const std::string& name, const std::string& url, const std::string& token, int id = 0)
{
    desk.write("runners.d/" + name + ".yml", "# Written by `ysnprunner register` on 2026-11-30.\nname: " + name +
                                                 "\nurl: " + url + "\nid: " + std::to_string(id) + "\ntoken: " + token +
                                                 "\n");
}

bool there(const Desk& desk, const std::string& name)
{
    return std::filesystem::exists(desk.folder / ("runners.d/" + name + ".yml"));
}

std::string alive(const std::string& token)
{
    return json_reply(200, R"({"id":1,"token":")" + token + R"(","token_expires_at":null})");
}

const std::string forbidden = json_reply(403, R"({"message":"403 Forbidden"})");

} // namespace

TEST_CASE("verify with one dead runner exits 1 and changes nothing [REG-21] [REG-24]")
{
    ScriptedGitlab gitlab({{verify_call, {alive(one), forbidden}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one);
    add(desk, "b", gitlab.url(), two);
    CHECK(desk.run({"verify"}) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("Verifying runner... is alive") && ContainsSubstring("is not valid"));
    CHECK(there(desk, "a"));
    CHECK(there(desk, "b"));
    const auto body = nlohmann::json::parse(gitlab.requests()[0].body);
    CHECK(body["token"] == one);
    CHECK_FALSE(body["system_id"].get<std::string>().empty());
    CHECK(body["info"]["features"].is_object());
}

TEST_CASE("verify --delete removes only the runner that GitLab does not know [REG-22]")
{
    ScriptedGitlab gitlab({{verify_call, {alive(one), forbidden}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one);
    add(desk, "b", gitlab.url(), two);
    CHECK(desk.run({"verify", "--delete"}) == 0);
    CHECK(there(desk, "a"));
    CHECK_FALSE(there(desk, "b"));
}

TEST_CASE("verify --delete keeps what could not be asked about [REG-23]")
{
    ScriptedGitlab gitlab({{verify_call, {json_reply(501, "{}")}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one);
    CHECK(desk.run({"verify", "--delete"}) == 1);
    CHECK(there(desk, "a"));
    Desk away("concurrent: 1\n");
    add(away, "a", "http://127.0.0.1:1", one);
    CHECK(away.run({"verify", "--delete"}) == 1);
    CHECK(there(away, "a"));
}

TEST_CASE("verify --delete does not touch an entry that a person wrote")
{
    ScriptedGitlab gitlab({{verify_call, {forbidden}}});
    Desk desk("concurrent: 1\nrunners:\n  - name: mine\n    url: " + gitlab.url() + "\n    token: " + one + "\n");
    const std::string before = text_of(desk.config());
    CHECK(desk.run({"verify", "--delete"}) == 1);
    CHECK(text_of(desk.config()) == before);
    CHECK_THAT(desk.logged, ContainsSubstring("remove the entry in " + desk.config().string() + " line 4"));
}

TEST_CASE("verify of a token that the configuration does not have asks nobody [REG-25]")
{
    ScriptedGitlab gitlab({{verify_call, {alive(one)}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one);
    CHECK(desk.run({"verify", "--token", "glrt-unknown"}) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("no runner of the configuration matches"));
    CHECK(gitlab.calls().empty());
}

TEST_CASE("an orphaned runner is invalid, with GitLab's text [REG-27]")
{
    ScriptedGitlab gitlab({{verify_call, {json_reply(422, R"({"message":"Runner is orphaned"})")}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one);
    CHECK(desk.run({"verify"}) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("is not valid") && ContainsSubstring("Runner is orphaned"));
}

TEST_CASE("unregister deletes an older runner itself [REG-28]")
{
    ScriptedGitlab gitlab({{leave_runner, {reply(204)}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), legacy);
    CHECK(desk.run({"unregister", "--name", "a"}) == 0);
    CHECK(gitlab.calls() == std::vector<std::string>{leave_runner});
    CHECK(nlohmann::json::parse(gitlab.requests()[0].body)["token"] == legacy);
    CHECK_FALSE(there(desk, "a"));
}

TEST_CASE("unregister takes this machine from a glrt- runner, also where it was gone [REG-29] [REG-30]")
{
    for (const std::string& answer : {reply(204), json_reply(404, R"({"message":"404 Not found"})")}) {
        ScriptedGitlab gitlab({{leave_manager, {answer}}});
        Desk desk("concurrent: 1\n");
        add(desk, "a", gitlab.url(), one);
        CHECK(desk.run({"unregister", "--url", gitlab.url(), "--token", one}) == 0);
        const auto body = nlohmann::json::parse(gitlab.requests()[0].body);
        CHECK(body["token"] == one);
        CHECK(body["system_id"].get<std::string>().starts_with("s_"));
        CHECK_FALSE(there(desk, "a"));
    }
}

TEST_CASE("unregister --all-runners keeps the one that GitLab would not let go [REG-31]")
{
    ScriptedGitlab gitlab({{leave_manager, {reply(204), forbidden, reply(204)}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one);
    add(desk, "b", gitlab.url(), two);
    add(desk, "c", gitlab.url(), "glrt-dddddddddddddddddddd");
    CHECK(desk.run({"unregister", "--all-runners"}) == 1);
    CHECK_FALSE(there(desk, "a"));
    CHECK(there(desk, "b"));
    CHECK_FALSE(there(desk, "c"));
}

TEST_CASE("unregister wants to know which")
{
    Desk desk("concurrent: 1\n");
    CHECK(desk.run({"unregister"}) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("--all-runners"));
}

TEST_CASE("a reset token is on disk and wins from then on [REG-32]")
{
    ScriptedGitlab gitlab(
        {{reset_call, {json_reply(201, R"({"token":"glrt-eeeeeeeeeeeeeeeeeeee","token_expires_at":null})")}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one, 7);
    const std::string before = text_of(desk.folder / "runners.d/a.yml");
    REQUIRE(desk.run({"reset-token", "--name", "a"}) == 0);
    CHECK(text_of(desk.folder / "runners.d/a.yml") == before);
    const auto result = conf::load(desk.config(), conf::Environment::of_process());
    REQUIRE(result.config);
    CHECK(result.config->runners[0].token.reveal() == "glrt-eeeeeeeeeeeeeeeeeeee");
    CHECK(result.config->runners[0].id == 7);
    CHECK(conf::to_string(*result.config->runners[0].token_obtained_at) == "2026-11-30T10:00:00Z");
    CHECK_THAT(desk.logged + desk.out, !ContainsSubstring("glrt-eeeeeeeeeeeeeeeeeeee"));
}

TEST_CASE("a refused reset changes nothing [REG-33]")
{
    ScriptedGitlab gitlab({{reset_call, {forbidden}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one);
    CHECK(desk.run({"reset-token", "--name", "a"}) == 1);
    CHECK_FALSE(std::filesystem::exists(desk.folder / "state/tokens"));
}

TEST_CASE("a personal access token resets by id, and no runner token leaves the host [REG-34]")
{
    ScriptedGitlab gitlab({{"POST /api/v4/runners/7/reset_authentication_token",
                            {json_reply(201, R"({"token":"glrt-eeeeeeeeeeeeeeeeeeee","token_expires_at":null})")}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one, 7);
    REQUIRE(desk.run({"reset-token", "--name", "a", "--pat", "glpat-secret"}) == 0);
    const Recorded request = gitlab.requests().at(0);
    CHECK(request.header("PRIVATE-TOKEN") == "glpat-secret");
    CHECK(request.header("RUNNER-TOKEN").empty());
    CHECK_THAT(request.body, !ContainsSubstring(one));
}

TEST_CASE("a new token that cannot be saved is shown, loudly [REG-35]")
{
    ScriptedGitlab gitlab(
        {{reset_call, {json_reply(201, R"({"token":"glrt-eeeeeeeeeeeeeeeeeeee","token_expires_at":null})")}}});
    Desk desk("concurrent: 1\n");
    add(desk, "a", gitlab.url(), one);
    desk.write("state/tokens", "a file where the folder should be");
    CHECK(desk.run({"reset-token", "--name", "a"}) == 1);
    CHECK(desk.out == "glrt-eeeeeeeeeeeeeeeeeeee\n");
    CHECK_THAT(desk.logged, ContainsSubstring("could NOT be saved"));
}

TEST_CASE("list keeps the shape that scripts read")
{
    Desk desk("concurrent: 1\n");
    add(desk, "docker-1", "https://gitlab.example.com", one);
    REQUIRE(desk.run({"list"}) == 0);
    CHECK_THAT(desk.logged, ContainsSubstring("Listing configured runners                         ConfigFile=" +
                                              desk.config().string()));
    CHECK_THAT(desk.logged, ContainsSubstring("docker-1                                           Executor=docker "
                                              "Token=aaaaaaaaa URL=https://gitlab.example.com"));
    CHECK_THAT(desk.logged, !ContainsSubstring(one));
    REQUIRE(desk.run({"--log-format", "json", "list", "--show-secrets"}) == 0);
    const std::string last = desk.logged.substr(desk.logged.find('\n') + 1);
    const auto line = nlohmann::json::parse(last);
    CHECK(line["msg"] == "docker-1");
    CHECK(line["Token"] == one);
    CHECK(line["Executor"] == "docker");
    CHECK(line["URL"] == "https://gitlab.example.com");
    CHECK(nlohmann::json::parse(desk.logged.substr(0, desk.logged.find('\n')))["msg"] == "Listing configured runners");
}

TEST_CASE("list --output json is a list on standard output")
{
    Desk desk("concurrent: 1\n");
    add(desk, "docker-1", "https://gitlab.example.com", one, 3);
    REQUIRE(desk.run({"list", "--output", "json"}) == 0);
    const auto list = nlohmann::json::parse(desk.out);
    CHECK(list[0]["name"] == "docker-1");
    CHECK(list[0]["id"] == 3);
    CHECK(list[0]["token"] != one);
}
