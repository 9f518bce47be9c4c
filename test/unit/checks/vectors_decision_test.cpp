#include "checks/legacy_hash.h"
#include "sample.h"
#include "vectors.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::checks;
using nlohmann::json;
using sample::vectors;

namespace {

const std::string listed_command = "echo 'this is the automated job and should be run automatically'";

/// The job of a row. v1 judged one stage at a time; what the row's stage did not look at is listed here.
JobFacts job_of(const json& row)
{
    const json& images = vectors()["decision_fixture"]["image"];
    const std::string stage = row["stage"], script = row["script"], image = row["image"];
    JobFacts f = sample::facts();
    f.job_name = "j";
    f.local.legacy_script_hash = true;
    f.image.reset();
    const std::string name = stage == "script"        ? images["listed"].get<std::string>()
                             : images.contains(image) ? images[image].get<std::string>()
                                                      : image;
    if (!name.empty()) f.image.emplace().name = name;
    f.steps[0].script = {stage == "image" || script == "listed" ? listed_command : script == "empty" ? "" : "id"};
    return f;
}

Documents documents_of(const json& row)
{
    const json& fixture = vectors()["decision_fixture"]["whitelist"];
    Documents d;
    d.project_whitelist = sample::document("w", fixture.dump());
    // v1 compared no job names; ours are compared, so the fixture's entry bears the fixture's name
    auto& text = *d.project_whitelist.text;
    text.replace(text.find("automatic_job@"), 13, "j");
    if (!row["checks"].is_null())
        d.project_config =
            sample::document("c", json{{"jobs", {{{"jobName", "j"}, {"checks", row["checks"]}}}}}.dump());
    return d;
}

Verdict as_verdict(const std::string& decision)
{
    return decision == "pass" ? Verdict::pass : decision == "mfa" ? Verdict::ask : Verdict::refuse;
}

/// pass, then ask, then refuse
int strictness(Verdict verdict) { return verdict == Verdict::pass ? 0 : verdict == Verdict::ask ? 1 : 2; }

} // namespace

TEST_CASE("decision: nothing is decided more mildly than by v1, and the same where v1 looked at all [GATE-A11] "
          "[GATE-G3] [GATE-G4]")
{
    REQUIRE(vectors()["decision"].size() == 29);
    for (const json& row : vectors()["decision"]) {
        CAPTURE(row.dump());
        JobFacts f = job_of(row);
        f.local.legacy_profiles = true; // v1's built-in default, and checks that only inform
        const Verdict ours = sample::decide_with(documents_of(row), f).verdict;
        const Verdict theirs = as_verdict(row["decision"]);
        CHECK(strictness(ours) >= strictness(theirs));
        const bool no_digest = row["image"] == "none" || row["image"] == "alpine:3.13"; // nobody is asked about a tag
        const bool looked = !row["results"].empty() || row["decision"] == "error";
        if (looked && !row.contains("hazard") && !no_digest) CHECK(ours == theirs);
    }
}

TEST_CASE("decision: where v1 let a job pass unchecked it is refused [GATE-A11] [GATE-W15] [AC-A05]")
{
    int hazards = 0;
    for (const json& row : vectors()["decision"]) {
        if (!row.contains("hazard") && !row["checks"].is_null()) continue;
        CAPTURE(row.dump());
        const Decision decision = sample::decide_with(documents_of(row), job_of(row));
        CHECK(decision.verdict == Verdict::refuse);
        const bool named = sample::says(decision, "POL-SCHEMA") || sample::says(decision, "POL-MISSING") ||
                           sample::says(decision, "SCR-EMPTY");
        CHECK(named);
        ++hazards;
    }
    CHECK(hazards == 11);
}

TEST_CASE("gate_skipped: what v1 never looked at is judged like everything else [GATE-A11] [GATE-W3] [GATE-W4] "
          "[GATE-W5]")
{
    REQUIRE(vectors()["gate_skipped"]["cases"].size() == 4);
    const JobFacts plain = sample::facts();
    const Documents d = sample::documents_for(plain);
    REQUIRE(sample::decide_with(d, plain).allowed());

    JobFacts flag = plain; // the first case: a flag took the mark away by which v1 found the script
    for (const auto& [name, value] : vectors()["gate_skipped"]["cases"][0]["variables"].items())
        flag.variables.push_back(sample::variable(name, value));
    CHECK(sample::says(sample::decide_with(d, flag), "SCR-UNLISTED"));
    flag.steps[0].script = {"id"};
    CHECK(sample::says(sample::decide_with(d, flag), "SCR-UNLISTED"));

    for (const std::size_t size : {65515u, 65516u, 131072u, 1u << 20}) { // the second and third: any size is read
        JobFacts large = plain;
        large.local.legacy_script_hash = true;
        large.steps[0].script = {"true #" + std::string(size - 6, 'A')};
        CHECK(sample::says(sample::decide_with(d, large), "SCR-UNLISTED"));
        CHECK(sample::decide_with(sample::documents_for(large), large).allowed());
    }

    JobFacts hook = plain; // the fourth
    hook.hooks.push_back({"pre_get_sources_script", {"id"}});
    CHECK(sample::says(sample::decide_with(d, hook), "SCR-UNLISTED"));
}

TEST_CASE("gitlab_driver_text: no shell text is read, so no text stands for another or for nothing [GATE-A11] "
          "[GATE-W3]")
{
    for (const json& row : vectors()["gitlab_driver_text"]) {
        CAPTURE(row.dump());
        JobFacts f = sample::facts();
        f.local.legacy_script_hash = true;
        f.steps[0].script = {row["text"].get<std::string>()};
        Documents d = sample::documents_for(sample::facts());
        const std::string seen = row["hash"]; // what v1 would have looked up
        if (!seen.empty()) d.project_whitelist.text = sample::whitelist("deploy@" + seen);
        CHECK(sample::decide_with(d, f).verdict == Verdict::refuse);
    }
}

TEST_CASE("gitlab_file_expansion: a hash that covered files of a host is not honoured; text alone is what it says "
          "[GATE-A5] [GATE-A11] [GATE-W6]")
{
    for (const json& row : vectors()["gitlab_file_expansion"]) {
        CAPTURE(row.dump());
        JobFacts f = sample::facts();
        f.local.legacy_script_hash = true;
        f.steps[0].script = row["commands"].get<std::vector<std::string>>();
        Documents d = sample::documents_for(f);
        d.project_whitelist.text = sample::whitelist("deploy@" + row["hash"].get<std::string>());
        const Decision decision = sample::decide_with(d, f);
        const bool text_alone = v1_hash(v1_pieces(f.steps[0].script, false)) == row["hash"].get<std::string>();
        CHECK(decision.allowed() == text_alone);
        if (!decision.allowed()) CHECK(sample::says(decision, "SCR-UNLISTED"));
    }
}
