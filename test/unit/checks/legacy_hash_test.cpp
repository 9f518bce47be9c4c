#include "checks/legacy_hash.h"
#include "sample.h"
#include "vectors.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp::checks;
using nlohmann::json;
using sample::vectors;

TEST_CASE("v1 hashes of pieces equal the original's [GATE-A11]")
{
    for (const json& row : vectors()["lines_to_hash"]) {
        CAPTURE(row.dump());
        CHECK(v1_hash(row["lines"]) == row["hash"].get<std::string>());
    }
    for (const char* group : {"gitlab_driver_text", "gitlab_file_expansion"})
        for (const json& row : vectors()[group]) CHECK(v1_hash(row["lines"]) == row["hash"].get<std::string>());
    for (const json& row : vectors()["github_steps_to_hash"])
        CHECK(v1_hash(row["sections"]) == row["hash"].get<std::string>());
}

TEST_CASE("v1 pieces of a payload equal the original's, hazards included [GATE-A11]")
{
    for (const json& row : vectors()["gitlab_job_to_hash"]) {
        CAPTURE(row.dump());
        const auto pieces = v1_pieces(row["commands"], row["stage"] == "after_script");
        if (row["lines"].is_null()) {
            CHECK(pieces.empty());
        } else {
            CHECK(pieces == row["lines"].get<std::vector<std::string>>());
            CHECK(v1_hash(pieces) == row["hash"].get<std::string>());
        }
    }
}

TEST_CASE("texts of which v1 saw only a part, or which collide, are ambiguous")
{
    // one bad entry is enough
    for (const json& row : vectors()["gitlab_job_to_hash"]) {
        if (!row.contains("hazard")) continue;
        CAPTURE(row.dump());
        const bool prefix_of_a_collision = row["commands"] == json{"printf 'atbn'"} ||
                                           row["commands"] == json{"echo hello"} ||
                                           row["commands"] == json{"echo a", "b"};
        CHECK(v1_ambiguity(row["commands"]).has_value() != prefix_of_a_collision);
    }
    CHECK(v1_ambiguity({"echo hellox1b[0;m || evil"}));
    CHECK(v1_ambiguity({"a # collapsed multi-line command"}));
    CHECK(v1_ambiguity({"cost 5$"}));
    CHECK(v1_ambiguity({""}));
    CHECK(v1_ambiguity({"tab\there"}));
    CHECK_FALSE(v1_ambiguity({"make", "make test"}));
}

TEST_CASE("a listed v1 hash is honoured only with legacy_script_hash [AC-S12] [GATE-A1]")
{
    const std::string hash = "sha256:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4=";
    JobFacts f = sample::facts();
    f.job_name = "automatic_job";
    f.steps[0].script = {"echo 'this is the automated job and should be run automatically'"};
    Documents d = sample::documents_for(f);
    d.project_whitelist.text = sample::whitelist("automatic_job@" + hash);
    CHECK(sample::decide_with(d, f).verdict == Verdict::refuse);
    f.local.legacy_script_hash = true;
    const Decision decision = sample::decide_with(d, f);
    CHECK(decision.allowed());
    REQUIRE_FALSE(decision.notes.empty());
    CHECK(decision.notes[0].find("migrate: replace automatic_job@" + hash + " by automatic_job@ysnp2:") == 0);
}

TEST_CASE("a v1 hash passes nothing it does not cover")
{
    JobFacts plain = sample::facts();
    plain.local.legacy_script_hash = true;
    Documents d = sample::documents_for(plain);
    d.project_whitelist.text = sample::whitelist("deploy@" + v1_hash(v1_pieces(plain.steps[0].script, false)));
    REQUIRE(sample::decide_with(d, plain).allowed());
    const auto refused = [&](auto change) {
        JobFacts f = plain;
        change(f);
        return sample::says(sample::decide_with(d, f), "SCR-UNLISTED");
    };
    CHECK(refused([](JobFacts& f) { f.hooks.push_back({"pre_get_sources_script", {"evil"}}); }));
    CHECK(refused([](JobFacts& f) { f.services.push_back(*f.image); }));
    CHECK(refused([](JobFacts& f) { f.image->entrypoint = {"sh"}; }));
    CHECK(refused([](JobFacts& f) { f.image->user = "0"; }));
    CHECK(refused([](JobFacts& f) { f.steps.push_back({"release", {"x"}, "on_success", false}); }));
    CHECK(refused([](JobFacts& f) { f.steps.push_back({"after_script", {"x"}, "always", true}); }));
    CHECK(refused([](JobFacts& f) { f.steps[0].script[0] += "\nevil"; }));
    CHECK(refused([](JobFacts& f) { f.steps[0].script[0] += "\\"; }));
    CHECK(refused([](JobFacts& f) { f.job_name = "other"; })); // [AC-I10] [AC-S10]
    JobFacts steering = plain;
    steering.variables.push_back(sample::variable("BASH_ENV", "x"));
    CHECK(sample::says(sample::decide_with(d, steering), "PAY-VAR")); // [AC-V01]
    JobFacts trusting = plain;
    trusting.variables.push_back(sample::variable("SSL_CERT_FILE", "x"));
    CHECK(sample::says(sample::decide_with(d, trusting), "PAY-VAR"));
    JobFacts identity = plain;
    identity.variables.push_back(sample::variable("CI_PROJECT_PATH", "acme/platform"));
    CHECK(sample::says(sample::decide_with(d, identity), "PAY-IDENT"));
}

TEST_CASE("the after_script needs its own v1 entry")
{
    JobFacts f = sample::facts();
    f.local.legacy_script_hash = true;
    f.steps.push_back({"after_script", {"echo bye"}, "always", true});
    const std::string script = "deploy@" + v1_hash(v1_pieces(f.steps[0].script, false));
    const std::string after = "deploy@" + v1_hash(v1_pieces(f.steps[1].script, true));
    Documents d = sample::documents_for(f);
    d.project_whitelist.text = sample::whitelist(script + "\",\"" + after);
    CHECK(sample::decide_with(d, f).allowed());
}
