#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>

using namespace ysnp::checks;
using sample::decide_with;
using sample::document;
using sample::documents_for;
using sample::says;
using sample::secret;
using sample::variable;

namespace {

/// The verdict when the job is changed and policy stays.
Decision after(const std::function<void(JobFacts&)>& change, const std::vector<std::string>& free = {})
{
    JobFacts f = sample::facts();
    const Documents d = documents_for(f, free);
    change(f);
    return decide_with(d, f);
}

Documents with_config(const JobFacts& f, const std::string& checks)
{
    Documents d = documents_for(f);
    d.project_config.text = R"({"jobs":[{"jobName":"default","checks":[)" + checks + "]}]}";
    return d;
}

Documents with_native(const JobFacts& f, const std::string& rules)
{
    Documents d = documents_for(f);
    d.project_policy =
        document("cicd/acme/platform/shop/ysnp_policy", R"({"version":1,"jobs":{"default":{)" + rules + "}}}");
    return d;
}

} // namespace

TEST_CASE("a job that policy lists as it is passes, with image and digest pinned [INV-5]")
{
    const Decision decision = after([](JobFacts&) {});
    CHECK(decision.allowed());
    CHECK(decision.code().empty());
    CHECK(decision.image.checked);
    CHECK(decision.image.digest == sample::image_digest);
    CHECK(decision.digest.starts_with("ysnp2:"));
    CHECK(decision.job_id == 90002);
}

TEST_CASE("a job that differs in anything is refused with its code [INV-2] [INV-3] [GATE-A2]")
{
    struct Row {
        const char* what;
        const char* code;
        std::function<void(JobFacts&)> change;
    };
    const Row rows[] = {
        {"script", "SCR-UNLISTED", [](JobFacts& f) { f.steps[0].script[1] = "make evil"; }}, // [AC-S01]
        {"other job name", "SCR-UNLISTED", [](JobFacts& f) { f.job_name = "x"; }},           // [AC-I10] [AC-S10]
        {"prefix of the name", "SCR-UNLISTED", [](JobFacts& f) { f.job_name = "deplo"; }},   // [AC-I12]
        {"control in the name", "PAY-IDENT", [](JobFacts& f) { f.job_name = "deploy\n"; }},  // [AC-I12]
        {"no name", "PAY-IDENT", [](JobFacts& f) { f.job_name.clear(); }},
        {"image", "IMG-UNLISTED", [](JobFacts& f) { f.image->name = "alpine@sha256:" + std::string(64, '0'); }},
        {"tag only", "IMG-REF", [](JobFacts& f) { f.image->name = "alpine:3.13"; }}, // [AC-M01]
        {"no image", "IMG-REF", [](JobFacts& f) { f.image.reset(); }},
        {"two digests", "IMG-REF", [](JobFacts& f) { f.image->name += "@" + sample::image_digest; }}, // [AC-M03]
        {"entrypoint", "SCR-UNLISTED",
         [](JobFacts& f) {
             f.image->entrypoint = {"sh", "-c", "evil"};
         }},
        {"service", "SVC-UNLISTED",
         [](JobFacts& f) { f.services.emplace_back().name = "x@sha256:" + std::string(64, '1'); }}, // [AC-M18]
        {"service by tag", "IMG-REF", [](JobFacts& f) { f.services.emplace_back().name = "redis:7"; }},
        {"variable", "SCR-UNLISTED", [](JobFacts& f) { f.variables.push_back(variable("TARGET", "production")); }},
        {"secret", "PAY-VAR", [](JobFacts& f) { f.variables.push_back(secret("TOKEN", "x")); }},
        {"shell function", "PAY-VAR",
         [](JobFacts& f) { f.variables.push_back(variable("BASH_FUNC_ls%%", "() { evil; }")); }},
        {"identity", "PAY-IDENT",
         [](JobFacts& f) { f.variables.push_back(variable("CI_JOB_NAME", "lax_job")); }}, // [AC-I01]
        {"empty script", "SCR-EMPTY",
         [](JobFacts& f) {
             f.steps[0].script = {" ", "\t"};
         }},                                                                                        // [AC-S05]
        {"no script", "SCR-EMPTY", [](JobFacts& f) { f.steps.clear(); }},                           // [AC-S05]
        {"only after_script", "SCR-EMPTY", [](JobFacts& f) { f.steps[0].name = "after_script"; }},  // [AC-P11]
        {"unknown field", "PAY-FIELD", [](JobFacts& f) { f.unknown_fields = {"steps[0].shell"}; }}, // [AC-P09]
        {"an objection", "GIT-URL",
         [](JobFacts& f) {
             f.objections.push_back({"GIT-URL", "identity", "a", "b", "c"});
         }},
        {"project not served", "POL-PROJECT", [](JobFacts& f) { f.local.projects = {"other/**"}; }},
        {"text that JSON cannot hold", "PAY-JSON", [](JobFacts& f) { f.steps[0].script[0] = "\xff"; }}, // [AC-P08]
        {"odd input", "PAY-JSON",
         [](JobFacts& f) {
             f.inputs.push_back({"a", "number", "{", false});
         }},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const Decision decision = after(row.change);
        CHECK(decision.verdict == Verdict::refuse);
        CHECK(says(decision, row.code));
        for (const Reason& reason : decision.reasons) {
            if (reason.finding == Finding::passed) continue;
            CHECK_FALSE(reason.expected.empty());
            CHECK_FALSE(reason.found.empty());
            CHECK_FALSE(reason.remedy.empty());
        }
    }
}

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

