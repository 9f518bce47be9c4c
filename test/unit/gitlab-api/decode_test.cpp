#include "gitlab-api/decode.h"
#include "gitlab-api/redact.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::gitlab;
using namespace std::chrono_literals;
using test::echo_with;
using test::echo_without;
using test::sample;
using Texts = std::vector<std::string>;

TEST_CASE("the minimal payload decodes, nulls meaning absent [PAY-01]")
{
    const auto job = decode(sample("payload-echo"));
    CHECK(job.id == 90001);
    CHECK(job.token.reveal() == "glcbt-FAKEHEADER.FAKECLAIMS_echo_job.FAKESIGNATURE");
    CHECK(job.allow_git_fetch);
    CHECK_FALSE(job.image);
    CHECK(job.artifacts.empty());
    CHECK(job.services.empty());
    CHECK_FALSE(job.run);
    CHECK_FALSE(job.job_info.scoped_user_id);
    CHECK_FALSE(job.runner_info.runner_session_url);
    CHECK(job.job_info.time_in_queue_seconds == 1.284);
    CHECK(job.job_info.project_jobs_running_on_instance_runners_count == "+Inf");
    CHECK(job.job_info.queue_size == 3);
    CHECK(job.unknown_fields.empty());
    REQUIRE(job.steps.size() == 1);
    CHECK(job.steps[0].script == Texts{"echo \"hello from $CI_PROJECT_PATH\"", "printf 'no newline at end'"});
}

