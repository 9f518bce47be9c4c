#include "runner/cli/foreign_flags.h"
#include "runner/cli/parse.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>
#include <map>

using namespace ysnp::cli;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

/// A variable for the length of a scope.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
};

std::string refused(const std::vector<std::string>& arguments)
{
    try {
        parse(arguments);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "accepted";
}

} // namespace

TEST_CASE("register takes gitlab-runner's flags")
{
    const CommandLine line = parse({"register", "-n", "--url", "https://gitlab.example.com", "--token", "glrt-x",
                                    "--description", "one", "--executor", "docker", "--docker-image", "debian:12",
                                    "--locked=false", "--tag-list", "a,b", "--tls-ca-file", "ca.pem"});
    const auto& options = std::get<Register>(line.command);
    CHECK(options.non_interactive);
    CHECK(options.url == "https://gitlab.example.com");
    CHECK(options.token == "glrt-x");
    CHECK(options.name == "one");
    CHECK(options.docker_image == "debian:12");
    CHECK(options.locked == false);
    CHECK(options.tls.ca_file == "ca.pem");
    CHECK(options.tag_list == "a,b");
    CHECK_FALSE(options.paused.has_value());
}

TEST_CASE("environment names stand for register's flags, and a flag wins")
{
    const Variable url("CI_SERVER_URL", "https://from.environment"), token("CI_SERVER_TOKEN", "glrt-env"),
        quiet("REGISTER_NON_INTERACTIVE", "true"), locked("REGISTER_LOCKED", "false"),
        certificate("CI_SERVER_TLS_CERT_FILE", "client.pem");
    const auto options = std::get<Register>(parse({"register", "--token", "glrt-flag"}).command);
    CHECK(options.url == "https://from.environment");
    CHECK(options.token == "glrt-flag");
    CHECK(options.non_interactive);
    CHECK(options.locked == false);
    CHECK(options.tls.cert_file == "client.pem");
}

TEST_CASE("verify and unregister do not read the environment's URL and token [REG-26]")
{
    const Variable url("CI_SERVER_URL", "https://from.environment"), token("CI_SERVER_TOKEN", "glrt-env");
    CHECK(std::get<Verify>(parse({"verify"}).command).selection.token.empty());
    CHECK(std::get<Verify>(parse({"verify"}).command).selection.url.empty());
    CHECK(std::get<Unregister>(parse({"unregister", "--all-runners"}).command).selection.token.empty());
}

TEST_CASE("global flags stand before or after the command")
{
    CHECK(parse({"--log-format", "json", "--debug", "list"}).global.log_format == "json");
    const CommandLine after = parse({"list", "-c", "/etc/x.yml", "--log-level", "warning"});
    CHECK(after.global.config == "/etc/x.yml");
    CHECK(after.global.log_level == "warning");
    const Variable file("CONFIG_FILE", "/etc/y.yml"), level("LOG_LEVEL", "debug");
    CHECK(parse({"list"}).global.config == "/etc/y.yml");
    CHECK(parse({"list"}).global.log_level == "debug");
}

TEST_CASE("a flag of gitlab-runner that is none of ours is answered with where the setting lives now")
{
    CHECK_THAT(refused({"register", "--docker-memory", "2g"}),
               ContainsSubstring("--docker-memory is a key of the runner's file (runners.d/NAME.yml): docker.memory"));
    CHECK_THAT(refused({"register", "--limit=3"}),
               ContainsSubstring("--limit is a key of the runner's file (runners.d/NAME.yml): limit"));
    CHECK_THAT(refused({"register", "--cache-s3-bucket-name", "x"}), ContainsSubstring("caches are not supported yet"));
    CHECK_THAT(refused({"register", "--kubernetes-host", "x"}), ContainsSubstring("docker is the one executor"));
    CHECK_THAT(refused({"register", "--template-config", "x"}),
               ContainsSubstring("--template-config does not exist here"));
    CHECK_THAT(refused({"register", "--docker-volumes", "/cache"}), ContainsSubstring("no directory of the host"));
    CHECK_THAT(refused({"register", "--docker-privileged"}), ContainsSubstring("docker.privileged"));
    CHECK_THAT(refused({"run", "--listen-address", ":9252"}), ContainsSubstring("metrics; they are not served yet"));
    CHECK_THAT(refused({"run", "--user", "x"}), ContainsSubstring("is systemd's"));
    CHECK(where_it_lives("--no-such-flag").empty());
}

