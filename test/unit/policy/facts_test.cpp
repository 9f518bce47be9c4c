#include "checks/decide.h"
#include "gitlab-api/payload_error.h"
#include "payloads.h"
#include "runner/policy/gate.h"
#include "runner/policy/store.h"
#include "test/unit/checks/recompute.h"
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <system_error>

using namespace ysnp;
using namespace ysnp::policy;
using sample::facts;
using sample::objects;

TEST_CASE("the sample payloads are consistent, and each has a digest [INV-2]")
{
    for (const char* name : {"echo", "run-steps"}) {
        const auto f = facts(sample::payload(name));
        CHECK_FALSE(objects(f, "PAY-IDENT"));
        CHECK_FALSE(objects(f, "GIT-URL"));
        CHECK(checks::digest_of(f, {}).digest.starts_with("ysnp2:"));
    }
    const auto full = facts(sample::full_payload());
    CHECK(full.objections.empty());
    CHECK(full.project_path == "acme/platform/shop");
    CHECK(full.project_namespace == "acme/platform");
    CHECK(full.pipeline_source == "push");
    CHECK(full.services.size() == 2);
}

TEST_CASE("the program in docs/digest.md recomputes the digest of every sample payload [INV-2]")
{
    for (const auto& job : {sample::payload("echo"), sample::payload("run-steps"), sample::full_payload()}) {
        const checks::JobDigest ours = checks::digest_of(facts(job), {});
        CHECK(checks::sample::recomputed(ours.document) == ours.digest);
    }
}

TEST_CASE("no token, password or masked value of a payload reaches the document")
{
    const auto f = facts(sample::full_payload());
    const std::string document = checks::digest_of(f, {}).document;
    for (const char* planted : {"glcbt-", "FAKECLAIMS", "p4ss-w0rd-fake", "eyFAKE", "kind: Config", "line one"})
        CHECK(document.find(planted) == std::string::npos);
}

TEST_CASE("the job token under another name covers nothing, whatever stands around it [AC-V12] [AC-V25]")
{
    auto job = sample::full_payload();
    const auto digest_with = [&](const std::string& value) {
        auto changed = job;
        changed["variables"].push_back({{"key", "EXTRA_FLAGS"}, {"value", value}, {"public", true}});
        return checks::digest_of(facts(changed), {});
    };
    // GitLab chooses the token, so it can be any text, and an approved job may well have an empty variable
    job["token"] = "--eval=$(id)";
    const checks::JobDigest without = digest_with("");
    for (const std::string value : {"--eval=$(id)", "JOB-TOKEN: --eval=$(id)"}) {
        CAPTURE(value);
        const checks::JobDigest with = digest_with(value);
        CHECK(with.digest != without.digest);
        CHECK(with.document.find("--eval") == std::string::npos);
    }
}

TEST_CASE("the repository must be the configured GitLab's and the project's [AC-I05] [AC-G04]")
{
    for (const char* url : {"https://gitlab-ci-token:t@gitlab.example.test/victim/repo.git",
                            "https://gitlab-ci-token:t@evil.test/acme/platform/shop.git",
                            "http://gitlab-ci-token:t@gitlab.example.test/acme/platform/shop.git",
                            "https://gitlab-ci-token:t@gitlab.example.test:8443/acme/platform/shop.git",
                            "https://gitlab-ci-token:t@gitlab.example.test/acme/platform/../victim.git",
                            "https://gitlab-ci-token:t@gitlab.example.test/acme/platform/shop.git?x=1",
                            "https://gitlab-ci-token:t@gitlab.example.test/acme/platform/shop"}) {
        auto job = sample::full_payload();
        job["git_info"]["repo_url"] = url;
        CAPTURE(url);
        try {
            CHECK(objects(facts(job), "GIT-URL"));
        } catch (const std::system_error&) {
            SUCCEED("refused while decoding");
        }
    }
}

TEST_CASE("odd project paths are refused before anything is looked up [AC-I02]")
{
    for (const char* path : {"grp/../victim/repo", "a//b", "/a/b", "a/b/", "a/%2e%2e/b", "a/b.git", "a/b.atom", "a", "",
                             ".", "a/.hidden", "a/b c", "a/caf\xc3\xa9", "a/b\n", "a/-b", "a\\b/c", "a/b."}) {
        CAPTURE(path);
        CHECK_THROWS_AS(ProjectPath(path), std::system_error);
        auto job = sample::full_payload();
        job["job_info"]["project_full_path"] = path;
        try {
            CHECK(objects(facts(job), "PAY-IDENT"));
        } catch (const std::system_error&) {
            SUCCEED("refused while decoding");
        }
    }
    CHECK_THROWS_AS(ProjectPath(std::string(5000, 'a') + "/b"), std::system_error);
    CHECK(ProjectPath("Group/sub_1/My.Project-x").name_space() == "Group/sub_1");
    // where the runner's own login may write, nobody's policy lies
    for (const char* path : {"ysnprunner/audit", "ysnprunner/audit/tool", "acme/shop/approvals/812-4tWm0yYV9c1x/used",
                             "acme/shop/approvals/812-4tWm0yYV9c1x/approved", "acme/approvals/x/approvals/y/used/z"})
        CHECK_THROWS_AS(ProjectPath(path), std::system_error);
    for (const char* path :
         {"ysnprunner/audits", "acme/ysnprunner/audit", "acme/approvals/used", "acme/approvals/shop/x"})
        CHECK_NOTHROW(ProjectPath(path));
}

