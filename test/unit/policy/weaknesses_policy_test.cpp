// How a job got past YSNP v1's scripts, each as a job that must not pass here: image, name, place and rules.
#include "weaknesses.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::policy::sample;
using checks::Verdict;
using nlohmann::json;

namespace {

const std::string good_image = around().default_image;

Change image(std::string name)
{
    return [=](json& job) { job["image"] = {{"name", name}}; };
}

Change rename_to(std::string name)
{
    return [=](json& job) {
        job["job_info"]["name"] = name;
        for (auto& v : job["variables"])
            if (v["key"] == "CI_JOB_NAME" || v["key"] == "CI_JOB_NAME_SLUG") v["value"] = name;
    };
}

} // namespace

TEST_CASE("images beside the checked one, and what is done with an image [GATE-W18] [AC-M08] [AC-M10] [AC-M18]")
{
    const auto option = [](const char* key, json value) {
        return [=](json& job) { job["image"] = {{"name", good_image}, {key, value}}; };
    };
    const Change service = [](json& job) { job["services"] = {{{"name", "evil:1"}}}; };
    for (const By by : {By::digest, By::v1_hash}) {
        CHECK(refuses(decide_after(service, allowing(by)), "IMG-REF"));
        CHECK(refuses(decide_after(option("entrypoint", {"sh", "-c", "id"}), allowing(by)), "SCR-UNLISTED"));
        for (const char* user : {"root", "0", "0:0", "1000", "$(id)"})
            CHECK(refuses(decide_after(option("executor_opts", {{"docker", {{"user", user}}}}), allowing(by)),
                          "SCR-UNLISTED"));
    }
    CHECK(refuses(
        decide_after(option("executor_opts", {{"docker", {{"platform", "linux/arm64"}}}}), allowing(By::digest)),
        "SCR-UNLISTED"));
    CHECK(refuses(decide_after(option("pull_policy", {"never"}), allowing(By::digest)), "SCR-UNLISTED"));
}

TEST_CASE("a tag is never approved, as it may name something else by the time it is pulled [GATE-W19] [AC-M01]")
{
    auto asking = allowing(By::digest);
    asking.project_config.text =
        R"({"jobs":[{"jobName":"say-hello","checks":[{"name":"imageHash","options":{"mfaOnFail":true}}]}]})";
    CHECK(refuses(decide_after(image("alpine:3.13"), asking), "IMG-REF"));
    CHECK(decide_after(image("other@sha256:" + std::string(64, 'a')), asking).verdict == Verdict::ask);
}

TEST_CASE("references that a lax comparison takes for the listed one [GATE-W20] [AC-M03] [AC-M04]")
{
    const std::string digest = good_image.substr(good_image.find('@'));
    for (const std::string& name :
         {"a" + digest + "@sha256:0", "a" + digest.substr(0, digest.size() - 1), "a@sha512:" + std::string(128, '0'),
          "a@SHA256:" + digest.substr(8), "a" + digest + " ", "@" + digest.substr(1)}) {
        CAPTURE(name);
        CHECK(refuses(decide_after(image(name), allowing(By::digest)), "IMG-REF"));
    }
    // the digest decides by itself; policy may demand the repository too
    const Change elsewhere = image("evil.test/x" + digest);
    CHECK_FALSE(refuses(decide_after(elsewhere, allowing(By::digest)), "IMG-UNLISTED"));
    CHECK(refuses(decide_after(elsewhere, allowing(By::digest, R"("image_repository":true)")), "IMG-UNLISTED"));
}

TEST_CASE("names that the attacker picks select no milder rules [GATE-W8] [AC-I10] [AC-I12]")
{
    for (const By by : {By::digest, By::v1_hash}) {
        CHECK(refuses(decide_after(rename_to("lax"), allowing(by)), "POL-MISSING"));
        auto with_default = allowing(by);
        with_default.project_config.text->replace(with_default.project_config.text->find("say-hello"), 9, "default");
        CHECK(decide_after([](json&) {}, with_default).allowed());
        CHECK(refuses(decide_after(rename_to("lax"), with_default), "SCR-UNLISTED")); // the entry's name counts
        CHECK(decide_after(add_variable("CI_JOB_NAME", "lax"), with_default).verdict == Verdict::refuse);
    }
    CHECK(refuses(decide_after([](json& job) { job["variables"][10]["value"] = "lax"; }, allowing(By::digest)),
                  "PAY-IDENT"));
}

