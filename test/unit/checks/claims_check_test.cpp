#include "claims_sample.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>

using namespace ysnp::checks;

namespace {

const std::string alice_only = R"("users":["alice"],"protected":true,"sources":["push"])";

/// A job whose policy lists alice, with an ID token that says so.
struct Case {
    JobFacts facts = sample::facts();
    Documents documents;

    Case()
    {
        facts.user_id = 7;
        facts.pipeline_source = "push";
        facts.local.audience = sample::audience;
        documents = sample::with_native(facts, alice_only);
        facts.claims = sample::claims_for(facts);
    }
    Decision decide() const { return sample::decide_with(documents, facts); }
};

struct Lie {
    const char* claim;
    std::function<void(Claims&)> tell;
};

const std::vector<Lie> lies{
    {"job_id", [](Claims& c) { c.job_id = 90003; }},
    {"project_id", [](Claims& c) { c.project_id = 82; }},
    {"project_path", [](Claims& c) { c.project_path = "acme/platform/other"; }},
    {"pipeline_id", [](Claims& c) { c.pipeline_id = 1; }},
    {"user_id", [](Claims& c) { c.user_id = 8; }},
    {"ref", [](Claims& c) { c.ref = "feature"; }},
    {"ref_type", [](Claims& c) { c.ref_type = "tag"; }},
    {"ref_protected", [](Claims& c) { c.ref_protected = false; }},
    {"pipeline_source", [](Claims& c) { c.pipeline_source = "schedule"; }},
    {"sha", [](Claims& c) { c.sha = std::string(40, '0'); }},
    {"iss", [](Claims& c) { c.issuer = "https://gitlab.elsewhere.test"; }},
    {"aud", [](Claims& c) { c.audience = {"https://vault.elsewhere.test"}; }},
    {"expired", [](Claims& c) { c.expires = sample::now - std::chrono::seconds(1); }},
};

bool names(const Decision& decision, std::string_view claim)
{
    return std::any_of(decision.reasons.begin(), decision.reasons.end(), [&](const Reason& reason) {
        return reason.finding == Finding::broken && reason.code == "PAY-IDENT" && reason.check == "id token" &&
               reason.found.find(claim) != std::string::npos;
    });
}

} // namespace

TEST_CASE("a verified token that agrees with the job lets the person through that policy lists [AC-I15]")
{
    const Case fine;
    CHECK(fine.decide().allowed());
    Case another;
    another.facts.claims->user_login = "mallory";
    const Decision decision = another.decide();
    CHECK(decision.verdict == Verdict::refuse);
    CHECK(decision.code() == "USR-DENIED");
}

TEST_CASE("each single claim that contradicts the job refuses it in every mode and is named [AC-I15] [INV-4]")
{
    for (const Lie& lie : lies) {
        Case one;
        lie.tell(*one.facts.claims);
        INFO(lie.claim);
        const Decision decision = one.decide();
        CHECK(decision.verdict == Verdict::refuse);
        CHECK(decision.code() == "PAY-IDENT");
        CHECK(names(decision, lie.claim));
        one.facts.local.mode = Mode::learn;
        one.facts.local.learn_until = sample::now + std::chrono::days(1);
        CHECK(one.decide().verdict == Verdict::refuse);
        one.documents = sample::documents_for(one.facts); // also where no rule asks for a token
        CHECK(one.decide().verdict == Verdict::refuse);
    }
}

TEST_CASE("without a verified token a rule on users refuses, whatever variables say, and tells what to do [AC-I15]")
{
    Case one;
    one.facts.claims.reset();
    for (const char* name : {"GITLAB_USER_LOGIN", "GITLAB_USER_ID", "GITLAB_USER_EMAIL", "GITLAB_USER_NAME"})
        one.facts.variables.push_back(sample::variable(name, "alice"));
    one.facts.missing_claims = {"the job brings no ID token in VAULT_ID_TOKEN", "add id_tokens: to the job"};
    const Decision decision = one.decide();
    CHECK(decision.verdict == Verdict::refuse);
    CHECK(sample::says(decision, "USR-DENIED"));
    const auto reason = std::find_if(decision.reasons.begin(), decision.reasons.end(),
                                     [](const Reason& r) { return r.check == "user"; });
    REQUIRE(reason != decision.reasons.end());
    CHECK(reason->found == "the job brings no ID token in VAULT_ID_TOKEN");
    CHECK(reason->remedy == "add id_tokens: to the job");
    CHECK(MissingClaims().remedy.find("gate.vault.id_token") != std::string::npos);
}

TEST_CASE("protection and pipeline source come from the token where GitLab's fields say nothing [AC-I11]")
{
    Case one;
    one.facts.ref_protected.reset();
    one.facts.pipeline_source.clear();
    CHECK(one.decide().allowed());
    one.facts.claims->ref_protected = false;
    CHECK(one.decide().code() == "POL-CONDITION");
    one.facts.claims->ref_protected = true;
    one.facts.claims->pipeline_source = "web";
    CHECK(one.decide().code() == "POL-CONDITION");
}

TEST_CASE("a merge request's token names the source branch, so the commit has to agree instead")
{
    Case one;
    one.documents = sample::with_native(one.facts, R"("users":["alice"])");
    one.facts.ref = "refs/merge-requests/7/head";
    one.facts.claims->ref = "feature";
    one.facts.pipeline_source = one.facts.claims->pipeline_source = "merge_request_event";
    CHECK(one.decide().allowed());
    one.facts.claims->sha.clear();
    CHECK(one.decide().code() == "PAY-IDENT");
    one.facts.claims->sha = one.facts.sha;
    one.facts.pipeline_source.clear();
    one.facts.claims->pipeline_source = "push";
    CHECK(one.decide().code() == "PAY-IDENT");
}
