#include "checks/approvals.h"
#include "claims_sample.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>

using namespace ysnp::checks;
using std::chrono::hours;

namespace {

/// A job that needs two people of `ops`, and the request for it.
struct Case {
    JobFacts facts = sample::facts();
    Documents documents = sample::documents_for(facts);

    Case()
    {
        documents.project_policy =
            sample::document("p", R"({"version":1,"jobs":{"default":{"checks":[{"name":"mfaRequired"}],
            "approval":{"quorum":2,"groups":["ops"],"not_requester":true,"valid_for":86400,"max_uses":3}}}})");
        auto& request = facts.approval.emplace().request;
        request.id = "AR-1";
        request.digest = digest_of(facts, {}).digest;
        request.nonce = "nonce-1";
        request.project = facts.project_path;
        request.job_id = facts.job_id;
        request.requested_by = "alice";
        request.created = sample::now - hours(1);
        request.expires = sample::now + hours(1);
        add("eve");
        add("bob");
    }
    ApprovalRecord& add(const std::string& who)
    {
        auto& record = facts.approval->records.emplace_back();
        record.entity = "entity-" + who;
        record.login = who;
        record.groups = {"ops"};
        record.project = facts.project_path;
        record.request_created = sample::now - hours(1);
        record.digest = facts.approval->request.digest;
        record.nonce = "nonce-1";
        record.approves = true;
        return record;
    }
    Decision decide() const { return sample::decide_with(documents, facts); }
    std::vector<ApprovalRecord>& records() { return facts.approval->records; }
};

} // namespace

TEST_CASE("a quorum of records that name this digest and this request grants it [INV-10]")
{
    const Case fine;
    const Decision decision = fine.decide();
    CHECK(decision.allowed());
    CHECK(decision.approved_by.size() == 2);
    Case unasked;
    unasked.facts.approval.reset();
    CHECK(unasked.decide().verdict == Verdict::ask);
}

TEST_CASE("records that do not count leave the job waiting, and the notes say why "
          "[AC-A17] [AC-A18] [AC-A19] [AC-A20] [AC-A26] [INV-11]")
{
    struct Row {
        const char* why;
        std::function<void(Case&)> change;
    };
    const Row rows[] = {
        {"", [](Case& c) { c.records().pop_back(); }},
        {"", [](Case& c) { c.records().clear(); }},
        {"", [](Case& c) { c.records()[1].entity = c.records()[0].entity; }}, // one person by two ways
        {"shares a name", [](Case& c) { c.records()[1].login = "Eve"; }},     // whom the store knows twice
        {"shares a name",
         [](Case& c) {
             c.records()[0].names = {"eve", "eve@corp.test"};
             c.records()[1].names = {"entity_2", "EVE@corp.test"};
         }},
        {"USR-SELF", [](Case& c) { c.records()[1].login = "alice"; }},
        {"USR-SELF", [](Case& c) { c.records()[1].login.clear(); }},
        {"USR-DENIED", [](Case& c) { c.records()[1].groups = {"dev"}; }},
        {"USR-DENIED", [](Case& c) { c.records()[1].entity.clear(); }},
        {"USR-REPLAY", [](Case& c) { c.records()[1].nonce = "nonce-0"; }},
        {"USR-REPLAY", [](Case& c) { c.records()[1].nonce.clear(); }},
        {"USR-REPLAY", [](Case& c) { c.records()[1].digest = "ysnp2:other"; }},
        {"USR-REPLAY", [](Case& c) { c.records()[1].project = "acme/other"; }},
        {"USR-REPLAY",
         [](Case& c) {
             c.records()[1].nonce = "nonce-0";
             c.records()[1].until = sample::now - std::chrono::seconds(1);
         }},
        {"USR-REPLAY", // policy's own limit is shorter than what the person wrote
         [](Case& c) {
             c.records()[1].nonce = "nonce-0";
             c.records()[1].until = sample::now + hours(1000);
             c.records()[1].request_created = sample::now - hours(25);
         }},
    };
    for (const Row& row : rows) {
        Case c;
        row.change(c);
        const Decision decision = c.decide();
        CAPTURE(row.why);
        CHECK(decision.verdict == Verdict::ask);
        const std::string last = decision.notes.back();
        const bool said = last.starts_with("approval of ") && last.find(row.why) != std::string::npos;
        CHECK(said == !std::string(row.why).empty());
    }
}