TEST_CASE("variables that say where policy lies are not asked [GATE-W9] [AC-I01] [AC-I09]")
{
    for (const auto& [key, value] : {std::pair{"CI_PROJECT_PATH", "acme/tools"},
                                     {"CI_PROJECT_NAMESPACE", "acme"},
                                     {"CI_PROJECT_ID", "1"},
                                     {"VAULT_ID_TOKEN", ""}}) {
        CAPTURE(key);
        const auto f = [&] {
            auto job = plain_payload();
            add_variable(key, value)(job);
            return facts(job);
        }();
        CHECK(f.project_path == "acme/tools/hello");
        CHECK(f.project_namespace == "acme/tools");
        CHECK(decide_after(add_variable(key, value), allowing(By::digest)).verdict == Verdict::refuse);
    }
    CHECK(refuses(decide_after(add_variable("CI_PROJECT_PATH", "acme/tools"), allowing(By::v1_hash)), "PAY-IDENT"));
}

TEST_CASE("an approval covers the whole job, so nothing is asked about twice and nothing slips in later [GATE-W14]")
{
    const auto asks = allowing(By::digest, R"("checks":[{"name":"scriptHash","onFail":"ask"}])");
    const Change after = [](json& job) {
        job["steps"].push_back({{"name", "after_script"},
                                {"script", {"id"}},
                                {"when", "always"},
                                {"allow_failure", true},
                                {"timeout", 9}});
    };
    auto only_native = asks;
    only_native.project_config.text.reset();
    const auto decision = decide_after(after, only_native);
    CHECK(decision.verdict == Verdict::ask);
    CHECK(decision.document.find(R"("name":"after_script")") != std::string::npos); // what the approver's digest covers
    CHECK(decision.digest != decide_after([](json&) {}, only_native).digest);
}

TEST_CASE("documents that v1 read as `check nothing` [GATE-W15] [AC-A04] [AC-A05]")
{
    struct Row {
        const char* hole;
        const char* code;
        const char* config; ///< nullptr: there is none
    };
    const Row rows[] = {
        {"no configuration", "POL-MISSING", nullptr},
        {"an empty one", "POL-MISSING", "{}"},
        {"not JSON", "POL-SCHEMA", "jobs: []"},
        {"a text for a list", "POL-SCHEMA", R"({"jobs":"[]"})"},
        {"no checks", "POL-SCHEMA", R"({"jobs":[{"jobName":"say-hello","checks":[]}]})"},
        {"the key misspelt", "POL-SCHEMA", R"({"jobs":[{"jobName":"say-hello","check":[{"name":"imageHash"}]}]})"},
        {"an option in another case", "POL-SCHEMA",
         R"({"jobs":[{"jobName":"say-hello","checks":[{"name":"imageHash","options":{"abortonfail":true}}]}]})"},
        {"a text for a boolean", "POL-SCHEMA",
         R"({"jobs":[{"jobName":"say-hello","checks":[{"name":"imageHash","options":{"abortOnFail":"true"}}]}]})"},
        {"no reaction", "POL-SCHEMA", R"({"jobs":[{"jobName":"say-hello","checks":[{"name":"imageHash"}]}]})"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.hole);
        auto documents = allowing(By::digest);
        documents.project_config.text.reset();
        if (row.config != nullptr) documents.project_config.text = row.config;
        const auto decision = decide_after([](json&) {}, documents);
        CHECK(refuses(decision, row.code));
        for (const auto& reason : decision.reasons) {
            if (reason.finding == checks::Finding::passed) continue;
            CHECK_FALSE(reason.remedy.empty());
            if (reason.code == "POL-SCHEMA") CHECK(reason.document == "cicd/acme/tools/hello/youshallnotpass_config");
        }
    }
}

TEST_CASE("where a job comes from [GATE-W29] [AC-I11]")
{
    const auto set = [](const char* key, const char* value) {
        return [=](json& job) {
            for (auto& v : job["variables"])
                if (v["key"] == key) v["value"] = value;
        };
    };
    const auto rules = [](const char* text) { return allowing(By::digest, text); };
    CHECK(decide_after([](json&) {}, rules(R"("refs":["refs/heads/main"],"protected":true,"sources":["push"])"))
              .allowed());
    CHECK(refuses(decide_after([](json&) {}, rules(R"("refs":["refs/tags/*","refs/heads/release/*"])")),
                  "POL-CONDITION"));
    CHECK(refuses(decide_after([](json&) {}, rules(R"("protected":false)")), "POL-CONDITION"));
    CHECK(refuses(decide_after(set("CI_PIPELINE_SOURCE", "trigger"), rules(R"("sources":["push"])")), "POL-CONDITION"));
    CHECK(refuses(decide_after(add_variable("CI_PIPELINE_SOURCE", "push"), rules(R"("sources":["push"])")),
                  "POL-CONDITION"));
    CHECK(refuses(decide_after([](json&) {}, rules(R"("users":["ada"])")), "USR-DENIED")); // a variable is no witness
}
