#include "sample.h"
#include "vectors.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp::checks;
using nlohmann::json;
using sample::vectors;

namespace {

Policy with_whitelist(const std::string& text)
{
    Documents d;
    d.project_whitelist = sample::document("cicd/a/b/whitelist", text);
    return parse_policy(d, false);
}

Policy with_config(const std::string& text, bool legacy = false)
{
    Documents d;
    d.project_config = sample::document("cicd/a/b/youshallnotpass_config", text);
    return parse_policy(d, legacy);
}

Policy with_native(const std::string& text)
{
    Documents d;
    d.project_policy = sample::document("cicd/a/b/ysnp_policy", text);
    return parse_policy(d, false);
}

std::string check(const std::string& text) { return R"({"jobs":[{"jobName":"x","checks":[)" + text + "]}]}"; }

CheckKind kind_of(const std::string& name)
{
    return name == "imageHash"    ? CheckKind::image_hash
           : name == "scriptHash" ? CheckKind::script_hash
                                  : CheckKind::mfa_required;
}

} // namespace

TEST_CASE("whitelists of v1 are accepted and refused as the original does [GATE-A8] [GATE-A11]")
{
    for (json row : vectors()["whitelist_secret"]) {
        // the vectors' placeholder entries become real ones: entries that can never match are refused
        std::string text = row["secret"].dump();
        for (const auto& [from, to] : {std::pair<std::string, std::string>{"[\"a\"]", "[\"" + sample::image + "\"]"},
                                       {"[\"b\"]", "[\"j@sha256:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4=\"]"}})
            if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
        CAPTURE(text);
        CHECK(with_whitelist(text).faults.empty() == row["accepted"].get<bool>());
    }
}

TEST_CASE("whitelist entries that can never match are faults with document, path and repair [AC-M07] [AC-S11]")
{
    for (const char* entry : {"alpine:3.13", "", "@", "x@sha256:short", "a@sha512:00", "sha256:def822"}) {
        const Policy policy = with_whitelist(std::string(R"({"allowed_images":[")") + entry + "\"]}");
        REQUIRE(policy.faults.size() == 1);
        CHECK(policy.faults[0].document == "cicd/a/b/whitelist");
        CHECK(policy.faults[0].path == "allowed_images[0]");
        CHECK_FALSE(policy.faults[0].remedy.empty());
    }
    const std::string good = "ysnp2:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4";
    CHECK(with_whitelist(R"({"allowed_scripts":["j@)" + good + "\"]}").faults.empty());
    for (const std::string& bad :
         {good.substr(0, 48), good + "=", "YSNP2:" + good.substr(6), good + " ", std::string("ysnp2:"),
          std::string("ysnp2:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy5"), // beyond 32 bytes
          std::string("ysnp2:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9+tQDy4"),
          std::string("sha256:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4")}) {
        CAPTURE(bad);
        CHECK(with_whitelist(R"({"allowed_scripts":["j@)" + bad + "\"]}").faults.size() == 1);
    }
    CHECK(with_whitelist(R"({"allowed_scripts":[")" + good + "\"]}").faults.size() == 1); // no job name
}

TEST_CASE("project configurations of v1 select the checks that the original selects [GATE-A7] [GATE-A11]")
{
    for (const json& row : vectors()["project_config"]) {
        if (row["config"].is_null()) continue; // absent: nothing to parse
        CAPTURE(row.dump());
        const Policy policy = with_config(row["config"].dump(), true);
        const bool hazard = row.contains("hazard");
        const JobChecks* chosen = policy.v1_checks(row["job"].get<std::string>());
        if (hazard) {
            CHECK_FALSE(policy.faults.empty()); // where v1 checks nothing, we refuse
            continue;
        }
        const bool built_in = row["checks"].size() == 2 && row["checks"][1]["options"].contains("mfaOnFail");
        CHECK((chosen == nullptr) == built_in);
        if (!chosen) continue;
        const bool second_entry_is_empty = row["config"].dump().find("\"checks\":[]") != std::string::npos;
        CHECK(policy.faults.empty() != second_entry_is_empty);
        REQUIRE(chosen->checks.size() == row["checks"].size());
        for (std::size_t i = 0; i < chosen->checks.size(); ++i) {
            CHECK(chosen->checks[i].kind == kind_of(row["checks"][i]["name"]));
            CHECK(chosen->checks[i].on_fail == OnFail::refuse);
        }
    }
}