TEST_CASE("an approval of the digest until a date serves as many later requests as policy says, and none where it says "
          "nothing [AC-L09] [AC-L10]")
{
    Case c;
    for (auto& record : c.records()) {
        record.nonce = "nonce-0";
        record.until = sample::now + hours(2);
        record.uses = 2;
        record.request = "AR-0";
    }
    CHECK(c.decide().allowed());
    CHECK(c.decide().approval.max_uses == 3);
    CHECK(c.decide().earlier_requests == std::vector<std::string>{"AR-0", "AR-0"});
    c.records()[0].uses = 3;
    const Decision spent = c.decide();
    CHECK(spent.verdict == Verdict::ask);
    REQUIRE_FALSE(spent.notes.empty());
    CHECK(spent.notes.back().find("it has served 3 jobs, policy's max_uses is 3") != std::string::npos);
    c.records()[0].uses = 0;
    c.documents.project_policy.text =
        R"({"version":1,"jobs":{"default":{"checks":[{"name":"mfaRequired"}],"approval":{"quorum":2}}}})";
    CHECK(c.decide().verdict == Verdict::ask); // each job needs its own
    for (auto& record : c.records()) record.nonce = "nonce-1";
    CHECK(c.decide().allowed());
    CHECK(c.decide().earlier_requests.empty());
}

TEST_CASE("an earlier approval is used only where the answers to the request itself are too few [AC-L09]")
{
    Case c;
    ApprovalRecord earlier = c.add("carol");
    c.records().pop_back();
    earlier.nonce = "nonce-0";
    earlier.until = sample::now + hours(2);
    earlier.request = "AR-0";
    c.records().insert(c.records().begin(), earlier);
    CHECK(c.decide().allowed());
    CHECK(c.decide().earlier_requests.empty());
    c.records().pop_back();
    CHECK(c.decide().allowed());
    CHECK(c.decide().earlier_requests == std::vector<std::string>{"AR-0"});
    c.records()[0].entity = c.records()[1].entity; // who has answered already is no second person
    CHECK(c.decide().verdict == Verdict::ask);
}

TEST_CASE("one denial ends it, and a request that ran out is refused [AC-A27]")
{
    Case denied;
    auto& record = denied.add("carol");
    record.approves = false;
    record.reason = "not today";
    CHECK(denied.decide().code() == "USR-DENIED");
    record.nonce = "nonce-0"; // a denial of something else
    CHECK(denied.decide().allowed());
    Case late;
    late.facts.approval->request.expires = sample::now - std::chrono::seconds(1);
    CHECK(late.decide().code() == "USR-TIMEOUT");
}

TEST_CASE("approval of another job, digest or project is none [AC-A17] [AC-A21]")
{
    for (const auto& change : std::initializer_list<std::function<void(Case&)>>{
             [](Case& c) { c.facts.job_id = 7; }, [](Case& c) { c.facts.approval->request.digest = "ysnp2:x"; },
             [](Case& c) { c.facts.approval->request.project = "x/y"; },
             [](Case& c) { c.facts.approval->request.nonce.clear(); }}) {
        Case c;
        change(c);
        CHECK(c.decide().code() == "USR-CHANGED");
    }
}

TEST_CASE("approval does not replace what policy refuses outright")
{
    Case c;
    c.facts.image->name = "alpine:3.13";
    CHECK(c.decide().verdict == Verdict::refuse);
}