TEST_CASE("a variable that gitlab-runner reads and this program does not is named with where the setting lives now")
{
    const auto ignored = [](std::map<std::string, std::string> set) {
        const ysnp::conf::Environment environment{[set](const std::string& name) -> std::optional<std::string> {
                                                      const auto found = set.find(name);
                                                      return found == set.end() ? std::nullopt
                                                                                : std::optional(found->second);
                                                  },
                                                  {}};
        return ignored_environment(environment);
    };
    CHECK(ignored({{"RUNNER_LIMIT", "3"}}) ==
          std::vector<std::string>{"RUNNER_LIMIT in the environment is not read: --limit is a key of the runner's file "
                                   "(runners.d/NAME.yml): limit"});
    CHECK(ignored({{"DOCKER_PRIVILEGED", "true"}, {"CLONE_URL", "https://x"}, {"CACHE_TYPE", "s3"}}).size() == 3);
    CHECK_THAT(ignored({{"DOCKER_PULL_POLICY", "never"}}).at(0), ContainsSubstring("docker.pull_policy"));
    // empty, read by us, or Docker's own
    CHECK(ignored({{"RUNNER_LIMIT", ""}, {"RUNNER_NAME", "x"}, {"DOCKER_IMAGE", "x"}, {"DOCKER_HOST", "x"}}).empty());
}

TEST_CASE("every unknown flag is named, with what was meant where something is close")
{
    CHECK_THAT(refused({"register", "--non-interactiv", "--tokn", "x"}),
               ContainsSubstring("did you mean --non-interactive?") && ContainsSubstring("did you mean --token?"));
    CHECK_THAT(refused({"list", "--wat"}), ContainsSubstring("unknown flag --wat"));
    CHECK_THAT(refused({"list", "surplus"}), ContainsSubstring("unexpected argument \"surplus\""));
    CHECK(refused({"lst"}) == "unknown command \"lst\"; did you mean list?");
    CHECK(refused({"zzzzzzzz"}) == "unknown command \"zzzzzzzz\"; see ysnprunner --help");
    CHECK(refused({"gate", "alow", "x"}) == "unknown command \"alow\"; did you mean allow?");
    CHECK(refused({"start"}) == "unknown command \"start\"; systemctl start ysnprunner");
    CHECK(refused({"config"}) == "ysnprunner config needs a command: check");
    CHECK(refused({"list", "--output", "xml"}) == "--output: xml not in {text,json}");
    CHECK(refused({"register", "--maximum-timeout", "long"}) != "accepted");
    CHECK(refused({"completion", "tcsh"}) != "accepted");
}

TEST_CASE("the gate's and the audit's commands parse")
{
    CHECK(std::get<GateExplain>(parse({"gate", "explain", "SCR-UNLISTED"}).command).code == "SCR-UNLISTED");
    const auto allow = std::get<GateAllow>(parse({"gate", "allow", "build", "--project", "group/project"}).command);
    CHECK(allow.job == "build");
    CHECK(allow.project == "group/project");
    CHECK(std::get<Digest>(parse({"digest", "--payload", "x.json", "--output", "json"}).command).output ==
          Output::json);
    CHECK(std::get<AuditShow>(parse({"audit", "show", "12"}).command).seq == 12);
    CHECK(std::get<Exec>(parse({"exec", "build", "--working-tree"}).command).working_tree);
    CHECK(std::holds_alternative<ConfigCheck>(parse({"config", "check"}).command));
    CHECK(std::holds_alternative<ConfigCheck>(parse({"lint"}).command));
}

TEST_CASE("help and version answer whatever else is there")
{
    CHECK_THAT(std::get<Help>(parse({"--help"}).command).text, ContainsSubstring("register"));
    CHECK_THAT(std::get<Help>(parse({"register", "--help"}).command).text, ContainsSubstring("--registration-token"));
    CHECK(std::get<Help>(parse({"help"}).command).text == std::get<Help>(parse({"--help"}).command).text);
    CHECK_THAT(std::get<Help>(parse({"help", "gate", "allow"}).command).text, ContainsSubstring("--payload"));
    CHECK_THAT(std::get<Help>(parse({"help", "gate", "allow"}).command).text,
               ContainsSubstring("Usage: ysnprunner gate allow [OPTIONS] [job]") &&
                   ContainsSubstring("--output TEXT:{text,json}"));
    CHECK(refused({"help", "alow"}) != "accepted");
    CHECK(refused({"gate", "nosuch", "--help"}) != "accepted");
    CHECK_THAT(std::get<Help>(parse({"register", "--help", "--nosuch"}).command).text, ContainsSubstring("--token"));
    CHECK_THAT(std::get<Help>(parse({}).command).text, ContainsSubstring("exec"));
    CHECK(std::holds_alternative<Version>(parse({"--version"}).command));
    CHECK(std::holds_alternative<Version>(parse({"version"}).command));
}