TEST_CASE("namespace configurations choose the logger as the original does [GATE-A11]")
{
    for (const json& row : vectors()["namespace_config"]) {
        Documents d;
        if (!row["config"].is_null())
            d.namespace_config = sample::document("cicd/a/youshallnotpass_config", row["config"].dump());
        CAPTURE(row.dump());
        const Policy policy = parse_policy(d, false);
        CHECK(policy.logger == row["logger"].get<std::string>());
        CHECK(policy.faults.empty() != row["parse_error"].get<bool>());
    }
}

TEST_CASE("documents of the guide are accepted as they are [GATE-A7]")
{
    CHECK(with_config(R"({"Jobs":[{"jobname":"smoke","checks":[{"name":"mfaRequired"}]}],"owner":"team-x"})")
              .faults.empty());
    CHECK(
        with_config(
            check(
                R"({"name":"dateTimeCheck","options":{"scale":"daily","time":"02:00:00","mfaOnFail":true,"abortOnFail":false}},)"
                R"({"name":"IMAGEHASH","options":{"abortOnFail":true,"note":"ignored"}})"))
            .faults.empty());
}

TEST_CASE("a reaction that is mistyped, misspelt or missing is a fault [AC-A04] [AC-A05]")
{
    for (const char* bad : {R"({"name":"imageHash"})", R"({"name":"imageHash","options":{}})",
                            R"({"name":"imageHash","options":{"abortOnFail":"true"}})",
                            R"({"name":"imageHash","options":{"abortOnFail":1}})",
                            R"({"name":"imageHash","options":{"abortOnFail":null}})",
                            R"({"name":"imageHash","options":{"abortonfail":true}})",
                            R"({"name":"imageHash","options":{"abortOnFail":false,"mfaOnFail":false}})",
                            R"({"name":"scriptHash","options":"abort"})",
                            R"({"name":"nope","options":{"abortOnFail":true}})", R"({"options":{"abortOnFail":true}})",
                            R"("imageHash")", R"({"name":"dateTimeCheck","options":{"abortOnFail":false}})"}) {
        CAPTURE(bad);
        CHECK_FALSE(with_config(check(bad)).faults.empty());
    }
    CHECK_FALSE(with_config(R"({"jobs":[{"jobName":"x"}]})").faults.empty());
    CHECK_FALSE(with_config(R"({"jobs":[{"jobName":"x","check":[{"name":"mfaRequired"}]}]})").faults.empty());
    CHECK_FALSE(with_config(R"({"jobs":[{"jobName":"","checks":[{"name":"mfaRequired"}]}]})").faults.empty());
    CHECK_FALSE(
        with_config(
            R"({"jobs":[{"jobName":"x","checks":[{"name":"mfaRequired"}]},{"jobName":"x","checks":[{"name":"mfaRequired"}]}]})")
            .faults.empty());
}

TEST_CASE("legacy_profiles brings informing checks back, loudly")
{
    const Policy policy = with_config(check(R"({"name":"imageHash"})"), true);
    CHECK(policy.faults.empty());
    CHECK(policy.v1_checks("x")->checks[0].on_fail == OnFail::inform);
    CHECK(policy.notes.size() == 1);
}

TEST_CASE("broken JSON in any form is a fault [AC-A03]")
{
    for (const char* bad : {"", "{", "[]", "null", "3", "\"x\"", "{\"jobs\":[]} x", "{\"jobs\":[],\"jobs\":[]}",
                            "<html>", "{\"a\":\"\\ud800\"}"}) {
        CAPTURE(bad);
        CHECK_FALSE(with_config(bad).faults.empty());
        CHECK_FALSE(with_native(bad).faults.empty());
        CHECK_FALSE(with_whitelist(bad).faults.empty());
    }
    CHECK_FALSE(with_config(R"({"jobs":[],"JOBS":[]})").faults.empty());
}

