#include "loading.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string full = R"(concurrent: 4
check_interval: 3s
shutdown_timeout: 1h15m
state_dir: /var/lib/ysnprunner
log: { level: warning, format: json }
gate:
  mode: learn
  learn_until: 2027-01-31
  store: vault
  legacy_script_hash: true
  accept_fields: [image.new_key]
  vault:
    address: https://vault.example.com:8200
    mount: cicd
    auth: { method: approle, role_id_file: /etc/y/role, secret_id_file: /etc/y/secret }
audit: { file: /var/log/ysnprunner/audit.jsonl }
runners:
  - name: hardened-1
    url: https://gitlab.example.com
    token: glrt-aaaaaaaaaaaaaaaaaaaa
    limit: 4
    request_concurrency: 2
    output_limit: 4MiB
    environment: { HTTPS_PROXY: "http://proxy:3128" }
    feature_flags: { FF_TIMESTAMPS: false }
    prepare_timeout: 10m
    docker:
      image: debian:12
      pull_policy: [always, if-not-present]
      allowed_images: ["registry.example.com/**"]
      memory: 2GiB
      cpus: 1.5
      pids_limit: 2048
      network_mode: job
    gate: { mount: cicd-hardened }
)";

} // namespace

TEST_CASE("the shape of the documentation loads without a word")
{
    auto result = loaded(full);
    REQUIRE(conf::to_string(result.problems).empty());
    REQUIRE(result.config);
    const conf::Config& config = *result.config;
    CHECK(config.concurrent == 4);
    CHECK(config.shutdown_timeout == std::chrono::minutes(75));
    CHECK(config.log.level == conf::LogLevel::warning);
    CHECK(config.log.format == conf::LogFormat::json);
    CHECK(config.gate.mode == conf::GateMode::learn);
    CHECK(config.gate.store == conf::Store::vault);
    CHECK(config.gate.vault.auth.mount == "approle");
    CHECK(config.gate.accept_fields == std::vector<std::string>{"image.new_key"});
    REQUIRE(config.runners.size() == 1);
    const conf::Runner& runner = config.runners[0];
    CHECK(runner.token.reveal() == "glrt-aaaaaaaaaaaaaaaaaaaa");
    CHECK(runner.output_limit == conf::Size{4u << 20});
    CHECK(runner.environment == std::vector<std::pair<std::string, std::string>>{{"HTTPS_PROXY", "http://proxy:3128"}});
    CHECK(runner.feature_flags.at("FF_TIMESTAMPS") == false);
    CHECK(runner.prepare_timeout == std::chrono::minutes(10));
    CHECK(runner.docker.memory == 2ull << 30);
    CHECK(runner.docker.cpus == 1.5);
    CHECK(runner.docker.pull_policy.size() == 2);
    CHECK(runner.gate.vault.mount == "cicd-hardened");
    CHECK(config.gate.vault.mount == "cicd");
}

TEST_CASE("an empty file gives the defaults, and enforces")
{
    auto result = loaded("");
    REQUIRE(result.config);
    CHECK(result.config->concurrent == 1);
    CHECK(result.config->check_interval == std::chrono::seconds(3));
    CHECK(result.config->shutdown_timeout == std::chrono::seconds(30));
    CHECK(result.config->gate.mode == conf::GateMode::enforce);
    CHECK(result.config->gate.store == conf::Store::file);
    CHECK_FALSE(result.config->gate.learns(fixed_now()));
    CHECK(result.config->runners.empty());
}

TEST_CASE("every mistake is reported at once, each with file, line, column, key, expected and found")
{
    const std::string text = findings("concurrent: 0\n"
                                      "check_interval: 3\n"
                                      "log:\n"
                                      "  level: loud\n" +
                                      with_runner("    docker:\n"
                                                  "      memory: lots\n"
                                                  "      privileged: 'yes'\n"));
    CHECK_THAT(
        text, ContainsSubstring("config.yml:1:13: concurrent: expected a whole number from 1 to 10000, found \"0\"\n"));
    CHECK_THAT(text, ContainsSubstring("config.yml:2:17: check_interval: expected a duration such as 3s, 5m or 1h15m, "
                                       "found \"3\"\n"));
    CHECK_THAT(text, ContainsSubstring("config.yml:4:10: log.level: expected one of debug, info, "));
    CHECK_THAT(text,
               ContainsSubstring(
                   "config.yml:10:15: runners[0].docker.memory: expected a size such as 512MiB, found \"lots\"\n"));
    CHECK_THAT(text, ContainsSubstring(
                         "config.yml:11:19: runners[0].docker.privileged: expected true or false, found \"yes\"\n"));
}

TEST_CASE("an interval of nothing or less is the default, and said [POL-26]")
{
    for (const char* text : {"0", "0s", "-1", "-3s"}) {
        const auto result = loaded("check_interval: " + std::string(text) + "\n");
        REQUIRE(result.config);
        CHECK(result.config->check_interval == std::chrono::seconds(3));
        CHECK_THAT(conf::to_string(result.problems),
                   ContainsSubstring("check_interval: expected 1s to 1h, found " + std::string(text) + "; 3s is used"));
    }
    CHECK_THAT(findings("check_interval: 300ms\n"), ContainsSubstring("expected 1s to 1h, found 300ms"));
}

