#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>

using namespace ysnp::checks;
using sample::decide_with;
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
    REQUIRE_FALSE(decision.notes.empty());
    CHECK(decision.notes[0] == "ignored, as gate.accept_fields says: image.new_thing");
}

TEST_CASE("what a local run could not evaluate is never a pass")
{
    const Decision decision = after([](JobFacts& f) { f.undetermined = {"variable $REMOTE"}; });
    CHECK(decision.verdict == Verdict::undetermined);
    // the job that GitLab will send may have another digest: only what speaks of project, name and time is certain
    const auto unlisted = [](JobFacts& f) {
        f.undetermined = {"x"};
        f.steps[0].script[0] = "evil";
    };
    CHECK(after(unlisted).verdict == Verdict::undetermined);
    const Decision elsewhere = after([&](JobFacts& f) {
        unlisted(f);
        f.local.projects = {"other/**"};
    });
    CHECK(elsewhere.verdict == Verdict::refuse);
    JobFacts facts = sample::facts();
    facts.undetermined = {"x"};
    const Decision without_policy = decide(Policy(), facts, sample::now);
    CHECK(without_policy.verdict == Verdict::refuse);
    CHECK(without_policy.code() == "POL-MISSING");
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