TEST_CASE("native policy is read whole and refuses what it does not know [AC-A03]")
{
    const Policy policy = with_native(R"({"version":1,"project_id":81,"inherit":true,"jobs":{"deploy":{
        "checks":[{"name":"imageHash"},{"name":"scriptHash","onFail":"ask"},{"name":"mfaRequired"},
                  {"name":"dateTimeCheck","scale":"weekly","intervals":[1,2],"time":"08:00:00","tolerance":3600,"timezone":"Europe/Zurich"}],
        "refs":["refs/heads/main"],"protected":true,"sources":["push"],"users":["alice"],"free_variables":["DB_PASSWORD"],
        "source":{"binding":"sha","commits":["89e6"]},"image_repository":true,
        "approval":{"quorum":2,"groups":["ops"],"not_requester":true,"valid_for":3600,"max_uses":5}}}})");
    REQUIRE(policy.faults.empty());
    const JobPolicy* job = policy.native_job("deploy");
    REQUIRE(job);
    CHECK(job->checks->size() == 4);
    CHECK(job->checks->at(1).on_fail == OnFail::ask);
    CHECK(job->checks->at(3).window.zone == "Europe/Zurich");
    CHECK(job->approval->quorum == 2);
    CHECK(job->source == SourceBinding::sha);
    CHECK(policy.native->project_id == 81);
    for (const char* bad : {R"({"jobs":{}})",
                            R"({"version":2,"jobs":{}})",
                            R"({"version":1,"job":{}})",
                            R"({"version":1,"jobs":{"x":null}})",
                            R"({"version":1,"jobs":{"x":{"check":[]}}})",
                            R"({"version":1,"jobs":{"x":{"checks":[]}}})",
                            R"({"version":1,"jobs":{"x":{"checks":[{"name":"imagehash"}]}}})",
                            R"({"version":1,"jobs":{"x":{"checks":[{"name":"imageHash","onFail":"inform"}]}}})",
                            R"({"version":1,"jobs":{"x":{"protected":"yes"}}})",
                            R"({"version":1,"jobs":{"x":{"refs":"main"}}})",
                            R"({"version":1,"jobs":{"x":{"refs":[]}}})",
                            R"({"version":1,"jobs":{"x":{"users":[]}}})",
                            R"({"version":1,"jobs":{"x":{"sources":[]}}})",
                            R"({"version":1,"jobs":{"x":{"approval":{"groups":[]}}}})",
                            R"({"version":1,"jobs":{"x":{"free_variables":["A-B"]}}})",
                            R"({"version":1,"jobs":{"x":{"source":{}}}})",
                            R"({"version":1,"jobs":{"x":{"source":{"binding":"sha"}}}})",
                            R"({"version":1,"jobs":{"x":{"approval":{"quorum":0}}}})",
                            R"({"version":1.5,"jobs":{}})",
                            R"({"version":1,"jobs":{"x":{"approval":{"valid_for":"4h","max_uses":1}}}})",
                            R"({"version":1,"jobs":{"x":{"approval":{"valid_for":3600}}}})",
                            R"({"version":1,"jobs":{"x":{"approval":{"max_uses":3}}}})",
                            R"({"version":1,"jobs":{"x":{"approval":{"valid_for":3600,"max_uses":0}}}})"}) {
        CAPTURE(bad);
        CHECK_FALSE(with_native(bad).faults.empty());
    }
}

TEST_CASE("a group's policy applies only where inheritance is switched on [AC-I07] [AC-A32]")
{
    const auto parent = [](bool inherit) {
        return R"({"version":1,"inherit":)" + std::string(inherit ? "true" : "false") +
               R"(,"jobs":{"deploy":{"checks":[{"name":"imageHash"}]},"default":{"checks":[{"name":"scriptHash"}]}}})";
    };
    Documents d;
    d.parent_policies.push_back(sample::document("cicd/a/ysnp_policy", parent(false)));
    CHECK_FALSE(parse_policy(d, false).native_job("deploy"));
    d.parent_policies[0].text = parent(true);
    CHECK(parse_policy(d, false).native_job("deploy"));
    d.project_policy = sample::document("cicd/a/b/ysnp_policy",
                                        R"({"version":1,"jobs":{"deploy":{"checks":[{"name":"mfaRequired"}]}}})");
    CHECK_FALSE(parse_policy(d, false).native_job("other")); // the project's own document does not say inherit
    d.project_policy.text = R"({"version":1,"inherit":true,"jobs":{"deploy":{"checks":[{"name":"mfaRequired"}]}}})";
    const Policy both = parse_policy(d, false);
    CHECK(both.native_job("deploy")->checks->at(0).kind == CheckKind::mfa_required);
    CHECK(both.native_job("other")->checks->at(0).kind == CheckKind::script_hash);
    Documents deep = d; // what an outer group says reaches nobody past an inner one that does not pass it on
    deep.project_policy = {};
    deep.parent_policies.insert(deep.parent_policies.begin(), sample::document("cicd/a/i/ysnp_policy", parent(false)));
    CHECK_FALSE(parse_policy(deep, false).native_job("other"));
    deep.parent_policies[0].text.reset();
    CHECK(parse_policy(deep, false).native_job("other"));
}