TEST_CASE("an unknown key names the key that was meant")
{
    const std::string text = findings("concurent: 4\nxyzzy: 1\n" + with_runner("    docker: { imgae: busybox }\n"));
    CHECK_THAT(text, ContainsSubstring("config.yml:1:1: concurent: unknown key; did you mean concurrent?\n"));
    CHECK_THAT(text, ContainsSubstring("config.yml:2:1: xyzzy: unknown key\n"));
    CHECK_THAT(text, ContainsSubstring("runners[0].docker.imgae: unknown key; did you mean image?\n"));
}

TEST_CASE("what does not exist yet, or lives elsewhere, is refused by name")
{
    const std::string text = findings("metrics: { listen: '127.0.0.1:9252' }\nlog_level: info\n" +
                                      with_runner("    cache: { type: local }\n    cache_dir: /cache\n"
                                                  "    executor: shell\n"
                                                  "    docker: { volumes: [/cache], devices: [/dev/kvm] }\n"));
    CHECK_THAT(text, ContainsSubstring("metrics: metrics are not served yet"));
    CHECK_THAT(text, ContainsSubstring("log_level: is log: { level: info } here"));
    CHECK_THAT(text, ContainsSubstring("runners[0].cache: caches are not supported yet"));
    CHECK_THAT(text, ContainsSubstring("runners[0].cache_dir: caches are not supported yet"));
    CHECK_THAT(text, ContainsSubstring("runners[0].executor: expected docker, found \"shell\"")); // SA-9
    CHECK_THAT(text, ContainsSubstring("runners[0].docker.volumes: "));
    CHECK_THAT(text, ContainsSubstring("runners[0].docker.devices: "));
}

TEST_CASE("a wrong type is named with what was found")
{
    const std::string text = findings("concurrent: [1]\nlog: loud\nrunners: { name: x }\nstate_dir: var/lib\n");
    CHECK_THAT(text, ContainsSubstring("concurrent: expected a whole number from 1 to 10000, found a list"));
    CHECK_THAT(text, ContainsSubstring("log: expected a map of keys, found \"loud\""));
    CHECK_THAT(text, ContainsSubstring("runners: expected a list, found a map"));
    CHECK_THAT(text, ContainsSubstring("state_dir: expected an absolute path, found \"var/lib\""));
}

TEST_CASE("learning needs a last day that is at most 90 days ahead [INV-16]")
{
    CHECK_THAT(findings("gate: { mode: learn }\n"), ContainsSubstring("gate.mode: learn needs learn_until"));
    CHECK_THAT(findings("gate: { mode: learn, learn_until: 2027-03-01 }\n"),
               ContainsSubstring("more than 90 days ahead"));
    CHECK_THAT(findings("gate: { mode: learn, learn_until: 2027-02-30 }\n"),
               ContainsSubstring("expected a day such as"));
    CHECK_THAT(findings("gate: { learn_until: 2027-01-01 }\n"), ContainsSubstring("only with mode: learn"));
    const auto last = loaded("gate: { mode: learn, learn_until: 2027-02-28 }\n");
    REQUIRE(last.config);
    CHECK(last.config->gate.learns(fixed_now()));
    CHECK_FALSE(last.config->gate.learns(std::chrono::sys_days(std::chrono::year(2027) / 3 / 1)));
    const auto past = loaded("gate: { mode: learn, learn_until: 2026-11-29 }\n");
    REQUIRE(past.config);
    CHECK_FALSE(past.config->gate.learns(fixed_now()));
    CHECK_THAT(conf::to_string(past.problems), ContainsSubstring("warning: gate.learn_until: has passed"));
}

TEST_CASE("one runner may learn while the others enforce")
{
    const auto result = loaded(with_runner("    gate: { mode: learn, learn_until: 2027-01-01 }\n"));
    REQUIRE(result.config);
    CHECK(result.config->gate.mode == conf::GateMode::enforce);
    CHECK(result.config->runners[0].gate.mode == conf::GateMode::learn);
}

TEST_CASE("one runner may enforce while the others learn")
{
    const auto result =
        loaded("gate: { mode: learn, learn_until: 2027-01-01 }\n" + with_runner("    gate: { mode: enforce }\n"));
    REQUIRE(result.config);
    CHECK(result.config->runners[0].gate.mode == conf::GateMode::enforce);
    CHECK_FALSE(result.config->runners[0].gate.learn_until);
}

TEST_CASE("two runners of one name are an error, one token in two runners a warning")
{
    const std::string twin =
        "  - name: one\n    url: https://gitlab.example.com\n    token: glrt-aaaaaaaaaaaaaaaaaaaa\n";
    const std::string text = findings(with_runner("") + twin);
    CHECK_THAT(text, ContainsSubstring("name: the runner \"one\" exists already, in config.yml:2"));
    CHECK_THAT(text, ContainsSubstring("warning: token: is also the token of \"one\""));
}