TEST_CASE(
    "where image alone is checked, what steers is refused, and the rest may vary [AC-V01] [AC-V05] [AC-V07] [AC-V26]")
{
    JobFacts f = sample::facts();
    const Documents d = with_config(f, R"({"name":"imageHash","options":{"abortOnFail":true}})");
    f.steps[0].script = {"anything"};
    f.variables.push_back(variable("ANY", "thing"));
    f.variables.push_back(secret("PASSWORD", "x"));
    CHECK(decide_with(d, f).allowed());
    for (const char* name : {"BASH_ENV", "LD_PRELOAD", "GIT_CONFIG_COUNT", "PATH", "npm_config_x"}) {
        JobFacts steering = f;
        steering.variables.push_back(variable(name, "x"));
        CHECK(says(decide_with(d, steering), "PAY-VAR"));
    }
    f.variables.push_back(variable("FF_ANY", "1")); // [AC-V15]
    CHECK(decide_with(d, f).allowed());
}

TEST_CASE("with the native digest any name may be used, and a free one may not steer [AC-V01] [AC-S19]")
{
    JobFacts f = sample::facts();
    f.variables.push_back(variable("LD_LIBRARY_PATH", "/opt/lib"));
    f.variables.push_back(variable("ENV", "staging"));
    f.variables.push_back(variable("CI_DEBUG_TRACE", "true"));
    CHECK(decide_with(documents_for(f), f).allowed());
    CHECK(says(decide_with(documents_for(f, {"ENV"}), f), "PAY-VAR"));
}

TEST_CASE("a secret passes once policy lists its name as free, whatever its value")
{
    JobFacts f = sample::facts();
    f.variables.push_back(secret("DB_PASSWORD", "one"));
    const Documents d = documents_for(f, {"DB_PASSWORD"});
    CHECK(decide_with(d, f).allowed());
    f.variables.back().value = "two";
    CHECK(decide_with(d, f).allowed());
    f.variables.back().file = true;
    CHECK(says(decide_with(d, f), "SCR-UNLISTED"));
}

TEST_CASE("a masked value cannot be part of an image's name")
{
    JobFacts f = sample::facts();
    f.image->name = "$SECRET_IMAGE";
    f.variables.push_back(secret("SECRET_IMAGE", sample::image));
    const Decision decision = decide_with(documents_for(f, {"SECRET_IMAGE"}), f);
    CHECK(says(decision, "IMG-REF"));
    for (const Reason& reason : decision.reasons) CHECK(reason.found.find("alpine") == std::string::npos);
}