TEST_CASE("mfaRequired asks who started the job, where a verified token says who that is; the stricter rule wins "
          "[GATE-W10] [AC-A18]")
{
    const auto verified = [](const std::string& approval) {
        Case c;
        c.facts.claims = sample::claims_for(c.facts); // alice
        c.facts.approval->request.verified = true;
        c.documents.project_policy.text = R"({"version":1,"jobs":{"default":{"checks":[{"name":"mfaRequired"}])" +
                                          (approval.empty() ? "" : ",\"approval\":" + approval) + "}}}";
        c.records().clear();
        return c;
    };
    Case alone = verified("");
    CHECK(alone.decide().approval.person == "alice");
    alone.add("bob");
    Decision decision = alone.decide();
    CHECK(decision.verdict == Verdict::ask); // anybody else's word is not theirs
    REQUIRE_FALSE(decision.notes.empty());
    CHECK(decision.notes.back().find("waiting for alice") != std::string::npos);
    alone.add("carol").names = {"Alice"}; // another name of hers; GitLab's logins do not tell case apart
    CHECK(alone.decide().allowed());

    Case both = verified(R"({"quorum":1,"groups":["ops"],"not_requester":true})");
    both.add("alice").groups = {"dev"};
    CHECK(both.decide().verdict == Verdict::ask); // she confirms, and nobody else has approved
    CHECK(both.decide().earlier_requests.empty());
    both.add("bob");
    decision = both.decide();
    CHECK(decision.allowed());
    REQUIRE(decision.approved_by.size() == 1);
    CHECK(decision.approved_by[0].login == "bob");
    Case before = both; // her word was for an earlier job: it is used as any other
    before.documents.project_policy.text = R"({"version":1,"jobs":{"default":{"checks":[{"name":"mfaRequired"}],
        "approval":{"quorum":1,"groups":["ops"],"valid_for":86400,"max_uses":1}}}})";
    before.records()[0].nonce = "nonce-0";
    before.records()[0].request = "AR-0";
    before.records()[0].until = sample::now + hours(2);
    CHECK(before.decide().allowed());
    CHECK(before.decide().earlier_requests == std::vector<std::string>{"AR-0"});
    before.records()[0].uses = 1;
    CHECK(before.decide().verdict == Verdict::ask);
    both.facts.claims.reset(); // the token has ended meanwhile: she is asked all the same
    CHECK(both.decide().allowed());
    both.records().erase(both.records().begin());
    CHECK(both.decide().verdict == Verdict::ask);
    both.facts.approval->request.expires = sample::now - std::chrono::seconds(1);
    CHECK(both.decide().code() == "USR-TIMEOUT");

    Case stale = verified("");
    stale.add("alice").digest = "ysnp2:other";
    CHECK(stale.decide().verdict == Verdict::ask);
    Case denied = verified("");
    denied.add("alice").approves = false;
    CHECK(denied.decide().code() == "USR-DENIED");
}

TEST_CASE("a removed code of v1 approves where v1 asks, and satisfies no rule of ysnp_policy [GATE-W12]")
{
    Case c;
    c.documents.project_policy.text.reset();
    c.documents.project_config.text = R"({"jobs":[{"jobName":"default","checks":[{"name":"mfaRequired"}]}]})";
    c.records().clear();
    auto& code = c.add("");
    code.entity = "scratch/shared";
    code.login.clear();
    code.groups.clear();
    code.scratch = true;
    CHECK(c.decide().allowed());
    c.facts.claims = sample::claims_for(c.facts);
    CHECK(c.decide().verdict == Verdict::ask); // the shared folder is not alice's
    code.login = "alice";
    CHECK(c.decide().allowed());
    c.documents.project_policy.text = R"({"version":1,"jobs":{"default":{"approval":{"quorum":1}}}})";
    CHECK(c.decide().verdict == Verdict::ask);
}

TEST_CASE("a login that the job overrides names nobody, so that nobody's approval counts as somebody else's [AC-A18]")
{
    const auto requester = [](int times) {
        JobFacts facts = sample::facts();
        std::erase_if(facts.variables, [](const Variable& variable) { return variable.key == "GITLAB_USER_LOGIN"; });
        for (int i = 0; i < times; ++i) {
            Variable& login = facts.variables.emplace_back();
            login.key = "GITLAB_USER_LOGIN";
            login.value = i == 0 ? "eve" : "bob";
        }
        return sample::decide_with(sample::documents_for(facts), facts).requested_by;
    };
    CHECK(requester(0).empty());
    CHECK(requester(1) == "eve");
    CHECK(requester(2).empty());
}
