#include "desk.h"
#include "runner/cli/runner_file.h"
#include "test/double/certificate.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string glrt = "glrt-aaaaaaaaaaaaaaaaaaaa";
const std::string verify_call = "POST /api/v4/runners/verify";
const std::string register_call = "POST /api/v4/runners";

std::string known(const std::string& expires = "null")
{
    return json_reply(200, R"({"id":12345,"token":")" + glrt + R"(","token_expires_at":)" + expires + "}");
}

std::string created()
{
    return json_reply(201, R"({"id":7,"token":"t1_bbbbbbbbbbbbbbbbbbbb","token_expires_at":null})");
}

std::vector<std::string> arguments(const ScriptedGitlab& gitlab, std::vector<std::string> more)
{
    std::vector<std::string> all{"register", "--non-interactive", "--url", gitlab.url(), "--name",
                                 "one",      "--executor",        "docker"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

conf::Config loaded(const Desk& desk)
{
    auto result = conf::load(desk.config(), conf::Environment::of_process());
    INFO(conf::to_string(result.problems));
    REQUIRE(result.config);
    return std::move(*result.config);
}

bool has_runner(const Desk& desk) { return std::filesystem::exists(desk.folder / "runners.d/one.yml"); }

} // namespace

TEST_CASE("a glrt- token is verified and its entry stored, and no runner is created [REG-01]")
{
    ScriptedGitlab gitlab({{verify_call, {known()}}});
    Desk desk("concurrent: 2\n");
    REQUIRE(desk.run(arguments(gitlab, {"--token", glrt, "--docker-image", "busybox:1"})) == 0);
    CHECK(gitlab.calls() == std::vector<std::string>{verify_call});
    CHECK_THAT(desk.logged, ContainsSubstring("Runner registered successfully"));
    const conf::Config config = loaded(desk);
    REQUIRE(config.runners.size() == 1);
    const conf::Runner& runner = config.runners[0];
    CHECK(runner.name == "one");
    CHECK(runner.url == gitlab.url());
    CHECK(runner.id == 12345);
    CHECK(runner.token.reveal() == glrt);
    CHECK(conf::to_string(*runner.token_obtained_at) == "2026-11-30T10:00:00Z");
    CHECK_FALSE(runner.token_expires_at);
    CHECK(runner.docker.image == "busybox:1");
    CHECK_THAT(text_of(desk.config()), ContainsSubstring("concurrent: 2\n"));   // the person's file is as it was
    CHECK_THAT(desk.logged + text_of(runner.source), !ContainsSubstring(glrt)); // INV-13
    struct stat status {};
    REQUIRE(::stat((desk.folder / "tokens/one").c_str(), &status) == 0);
    CHECK((status.st_mode & 0007) == 0);
}

TEST_CASE("a variable of gitlab-runner's register that is not read here is warned of")
{
    ScriptedGitlab gitlab({{verify_call, {known()}}});
    Desk desk("concurrent: 2\n");
    ::setenv("RUNNER_LIMIT", "3", 1);
    const int code = desk.run(arguments(gitlab, {"--token", glrt}));
    ::unsetenv("RUNNER_LIMIT");
    CHECK(code == 0);
    CHECK_THAT(desk.logged, ContainsSubstring("RUNNER_LIMIT in the environment is not read: --limit is a key of"));
}

TEST_CASE("the date on which a token expires is stored as it came [REG-02]")
{
    ScriptedGitlab gitlab({{verify_call, {known("\"2594-07-21T15:42:53Z\"")}}});
    Desk desk("concurrent: 2\n");
    REQUIRE(desk.run(arguments(gitlab, {"--token", glrt})) == 0);
    CHECK(conf::to_string(*loaded(desk).runners[0].token_expires_at) == "2594-07-21T15:42:53Z");
}

TEST_CASE("a glrt- token as registration token warns that server-owned flags are ignored [REG-03]")
{
    ScriptedGitlab gitlab({{verify_call, {known()}}});
    Desk desk("concurrent: 2\n");
    REQUIRE(desk.run(arguments(gitlab, {"--registration-token", glrt, "--tag-list", "a"})) == 0);
    CHECK_THAT(desk.logged, ContainsSubstring("WARNING") && ContainsSubstring("--tag-list"));
    CHECK(gitlab.calls() == std::vector<std::string>{verify_call});
    CHECK_THAT(gitlab.requests()[0].body, !ContainsSubstring("tag_list"));
}

TEST_CASE("server-owned flags beside a glrt- token are refused by name before any call [REG-04]")
{
    ScriptedGitlab gitlab({{verify_call, {known()}}});
    Desk desk("concurrent: 2\n");
    for (const char* flag : {"--tag-list=a", "--locked=false", "--paused", "--run-untagged",
                             "--access-level=not_protected", "--maximum-timeout=600", "--maintenance-note=x"}) {
        CHECK(desk.run(arguments(gitlab, {"--token", glrt, flag})) == 1);
        const std::string name = std::string(flag).substr(0, std::string(flag).find('='));
        CHECK_THAT(desk.logged, ContainsSubstring(name));
    }
    CHECK(gitlab.calls().empty());
}

TEST_CASE("a token that GitLab refuses leaves the configuration as it was [REG-05]")
{
    ScriptedGitlab gitlab({{verify_call, {json_reply(403, R"({"message":"403 Forbidden"})")}}});
    Desk desk("concurrent: 2\n");
    CHECK(desk.run(arguments(gitlab, {"--token", glrt})) == 1);
    CHECK_FALSE(has_runner(desk));
}

TEST_CASE("five answers of 500 end the registration [REG-07]")
{
    ScriptedGitlab gitlab({{verify_call, {json_reply(500, "{}")}}});
    Desk desk("concurrent: 2\n");
    CHECK(desk.run(arguments(gitlab, {"--token", glrt})) == 1);
    CHECK(gitlab.calls().size() == 5);
    CHECK_FALSE(has_runner(desk));
}

TEST_CASE("a token that the configuration has already only warns [REG-08]")
{
    ScriptedGitlab gitlab({{verify_call, {known()}}});
    Desk desk("concurrent: 2\n");
    REQUIRE(desk.run(arguments(gitlab, {"--token", glrt})) == 0);
    REQUIRE(desk.run(arguments(gitlab, {"--token", glrt})) == 0);
    CHECK_THAT(desk.logged, ContainsSubstring("exists already in the configuration"));
    const conf::Config config = loaded(desk);
    REQUIRE(config.runners.size() == 2);
    CHECK(config.runners[0].name != config.runners[1].name);
}

TEST_CASE("a registration token creates a runner, untagged, locked and not paused, with a warning [REG-09]")
{
    ScriptedGitlab gitlab({{register_call, {created()}}});
    Desk desk("concurrent: 2\n");
    REQUIRE(desk.run(arguments(gitlab, {"--registration-token", "GR1348941secret"})) == 0);
    CHECK_THAT(desk.logged, ContainsSubstring("deprecated"));
    const auto body = nlohmann::json::parse(gitlab.requests()[0].body);
    CHECK(body["token"] == "GR1348941secret");
    CHECK(body["run_untagged"] == true);
    CHECK(body["locked"] == true);
    CHECK(body["paused"] == false);
    CHECK(loaded(desk).runners[0].token.reveal() == "t1_bbbbbbbbbbbbbbbbbbbb");
}

TEST_CASE("tags reach GitLab, and untagged jobs only where asked for [REG-10]")
{
    ScriptedGitlab gitlab({{register_call, {created()}}});
    Desk desk("concurrent: 2\n");
    REQUIRE(desk.run(arguments(gitlab, {"--registration-token", "GR1348941secret", "--tag-list", "a, b"})) == 0);
    const auto body = nlohmann::json::parse(gitlab.requests()[0].body);
    CHECK_THAT(body["tag_list"].dump(), ContainsSubstring("a") && ContainsSubstring("b"));
    CHECK(body["run_untagged"] == false);
}

TEST_CASE("what GitLab says about a refused registration reaches the person [REG-11] [REG-12] [REG-13] [REG-14]")
{
    const std::vector<std::pair<std::string, std::string>> answers{
        {json_reply(400, R"({"message":{"tags_list":["is too long"]}})"), "is too long"},
        {json_reply(
             400,
             R"({"message":{"runner_projects.base":["Maximum number of ci registered project runners (3) exceeded"]}})"),
         "Maximum number"},
        {json_reply(403, R"({"message":"403 Forbidden - invalid token supplied"})"), "token"},
        {json_reply(410, R"({"message":"410 Gone - runner registration disallowed"})"), "glrt-"},
    };
    for (const auto& [answer, expected] : answers) {
        ScriptedGitlab gitlab({{register_call, {answer}}});
        Desk desk("concurrent: 2\n");
        CHECK(desk.run(arguments(gitlab, {"--registration-token", "GR1348941secret"})) == 1);
        CHECK_THAT(desk.logged, ContainsSubstring(expected));
        CHECK_THAT(desk.logged, !ContainsSubstring("GR1348941secret"));
        CHECK_FALSE(has_runner(desk));
    }
}

TEST_CASE("a page of HTML or a redirect is no registration [REG-15] [REG-16]")
{
    for (const std::string& answer : {reply(201, "<html>", {{"Content-Type", "text/html"}}),
                                      reply(301, "", {{"Location", "https://gitlab.example.com/api/v4/runners"}})}) {
        ScriptedGitlab gitlab({{register_call, {answer}}});
        Desk desk("concurrent: 2\n");
        CHECK(desk.run(arguments(gitlab, {"--registration-token", "GR1348941secret"})) == 1);
        CHECK_FALSE(has_runner(desk));
        CHECK_FALSE(desk.logged.empty());
    }
}

TEST_CASE("what fails after the registration takes the runner back, unless it is to be left [REG-17] [REG-18]")
{
    const std::string delete_runner = "DELETE /api/v4/runners", delete_manager = "DELETE /api/v4/runners/managers";
    const auto run = [&](std::vector<std::string> more) {
        ScriptedGitlab gitlab({{verify_call, {known()}},
                               {register_call, {created()}},
                               {delete_runner, {reply(204)}},
                               {delete_manager, {reply(204)}}});
        Desk desk("concurrent: 2\n");
        std::vector<std::string> all{"register", "-n", "--url", gitlab.url(), "--name", "one", "--executor", "shell"};
        all.insert(all.end(), more.begin(), more.end());
        CHECK(desk.run(all) == 1);
        CHECK_THAT(desk.logged, ContainsSubstring("Invalid executor shell"));
        CHECK_FALSE(has_runner(desk));
        return gitlab.calls();
    };
    CHECK(run({"--token", glrt}) == std::vector<std::string>{verify_call, delete_manager});
    CHECK(run({"--registration-token", "GR1348941x"}) == std::vector<std::string>{register_call, delete_runner});
    CHECK(run({"--token", glrt, "--leave-runner"}) == std::vector<std::string>{verify_call});
    CHECK(run({"--registration-token", "GR1348941x", "--leave-runner"}) == std::vector<std::string>{register_call});
}

TEST_CASE("an access level that does not exist is refused here [REG-19]")
{
    ScriptedGitlab gitlab({});
    Desk desk("concurrent: 2\n");
    CHECK(desk.run(arguments(gitlab, {"--registration-token", "GR1348941x", "--access-level", "foo"})) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("expected not_protected or ref_protected, found foo"));
    CHECK(gitlab.calls().empty());
}

TEST_CASE("a URL below a folder with /ci and slashes finds the API [REG-20]")
{
    ScriptedGitlab gitlab({{"POST /gitlab/api/v4/runners/verify", {known()}}});
    Desk desk("concurrent: 2\n");
    CHECK(desk.run({"register", "-n", "--url", gitlab.url() + "/gitlab/ci///", "--token", glrt, "--name", "one"}) == 0);
    CHECK(gitlab.calls() == std::vector<std::string>{"POST /gitlab/api/v4/runners/verify"});
}

TEST_CASE("a person is asked for what is missing")
{
    ScriptedGitlab gitlab({{verify_call, {known()}}});
    Desk desk("concurrent: 2\n");
    REQUIRE(desk.run({"register"}, gitlab.url() + "\n" + glrt + "\nmy runner\n\nalpine:3\n") == 0);
    CHECK_THAT(desk.out, ContainsSubstring("Enter the GitLab instance URL"));
    const conf::Config config = loaded(desk);
    CHECK(config.runners[0].name == "my runner");
    CHECK(config.runners[0].docker.image == "alpine:3");
    CHECK(config.runners[0].source.filename() == "my-runner.yml");
}

TEST_CASE("input that ends, and a missing token, say what to do")
{
    Desk desk("concurrent: 2\n");
    CHECK(desk.run({"register", "--url", "https://gitlab.example.com"}, "x") == 1);
    CHECK(desk.run({"register", "-n", "--url", "https://gitlab.example.com"}) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("the token is missing"));
}

TEST_CASE("without a configuration a minimal one is written, and it enforces")
{
    ScriptedGitlab gitlab({{verify_call, {known()}}});
    Desk desk;
    REQUIRE(desk.run(arguments(gitlab, {"--token", glrt})) == 0);
    CHECK(loaded(desk).gate.mode == conf::GateMode::enforce);
}

TEST_CASE("the files that TLS with GitLab needs are used at once and written into the runner's file")
{
    ScriptedGitlab gitlab({{verify_call, {known()}}});
    Desk desk;
    const auto authority = desk.folder / "ca.pem";
    desk.write("ca.pem", Authority().certificate());
    REQUIRE(desk.run(arguments(gitlab, {"--token", glrt, "--tls-ca-file", authority.string()})) == 0);
    CHECK(loaded(desk).runners.at(0).tls.ca_file == authority);
    CHECK(desk.run(arguments(gitlab, {"--token", glrt, "--tls-ca-file", "/nonexistent.pem"})) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("/nonexistent.pem: there is no such file"));
    CHECK(desk.run(arguments(gitlab, {"--token", glrt, "--tls-cert-file", authority.string()})) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("needs both --tls-cert-file and --tls-key-file"));
}

TEST_CASE("names with quotes, blanks and slashes make safe files and true YAML")
{
    TempDir folder;
    cli::NewRunner runner;
    runner.name = "../it's: \"x\" #1";
    runner.url = "https://gitlab.example.com";
    runner.token = Secret(glrt);
    const cli::RunnerFiles files = cli::write_runner(folder / "config.yml", runner);
    CHECK(files.entry.parent_path() == folder / "runners.d");
    const auto result = conf::load(folder / "config.yml", conf::Environment::of_process());
    INFO(conf::to_string(result.problems));
    REQUIRE(result.config);
    CHECK(result.config->runners[0].name == runner.name);
}