TEST_CASE("job_info, git_info and runner_info of the full payload decode field by field [PAY-02]")
{
    const auto job = decode(sample("payload-full"));
    CHECK(job.job_info.project_full_path == "acme/platform/shop");
    CHECK(job.job_info.instance_id == "b1f9d3a2-6f53-4b8e-9a57-0d6d1d0c2e11");
    CHECK(job.job_info.user_id == 42);
    CHECK(job.git_info.repo_url == "https://gitlab.example.test/acme/platform/shop.git");
    CHECK(job.git_info.repo_user == "gitlab-ci-token");
    CHECK(job.git_info.repo_password.reveal() == job.token.reveal());
    CHECK(job.git_info.sha.size() == 40);
    CHECK(job.git_info.before_sha == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK(job.git_info.refspecs.size() >= 1);
    CHECK(job.git_info.object_format == ObjectFormat::sha1);
    CHECK(job.runner_info.timeout == 3600s);
}

TEST_CASE("steps and hooks of the full payload decode field by field [PAY-02]")
{
    const auto job = decode(sample("payload-full"));
    REQUIRE(job.steps.size() == 3);
    CHECK(job.steps[0].name == "script");
    CHECK(job.steps[0].script.size() == 4);
    CHECK(job.steps[1].name ==
          "release"); // [PAY-30] a release step is a step like any, between script and after_script
    CHECK(job.steps[1].when == When::on_success);
    CHECK(job.steps[2].name == "after_script");
    CHECK(job.steps[2].when == When::always);
    CHECK(job.steps[2].allow_failure);
    CHECK(job.steps[2].timeout == 3600s);
    REQUIRE(job.hooks.size() == 2);
    CHECK(job.hooks[0].name == "pre_get_sources_script");
    CHECK(job.hooks[1].script == Texts{"git log -1 --oneline"});
}

TEST_CASE("image and services of the full payload decode field by field [PAY-02]")
{
    const auto job = decode(sample("payload-full"));
    REQUIRE(job.image);
    CHECK(job.image->name == "python:$IMAGE_TAG");
    CHECK(job.image->entrypoint == Texts{"/bin/sh", "-c"});
    CHECK(job.image->pull_policy == Texts{"always", "if-not-present"});
    CHECK(job.image->docker_platform == "linux/amd64");
    CHECK(job.image->docker_user == "1000:1000");
    REQUIRE(job.services.size() == 2);
    CHECK(job.services[0].alias == "db,postgres-main");
    CHECK_FALSE(job.services[0].entrypoint);
    CHECK(job.services[0].command == Texts{"postgres", "-c", "max_connections=200"});
    REQUIRE(job.services[0].variables.size() == 2);
    CHECK(job.services[0].variables[1].value == "$DB_PASSWORD");
    REQUIRE(job.services[1].ports.size() == 1);
    CHECK(job.services[1].ports[0].number == 6379);
    CHECK(job.services[1].docker_user == "999"); // [PAY-07] an integer user is the text of it
}

TEST_CASE("artifacts, caches, dependencies and credentials of the full payload decode field by field [PAY-02]")
{
    const auto job = decode(sample("payload-full"));
    REQUIRE(job.artifacts.size() == 5);
    CHECK(job.artifacts[0].exclude == Texts{"out/**/*.tmp"});
    CHECK(job.artifacts[0].expire_in == "1 week");
    CHECK(job.artifacts[4].type == "sast");
    CHECK(job.artifacts[4].format == "raw");
    REQUIRE(job.cache.size() == 2);
    CHECK(job.cache[0].fallback_keys.size() == 2);
    CHECK(job.cache[1].policy == "pull");
    CHECK(job.cache[1].when == When::always);
    REQUIRE(job.dependencies.size() == 2);
    REQUIRE(job.dependencies[0].artifacts_file);
    CHECK(job.dependencies[0].artifacts_file->size == 10485760);
    CHECK_FALSE(job.dependencies[1].artifacts_file); // that job has none
    REQUIRE(job.credentials.size() == 3);
    CHECK(job.credentials[0].url == "registry.example.test:5050");
    CHECK(job.credentials[0].password.reveal() == job.token.reveal());
}

TEST_CASE("variables, inputs, secrets, features and options of the full payload decode field by field [PAY-02]")
{
    const auto job = decode(sample("payload-full"));
    CHECK(*find_variable(job, "DEPLOY_ENV") == "production"); // [PAY-13] of duplicates the last counts
    CHECK(find_variable(job, "NOT_THERE") == nullptr);
    const auto named = [&](std::string_view key) -> const Variable& {
        for (const auto& variable : job.variables)
            if (variable.key == key) return variable;
        throw std::runtime_error("no such variable");
    };
    CHECK(named("KUBECONFIG_FILE").file);
    CHECK(named("REGEX_RAW").raw);
    CHECK(named("DB_PASSWORD").masked);
    CHECK_FALSE(named("DB_PASSWORD").is_public);
    REQUIRE_FALSE(job.inputs.empty());
    CHECK(job.inputs[0].key == "parallelism");
    CHECK(job.secrets.size() == 4);
    CHECK(job.features.trace_sections);
    CHECK(job.features.token_mask_prefixes == Texts{"acmepat-"});
    CHECK(job.features.failure_reasons.size() > 40);
    REQUIRE(job.policy_options);
    CHECK_FALSE(job.policy_options->execution_policy_job);
    REQUIRE(job.suspend_options);
}

TEST_CASE("`run` is kept as text, and a job may have no steps [PAY-03] [AC-P10]")
{
    const auto job = decode(sample("payload-run-steps"));
    REQUIRE(job.run);
    CHECK(job.run->starts_with("["));
    CHECK(job.steps.empty());
    CHECK(job.git_info.ref_type == RefType::tag);
    CHECK(decode(echo_with("/run", R"("{ not json")")).run == "{ not json"); // never parsed
}

TEST_CASE("an entrypoint is a list, a bare string, an empty list or nothing: four different things [PAY-10] [AC-M08]")
{
    const auto entrypoint = [](std::string_view json) {
        return decode(echo_with("/image", "{\"name\":\"a\",\"entrypoint\":" + std::string(json) + "}"))
            .image->entrypoint;
    };
    CHECK(entrypoint("\"/bin/sh\"") == Texts{"/bin/sh"});
    CHECK(entrypoint("[\"\"]") == Texts{""});
    CHECK(entrypoint("[]") == Texts{});
    CHECK_FALSE(entrypoint("null"));
}

TEST_CASE("an integer is as good as a string for the user of an image [PAY-07]")
{
    const auto job = decode(echo_with("/image", R"({"name":"a","executor_opts":{"docker":{"user":1000}}})"));
    CHECK(job.image->docker_user == "1000");
}

TEST_CASE("a timeout of 0 or none is two hours, and a huge one is no way around a limit [PAY-23] [AC-P07]")
{
    CHECK(decode(echo_with("/runner_info/timeout", "0")).runner_info.timeout == 7200s);
    CHECK(decode(echo_with("/runner_info/timeout", "null")).runner_info.timeout == 7200s);
    CHECK(decode(echo_without("/runner_info/timeout")).runner_info.timeout == 7200s);
    CHECK(decode(echo_without("/runner_info")).runner_info.timeout == 7200s);
    CHECK(decode(echo_with("/runner_info/timeout", "1000000000000")).runner_info.timeout == std::chrono::days(31));
    CHECK_THROWS_AS(decode(echo_with("/runner_info/timeout", "-1")), PayloadError);
}

TEST_CASE("ids beyond 32 bits and tokens of any length are whole [PAY-31] [PAY-32]")
{
    auto text = echo_with("/id", "15000000001");
    text.replace(text.find("\"id\":90001"), 10, "\"id\":15000000001"); // job_info's too
    CHECK(decode(text).id == 15000000001);
    const std::string token(1500, 'x');
    CHECK(decode(echo_with("/token", "\"" + token + "\"")).token.reveal() == token);
}

TEST_CASE("depth 0, a sha256 repository and a forged `protected` are carried as they are [PAY-19] [PAY-21] [AC-I11]")
{
    CHECK(decode(echo_with("/git_info/depth", "0")).git_info.depth == 0);
    CHECK(decode(echo_with("/git_info/repo_object_format", "\"sha256\"")).git_info.object_format ==
          ObjectFormat::sha256);
    CHECK(decode(echo_with("/git_info/protected", "true")).git_info.is_protected == true);
    CHECK_FALSE(decode(echo_without("/git_info/protected")).git_info.is_protected); // [PAY-22] the caller falls back
}

TEST_CASE("the project comes from typed fields: variables that say otherwise change nothing [AC-I09]")
{
    auto job = decode(echo_without("/job_info/project_full_path"));
    CHECK_FALSE(job.job_info.project_full_path);
    CHECK(*find_variable(job, "CI_PROJECT_PATH") == "acme/tools/hello");
    CHECK_THROWS_AS(decode(echo_without("/job_info")), PayloadError);
}

TEST_CASE("text that only looks like interpolation stays as it is [PAY-27]")
{
    CHECK(decode(echo_with("/steps/0/script/0", R"("echo ${{ x }}")")).steps[0].script[0] == "echo ${{ x }}");
}

TEST_CASE("unknown keys at the top, in the infos and in features are ignored [POL-24]")
{
    for (const auto* pointer : {"/brand_new", "/job_info/brand_new", "/git_info/brand_new", "/runner_info/brand_new",
                                "/features/brand_new", "/features/tracing", "/variables/0/brand_new"})
        CHECK(decode(echo_with(pointer, R"({"otel_endpoints":[{"url":"http://10.0.0.1"}]})"))
                  .unknown_fields.empty()); // [AC-P15]
}

TEST_CASE("what GitLab has decided by itself, retries, rules and needs, changes nothing here [JOB-109]")
{
    const auto plain = decode(echo_with("/retry", "null"));
    for (const auto& [key, value] :
         {std::pair("/retry", R"({"max":2,"when":"always"})"), std::pair("/interruptible", "true"),
          std::pair("/rules", R"([{"if":"$X","when":"never"}])"),
          std::pair("/needs", R"([{"name":"build","artifacts":true}])")}) {
        const auto job = decode(echo_with(key, value));
        CHECK(job.unknown_fields.empty());
        REQUIRE(job.steps.size() == plain.steps.size());
        CHECK(job.steps[0].script == plain.steps[0].script);
        CHECK(job.steps[0].when == plain.steps[0].when);
        CHECK(job.dependencies.empty());
    }
}

TEST_CASE("unknown keys inside what executes are listed by path and type [AC-P09] [AC-M12]")
{
    const auto listed = [](std::string_view pointer, std::string_view json) {
        const auto job = decode(echo_with(pointer, json));
        REQUIRE(job.unknown_fields.size() == 1);
        return job.unknown_fields[0].path + " " + job.unknown_fields[0].type;
    };
    CHECK(listed("/steps/0/shell", "\"zsh\"") == "steps[0].shell a string");
    CHECK(listed("/image", R"({"name":"a","mounts":["/:/host"]})") == "image.mounts a list");
    CHECK(listed("/image", R"({"name":"a","executor_opts":{"docker":{"foobar":1}}})") ==
          "image.executor_opts.docker.foobar a number"); // [PAY-08]
    CHECK(listed("/image", R"({"name":"a","executor_opts":{"k8s":{}}})") ==
          "image.executor_opts.k8s an object"); // [PAY-09]
    CHECK(listed("/services", R"([{"name":"a","privileged":true}])") == "services[0].privileged a boolean");
    CHECK(listed("/hooks", R"([{"name":"pre_get_sources_script","script":[],"user":"root"}])") ==
          "hooks[0].user a string");
    CHECK(listed("/cache", R"([{"key":"k","exec":null}])") == "cache[0].exec nothing");
    CHECK(listed("/artifacts", R"([{"paths":[],"hook":1.5}])") ==
          "artifacts[0].hook a number with a fraction or exponent");
}

TEST_CASE("a known key in other case is never taken for the known one, and is reported [AC-P03]")
{
    CHECK(decode(echo_with("/Steps", "[]")).unknown_fields.at(0).path == "Steps");
    CHECK(decode(echo_with("/IMAGE", "{}")).unknown_fields.at(0).path == "IMAGE");
    const auto job = decode(echo_with("/job_info/Project_Full_Path", "\"victim/repo\""));
    CHECK(job.unknown_fields.at(0).path == "job_info.Project_Full_Path");
    CHECK(job.job_info.project_full_path == "acme/tools/hello");
}

TEST_CASE("what is kept as JSON holds no token, no password and no masked or non-public value [SEC-01] [INV-13]")
{
    for (const auto* name : {"payload-echo", "payload-full", "payload-run-steps"}) {
        const auto job = decode(sample(name));
        auto document = nlohmann::json::parse(sample(name));
        redact(document, job.token.reveal());
        const std::string kept = document.dump();
        CHECK(kept.find(job.token.reveal()) == std::string::npos);
        CHECK(kept.find("p4ss-w0rd-fake") == std::string::npos);
        CHECK(kept.find("eyFAKE") == std::string::npos);
        CHECK(kept.find("\"git_info\"") != std::string::npos);
        CHECK(job.git_info.repo_url.find('@') == std::string::npos);
        for (const auto& secret : job.secrets) CHECK(secret.definition.find("eyFAKE") == std::string::npos);
    }
}

TEST_CASE("mask prefixes: empty ones are dropped, none at all is fine, a flood is refused [AC-P16]")
{
    CHECK(decode(echo_with("/features/token_mask_prefixes", R"(["","a-"])")).features.token_mask_prefixes ==
          Texts{"a-"});
    CHECK(decode(echo_without("/features")).features.token_mask_prefixes.empty());
    CHECK_THROWS_AS(decode(echo_with("/features/token_mask_prefixes", test::list_of(100'000, "\"a\""))), PayloadError);
    CHECK_THROWS_AS(decode(echo_with("/features/token_mask_prefixes", "[\"" + std::string(1 << 20, 'a') + "\"]")),
                    PayloadError);
}

TEST_CASE("a policy job has no privilege: its options are data [AC-P18]")
{
    const auto job = decode(echo_with("/policy_options", R"({"execution_policy_job":true,"policy_name":"p",
        "policy_variables_override_allowed":true,"policy_variables_override_exceptions":["A"]})"));
    REQUIRE(job.policy_options);
    CHECK(job.policy_options->execution_policy_job);
    CHECK(job.policy_options->variables_override_allowed == true);
    CHECK(job.policy_options->variables_override_exceptions == Texts{"A"});
}