TEST_CASE("the image that is checked is the one after expansion [AC-P14]")
{
    JobFacts f = sample::facts();
    f.image->name = "alpine:3.13@$DIGEST";
    f.variables.push_back(variable("DIGEST", sample::image_digest));
    const Decision decision = decide_with(documents_for(f), f);
    CHECK(decision.allowed());
    CHECK(decision.image.reference == sample::image);
    CHECK(decision.image.name == "alpine:3.13@$DIGEST");
}

TEST_CASE("v1 lists compare digests; policy may ask for the repository too [AC-M05] [AC-M06] [GATE-A11]")
{
    JobFacts f = sample::facts();
    f.image->name = "evil.tld/x@" + sample::image_digest;
    CHECK(decide_with(documents_for(f), f).allowed());
    CHECK(says(decide_with(with_native(f, R"("image_repository":true)"), f), "IMG-UNLISTED"));
    f.image->name = "docker.io/library/alpine@" + sample::image_digest;
    CHECK(decide_with(with_native(f, R"("image_repository":true)"), f).allowed());
}

TEST_CASE("conditions on ref, protection and source hold or refuse [AC-I11] [AC-I13]")
{
    const JobFacts f = sample::facts();
    const auto allowed = [&](const std::string& rules, auto change) {
        JobFacts changed = f;
        change(changed);
        return decide_with(with_native(f, rules), changed).allowed();
    };
    const auto same = [](JobFacts&) {};
    CHECK(allowed(R"("refs":["refs/heads/main"])", same));
    CHECK_FALSE(allowed(R"("refs":["refs/tags/**"])", same));
    CHECK_FALSE(allowed(R"("refs":["main"])", same));
    CHECK_FALSE(allowed(R"("refs":["refs/heads/main"])", [](JobFacts& x) { x.ref_type = "tag"; }));
    CHECK_FALSE(allowed(R"("refs":["refs/heads/*"])", [](JobFacts& x) { x.ref = "a/b"; }));
    CHECK(allowed(R"("refs":["refs/heads/**"])", [](JobFacts& x) { x.ref = "a/b"; }));
    CHECK(allowed(R"("protected":true)", same));
    CHECK_FALSE(allowed(R"("protected":true)", [](JobFacts& x) { x.ref_protected = false; }));
    CHECK_FALSE(allowed(R"("protected":true)", [](JobFacts& x) { x.ref_protected.reset(); }));
    CHECK_FALSE(allowed(R"("protected":true)", [](JobFacts& x) { x.claims.emplace().ref_protected = false; }));
    CHECK(allowed(R"("sources":["push","web"])", [](JobFacts& x) { x.pipeline_source = "push"; }));
    CHECK_FALSE(allowed(R"("sources":["push"])", same));
    CHECK(allowed(R"("source":{"binding":"sha","commits":["89e6c98d92887913cadf06b2adb97f26cde4849b"]})", same));
    CHECK_FALSE(allowed(R"("source":{"binding":"sha","commits":["00"]})", same));
    CHECK_FALSE(allowed(R"("source":{"binding":"protected"})", [](JobFacts& x) { x.ref_protected = false; }));
}

TEST_CASE("a rule on the user needs a verified token, never a variable [AC-I15]")
{
    JobFacts f = sample::facts();
    f.variables.push_back(variable("GITLAB_USER_LOGIN", "alice"));
    const Documents d = with_native(f, R"("users":["alice"])");
    CHECK(says(decide_with(d, f), "USR-DENIED"));
    f.claims.emplace().user_login = "mallory";
    CHECK(says(decide_with(d, f), "USR-DENIED"));
    f.claims->user_login = "alice";
    CHECK(decide_with(d, f).allowed());
}

TEST_CASE("a project's path with another id is somebody else [AC-I03] [AC-I04]")
{
    JobFacts f = sample::facts();
    Documents d = with_native(f, "");
    d.project_policy.text = R"({"version":1,"project_id":81,"jobs":{}})";
    CHECK(decide_with(d, f).allowed());
    f.project_id = 82;
    CHECK(says(decide_with(d, f), "PAY-IDENT"));
}

TEST_CASE("where v1 and native policy both speak, the stricter answer wins [AC-A32]")
{
    const JobFacts f = sample::facts();
    CHECK(decide_with(with_native(f, R"("checks":[{"name":"mfaRequired"}])"), f).verdict == Verdict::ask);
    Documents image_only = with_config(f, R"({"name":"imageHash","options":{"abortOnFail":true}})");
    image_only.project_policy = document("p", R"({"version":1,"jobs":{"deploy":{"checks":[{"name":"scriptHash"}]}}})");
    JobFacts changed = f;
    changed.steps[0].script[0] = "evil";
    CHECK(says(decide_with(image_only, changed), "SCR-UNLISTED"));
}

TEST_CASE("learn mode lets through what policy does not list, until its date, and says what enforce would do")
{
    JobFacts f = sample::facts();
    f.local.mode = Mode::learn;
    CHECK(decide_with(Documents(), f).verdict == Verdict::refuse); // no date
    f.local.learn_until = sample::now;
    f.image->name = "alpine:3.13";
    f.unknown_fields = {"image.x"};
    Decision decision = decide_with(Documents(), f);
    CHECK(decision.allowed());
    CHECK(decision.learning);
    CHECK(says(decision, "POL-MISSING"));
    CHECK(says(decision, "PAY-FIELD"));
    CHECK(decide_with(documents_for(sample::facts()), f).learning);
    CHECK(decide_with(Documents(), f, sample::now + std::chrono::seconds(1)).verdict == Verdict::refuse);
}

TEST_CASE("structure and identity refuse in every mode [INV-4]")
{
    for (const auto& change : std::initializer_list<std::function<void(JobFacts&)>>{
             [](JobFacts& f) { f.variables.push_back(variable("CI_JOB_ID", "1")); },
             [](JobFacts& f) { f.variables.push_back(variable("A B", "1")); },
             [](JobFacts& f) {
                 f.objections.push_back({"GIT-URL", "identity", "a", "b", "c"});
             },
             [](JobFacts& f) { f.steps.clear(); }}) {
        JobFacts f = sample::facts();
        f.local.mode = Mode::learn;
        f.local.learn_until = sample::now;
        change(f);
        CHECK(decide_with(documents_for(f), f).verdict == Verdict::refuse);
    }
}

TEST_CASE("accepted fields are ignored with a notice [AC-P09]")
{
    const Decision decision = after([](JobFacts& f) {
        f.unknown_fields = {"image.new_thing"};
        f.local.accept_fields = {"image.new_thing"};
    });
    CHECK(decision.allowed());
    CHECK(decision.notes.size() == 1);
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

TEST_CASE("what a local run could not evaluate is never a pass")
{
    const Decision decision = after([](JobFacts& f) { f.undetermined = {"variable $REMOTE"}; });
    CHECK(decision.verdict == Verdict::undetermined);
    const Decision refused = after([](JobFacts& f) {
        f.undetermined = {"x"};
        f.steps[0].script[0] = "evil";
    });
    CHECK(refused.verdict == Verdict::refuse);
}

TEST_CASE("nothing in the payload loosens a rule [INV-4]")
{
    // every extra a payload can carry, on a job that is not listed
    const Decision decision = after([](JobFacts& f) {
        f.steps[0].script[0] = "evil";
        f.ref_protected = true;
        f.pipeline_source = "api";
        f.variables.push_back(variable("GATE_MODE", "learn"));
        f.variables.push_back(variable("FF_DISABLE_GATE", "true"));
        f.variables.push_back(variable("YOUSHALLNOTPASS_PREVALIDATION_TOKEN", ""));
    });
    CHECK(decision.verdict == Verdict::refuse);
}