TEST_CASE("url and token take variables of the service's environment [ROT-16]")
{
    const std::string text = "runners:\n  - name: one\n    url: https://${HOST}/gitlab\n    token: $RT\n";
    const auto result = loaded(text, environment({{"HOST", "gitlab.example.com"}, {"RT", "glrt-from-environment"}}));
    REQUIRE(result.config);
    CHECK(result.config->runners[0].url == "https://gitlab.example.com/gitlab");
    CHECK(result.config->runners[0].token.reveal() == "glrt-from-environment");
    CHECK_THAT(findings(text), ContainsSubstring("url: the environment has no HOST"));
}

TEST_CASE("a blank token skips the entry with a warning [ROT-15]")
{
    const auto result = loaded("runners:\n  - name: one\n    url: https://gitlab.example.com\n    token: '   '\n");
    REQUIRE(result.config);
    CHECK(result.config->runners[0].token.empty());
    CHECK_THAT(conf::to_string(result.problems), ContainsSubstring("warning: runners[0].token: is blank"));
}

TEST_CASE("a runner without name, url or token says what is missing")
{
    const std::string text = findings("runners:\n  - limit: 1\n");
    CHECK_THAT(text, ContainsSubstring("name is missing"));
    CHECK_THAT(text, ContainsSubstring("url is missing"));
    CHECK_THAT(text, ContainsSubstring("token_file is missing"));
}

TEST_CASE("a URL with credentials or another scheme is refused, and the credential stays out of the message [INV-13]")
{
    const std::string text =
        findings("runners:\n  - name: one\n    url: https://user:geheim@gitlab.example.com\n    token: x\n");
    CHECK_THAT(text, ContainsSubstring("url: must not hold a user or password"));
    CHECK_THAT(text, !ContainsSubstring("geheim"));
    CHECK_THAT(findings("runners:\n  - name: one\n    url: ftp://gitlab.example.com\n    token: x\n"),
               ContainsSubstring("expected a URL such as https://gitlab.example.com"));
}

TEST_CASE("plain http to another machine is a warning, to Vault an error")
{
    CHECK_THAT(findings("runners:\n  - name: one\n    url: http://gitlab.example.com\n    token: glrt-x\n"),
               ContainsSubstring("warning: url: http sends tokens"));
    CHECK_THAT(findings("gate: { vault: { address: 'http://vault.example.com:8200', mount: x } }\n"),
               ContainsSubstring("gate.vault.address: http sends the credential in the clear"));
}

TEST_CASE("the vault store says what it lacks")
{
    const std::string text = findings("gate: { store: vault }\n");
    CHECK_THAT(text, ContainsSubstring("vault needs gate.vault.address"));
    CHECK_THAT(text, ContainsSubstring("vault needs gate.vault.mount"));
    CHECK_THAT(text, ContainsSubstring("how the runner logs in"));
    CHECK_THAT(findings("gate: { vault: { auth: { method: cert } } }\n"), ContainsSubstring("cert needs cert_file"));
    CHECK_THAT(findings("gate: { vault: { auth: { method: approle, secret_id: s3cr3t-value } } }\n"),
               ContainsSubstring("credentials stand in files of their own: secret_id_file") &&
                   !ContainsSubstring("s3cr3t"));
}

TEST_CASE("the Engine's options are judged by their own module, at the place of their key [AC-D13]")
{
    CHECK_THAT(findings(with_runner("    docker:\n      host: tcp://10.0.0.1:2375\n")),
               ContainsSubstring("config.yml:6:13: runners[0].docker.host: "));
    CHECK_THAT(findings(with_runner("    docker: { pull_policy: sometimes }\n")),
               ContainsSubstring("expected always, if-not-present or never, found \"sometimes\""));
}

TEST_CASE("both forms of environment load, and a bad name is refused")
{
    const auto list = loaded(with_runner("    environment: ['A=1', 'B=x=y']\n"));
    REQUIRE(list.config);
    CHECK(list.config->runners[0].environment ==
          std::vector<std::pair<std::string, std::string>>{{"A", "1"}, {"B", "x=y"}});
    CHECK_THAT(findings(with_runner("    environment: { 'A B': 1 }\n")), ContainsSubstring("found \"A B\""));
    CHECK_THAT(findings(with_runner("    environment: ['nothing']\n")), ContainsSubstring("expected NAME=value"));
}

TEST_CASE("half a client certificate is refused")
{
    CHECK_THAT(findings(with_runner("    tls_cert_file: /etc/c.pem\n")),
               ContainsSubstring("needs both tls_cert_file and tls_key_file"));
    CHECK_THAT(findings(with_runner("    tls_ca_file: /nonexistent.pem\n")),
               ContainsSubstring("warning: runners[0].tls_ca_file: there is no file /nonexistent.pem"));
}
