#include "sample.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::checks;
using sample::decide_with;
using sample::document;
using sample::documents_for;
using sample::says;
using sample::with_config;

TEST_CASE("without policy nothing passes [AC-I06] [AC-A02] [INV-3]")
{
    CHECK(decide_with(Documents(), sample::facts()).code() == "POL-MISSING");
    JobFacts f = sample::facts();
    Documents only_whitelist = documents_for(f);
    only_whitelist.project_config.text.reset();
    CHECK(says(decide_with(only_whitelist, f), "POL-MISSING"));
    Documents other_job = documents_for(f);
    other_job.project_config.text = R"({"jobs":[{"jobName":"other","checks":[{"name":"mfaRequired"}]}]})";
    CHECK(says(decide_with(other_job, f), "POL-MISSING"));
    Documents no_whitelist = documents_for(f);
    no_whitelist.project_whitelist.text.reset();
    CHECK(says(decide_with(no_whitelist, f), "SCR-UNLISTED"));
    CHECK(says(decide_with(no_whitelist, f), "IMG-UNLISTED"));
}

TEST_CASE("a fault in any document refuses, and says where [AC-A03]")
{
    JobFacts f = sample::facts();
    for (auto member : {&Documents::namespace_whitelist, &Documents::project_whitelist, &Documents::namespace_config,
                        &Documents::project_config, &Documents::project_policy}) {
        Documents d = documents_for(f);
        (d.*member) = document("the/document", "{");
        const Decision decision = decide_with(d, f);
        CHECK(decision.verdict == Verdict::refuse);
        CHECK(says(decision, "POL-SCHEMA"));
        f.local.mode = Mode::learn;
        f.local.learn_until = sample::now + std::chrono::days(1);
        CHECK_FALSE(decide_with(d, f).allowed()); // in every mode
        f.local.mode = Mode::enforce;
    }
}

TEST_CASE("entries of namespace and project are one list [GATE-A8]")
{
    const JobFacts f = sample::facts();
    Documents d = documents_for(f);
    std::swap(d.namespace_whitelist, d.project_whitelist);
    CHECK(decide_with(d, f).allowed());
}

TEST_CASE("v1's reactions: abort refuses, mfa asks, and abort wins [GATE-A11]")
{
    JobFacts f = sample::facts();
    f.image->name = "alpine@sha256:" + std::string(64, '0');
    const auto verdict = [&](const char* options) {
        return decide_with(with_config(f, std::string(R"({"name":"imageHash","options":)") + options + "}"), f).verdict;
    };
    CHECK(verdict(R"({"abortOnFail":true})") == Verdict::refuse);
    CHECK(verdict(R"({"mfaOnFail":true})") == Verdict::ask);
    CHECK(verdict(R"({"abortOnFail":true,"mfaOnFail":true})") == Verdict::refuse);
    f.image->name = "alpine:3.13"; // nobody can approve what a tag will mean
    CHECK(verdict(R"({"mfaOnFail":true})") == Verdict::refuse);
}

TEST_CASE("mfaRequired asks for a person even where all is listed [GATE-G3]")
{
    const JobFacts f = sample::facts();
    const Decision decision =
        decide_with(with_config(f, R"({"name":"mfaRequired"},{"name":"imageHash","options":{"abortOnFail":true}})"), f);
    CHECK(decision.verdict == Verdict::ask);
    CHECK(decision.code() == "USR-NEEDED");
    CHECK(decision.approval.quorum == 1);
}

TEST_CASE("the after_script adds the checks of JOB-after [AC-S06]")
{
    JobFacts f = sample::facts();
    Documents d = with_config(f, R"({"name":"imageHash","options":{"abortOnFail":true}})");
    CHECK(decide_with(d, f).allowed()); // image only
    f.steps.push_back({"after_script", {"echo bye"}, "always", true});
    d.project_config.text =
        R"({"jobs":[{"jobName":"deploy","checks":[{"name":"imageHash","options":{"abortOnFail":true}}]},
        {"jobName":"deploy-after","checks":[{"name":"scriptHash","options":{"abortOnFail":true}}]}]})";
    CHECK(says(decide_with(d, f), "SCR-UNLISTED"));
    d.project_whitelist.text = sample::whitelist("deploy@" + digest_of(f, {}).digest);
    CHECK(decide_with(d, f).allowed());
}
TEST_CASE("v1's built-in default applies only with legacy_profiles [AC-A02]")
{
    JobFacts f = sample::facts();
    Documents d = documents_for(f);
    d.project_config.text.reset();
    CHECK(decide_with(d, f).verdict == Verdict::refuse);
    f.local.legacy_profiles = true;
    CHECK(decide_with(d, f).allowed());
    f.steps[0].script[0] = "other";
    CHECK(decide_with(d, f).verdict == Verdict::ask);
    CHECK(decide_with(Documents(), f).verdict == Verdict::refuse);
}