TEST_CASE("identity comes from typed fields; variables cannot change it [AC-I01] [AC-I09]")
{
    auto job = sample::full_payload();
    job["variables"].push_back(
        {{"key", "CI_PROJECT_PATH"}, {"value", "victim/repo"}, {"public", true}, {"masked", false}});
    CHECK(facts(job).project_path == "acme/platform/shop");
    job["job_info"].erase("project_full_path"); // an older GitLab: from the repository's address, never from variables
    CHECK(facts(job).project_path == "acme/platform/shop");
    job["git_info"]["repo_url"] = "https://evil.test/x.git";
    CHECK(objects(facts(job), "PAY-IDENT"));
}

TEST_CASE("what nothing here may act on is refused by name [AC-P10] [AC-P17] [AC-P18]")
{
    CHECK(objects(facts(sample::payload("run-steps")), "PAY-FIELD"));
    CHECK(objects(facts(sample::payload("full")), "PAY-FIELD")); // secrets
    auto suspended = sample::full_payload();
    suspended["suspend_options"] = {{"runtime_environment_key", "x"}};
    CHECK(objects(facts(suspended), "PAY-FIELD"));
    auto claimed = sample::full_payload();
    claimed["policy_options"]["execution_policy_job"] = true; // no privilege
    CHECK(checks::digest_of(facts(claimed), {}).digest == checks::digest_of(facts(sample::full_payload()), {}).digest);
}

TEST_CASE("an image that expands to nothing is judged as the runner's own, which then runs [DK023]")
{
    auto job = sample::full_payload();
    job["image"]["name"] = "$NOT_SET$$";
    CHECK(facts(job).image->name == "$NOT_SET$$"); // "$" is something
    job["image"]["name"] = "$NOT_SET";
    CHECK(facts(job).image->name == sample::around().default_image);
    CHECK(facts(job).image->entrypoint == facts(sample::full_payload()).image->entrypoint);
    job["image"]["name"] = "python:$IMAGE_TAG";
    CHECK(facts(job).image->name == "python:$IMAGE_TAG");
}

TEST_CASE("job ids that disagree are refused")
{
    auto job = sample::full_payload();
    job["job_info"]["id"] = 4;
    CHECK_THROWS_AS(facts(job), std::system_error); // already while decoding
    gitlab::Job decoded = gitlab::decode(sample::full_payload().dump());
    decoded.job_info.id = 4;
    CHECK(objects(facts_of(decoded, sample::around()), "PAY-IDENT"));
}

TEST_CASE("an overridden pipeline source is no source")
{
    auto job = sample::full_payload();
    job["variables"].push_back(
        {{"key", "CI_PIPELINE_SOURCE"}, {"value", "schedule"}, {"public", true}, {"masked", false}});
    CHECK(facts(job).pipeline_source.empty());
}

TEST_CASE("a GitLab below a path of its host is matched with its path")
{
    auto job = sample::payload("echo");
    job["git_info"]["repo_url"] = "https://gitlab.example.test/gitlab/acme/tools/hello.git";
    Surroundings around = sample::around();
    around.gitlab_url = "https://gitlab.example.test/gitlab";
    CHECK_FALSE(objects(facts_of(gitlab::decode(job.dump()), around), "GIT-URL"));
    CHECK(objects(facts(job), "GIT-URL"));
}

TEST_CASE("learning ends with its last day")
{
    conf::Gate gate;
    gate.mode = conf::GateMode::learn;
    gate.learn_until = std::chrono::sys_days(std::chrono::year(2027) / 1 / 31);
    const auto rules = local_rules(gate);
    CHECK(rules.mode == checks::Mode::learn);
    CHECK(*rules.learn_until == std::chrono::sys_days(std::chrono::year(2027) / 2 / 1) - std::chrono::seconds(1));
}

TEST_CASE("a payload that does not decode is refused with its code and place [AC-P01] [AC-P02] [AC-P06] [AC-P08]")
{
    const auto code = [](const std::string& text) {
        try {
            gitlab::decode(text);
        } catch (const gitlab::PayloadError& error) {
            const auto decision = refused_payload(7, error);
            CHECK(decision.verdict == checks::Verdict::refuse);
            CHECK(decision.job_id == 7);
            return decision.code();
        }
        return std::string("decoded");
    };
    CHECK(code("") == "PAY-JSON");
    CHECK(code("<html>") == "PAY-JSON");
    CHECK(code(sample::payload("echo").dump() + "x") == "PAY-JSON");
    CHECK(code(R"({"id":1,"id":1})") == "PAY-JSON");
    auto job = sample::payload("echo");
    job["id"] = "12";
    CHECK(code(job.dump()) == "PAY-JSON");
}
