#include "checks/approval_request.h"
#include "checks/approvals.h"
#include "damage.h"
#include "runner/policy/vault_approvals.h"
#include "vault/client.h"
#include "vault_world.h"

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using checks::Tally;

namespace {

constexpr checks::Now now{std::chrono::seconds(1'769'900'100)};

checks::ApprovalRequest request_for(std::int64_t job_id, const std::string& nonce)
{
    checks::ApprovalRequest request;
    request.document = R"({"job":"deploy"})";
    request.digest = checks::digest_of_document(request.document);
    request.nonce = nonce;
    request.job_id = job_id;
    request.job = "deploy";
    request.project = hello.text();
    request.ref = "refs/heads/main";
    request.sha = std::string(40, 'a');
    request.requested_by = "bob";
    request.created = now - std::chrono::seconds(100);
    request.expires = now + std::chrono::seconds(1000);
    request.quorum = 1;
    request.gitlab = "https://gitlab.example.test";
    request.runner = "hardened-1";
    request.id = checks::request_id(job_id, request.digest);
    return request;
}

const checks::ApprovalRequest asked = request_for(812, "0123456789abcdefghijkl");
const checks::ApprovalRequest earlier = request_for(700, "abcdefghijkl0123456789");

std::string record_of(const checks::ApprovalRequest& request, bool approves, bool until)
{
    checks::ApprovalRecord record;
    record.digest = request.digest;
    record.nonce = request.nonce;
    record.approves = approves;
    record.reason = "looked at it";
    if (until) record.until = now + std::chrono::seconds(3600);
    return checks::write_approval(record);
}

/// Where an approval comes from: this request's own record, or an earlier one's that is good for the digest.
enum class From { answer, earlier_request };

/// A Vault with a request, an approval of alice's, and the runner's way to look at them.
struct Petition {
    Petition(asio::any_io_executor executor, From from, std::chrono::milliseconds timeout = 10s)
        : fake(executor), client(executor, options(timeout)), approvals(client, "cicd")
    {
        const checks::ApprovalRequest& answered = from == From::answer ? asked : earlier;
        fake.put(request_folder(asked.project, asked.id) + "/request", checks::write_request(asked));
        if (from == From::earlier_request)
            fake.put(request_folder(earlier.project, earlier.id) + "/request", checks::write_request(earlier));
        fake.put(request_folder(answered.project, answered.id) + "/approved/entity-of-alice",
                 record_of(answered, true, from == From::earlier_request));
    }
    vault::Options options(std::chrono::milliseconds timeout) const
    {
        vault::Options options = vault_options_for(fake.url());
        options.timeout = timeout;
        return options;
    }
    /// Who alice is. A fault that is to come first is added before.
    void know_alice()
    {
        Fault fault;
        fault.path = "/v1/identity/entity/id/entity-of-alice";
        fault.times = -1;
        fault.status = 200;
        fault.body = R"({"data":{"id":"entity-of-alice","name":"alice","disabled":false,"aliases":[],"group_ids":[],)"
                     R"("direct_group_ids":[],"inherited_group_ids":[]}})";
        fake.add_fault(fault);
    }
    /// What the evidence adds up to; nothing where looking failed.
    asio::awaitable<std::optional<Tally::Outcome>> outcome()
    {
        try {
            checks::JobFacts facts;
            facts.project_path = asked.project;
            facts.job_id = asked.job_id;
            facts.approval = co_await approvals.look(asked, Approvals::Scope::everything, in(10s));
            checks::ApprovalRule rule;
            rule.quorum = 1;
            rule.valid_for = 3600;
            rule.max_uses = 2;
            co_return checks::tally_approvals(rule, facts, asked.digest, now).outcome;
        } catch (const std::system_error&) {
        }
        co_return std::nullopt;
    }
    test::FakeVault fake;
    vault::Client client;
    VaultApprovals approvals;
};

std::vector<std::string> requests_of_a_look(From from)
{
    std::vector<std::string> paths;
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        Petition petition(executor, from);
        petition.know_alice();
        const auto outcome = co_await petition.outcome();
        CHECK(outcome == Tally::Outcome::granted);
        for (const auto& request : petition.fake.server().requests()) paths.emplace_back(request.path());
    });
    return paths;
}

} // namespace

TEST_CASE("whatever any single request about an approval suffers, it is not granted [AC-A01] [AC-A08] [AC-A16] [INV-3] "
          "[INV-11] [GATE-W12]")
{
    for (const From from : {From::answer, From::earlier_request}) {
        const auto paths = requests_of_a_look(from);
        REQUIRE(paths.size() >= 7); // login, engine, request, list, record, list of requests, entity
        for (const Damage& damage : damages())
            for (const std::string& path : paths)
                on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                    INFO(damage.name << " at " << path);
                    Petition petition(executor, from, damage.name == "no answer" ? 40ms : 10s);
                    Fault fault = damage.fault;
                    fault.path = path;
                    fault.times = -1;
                    petition.fake.add_fault(fault);
                    petition.know_alice();
                    const auto outcome = co_await petition.outcome();
                    CHECK(outcome != Tally::Outcome::granted);
                });
    }
}

TEST_CASE("answers of another time or of somebody else are no approval [AC-A17] [AC-A20] [AC-A26] [INV-10] [INV-11]")
{
    const std::string folder = request_folder(asked.project, asked.id);
    const std::string record = folder + "/approved/entity-of-alice";
    struct Stale {
        const char* what;
        std::function<void(Petition&)> make;
        std::optional<Tally::Outcome> outcome;
    };
    checks::ApprovalRequest before = asked;
    before.nonce = earlier.nonce;
    const Stale all[] = {
        {"the request as it was asked before",
         [&](auto& p) { p.fake.put(folder + "/request", checks::write_request(before)); }, Tally::Outcome::denied},
        {"no request any more", [&](auto& p) { p.fake.soft_delete(folder + "/request"); }, Tally::Outcome::denied},
        {"the record about the request before", [&](auto& p) { p.fake.put(record, record_of(before, true, false)); },
         Tally::Outcome::waiting},
        {"no record any more", [&](auto& p) { p.fake.soft_delete(record); }, Tally::Outcome::waiting},
        {"a denial in its place", [&](auto& p) { p.fake.put(record, record_of(asked, false, false)); },
         Tally::Outcome::denied},
        {"a record that says more than it may", [&](auto& p) { p.fake.put(record, R"({"decision":"approve"})"); },
         std::nullopt},
    };
    for (const Stale& stale : all)
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            INFO(stale.what);
            Petition petition(executor, From::answer);
            petition.know_alice();
            stale.make(petition);
            const auto outcome = co_await petition.outcome();
            CHECK(outcome == stale.outcome);
        });
}

TEST_CASE("an approver whom Vault has disabled, or does not know, does not count [AC-A20]")
{
    for (const char* body : {R"({"data":{"id":"entity-of-alice","name":"alice","disabled":true,"aliases":[],)"
                             R"("group_ids":[],"direct_group_ids":[],"inherited_group_ids":[]}})",
                             ""})
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            Petition petition(executor, From::answer);
            Fault fault;
            fault.path = "/v1/identity/entity/id/*";
            fault.times = -1;
            fault.status = *body == '\0' ? 404 : 200;
            fault.body = *body == '\0' ? R"({"errors":[]})" : body;
            petition.fake.add_fault(fault);
            const auto outcome = co_await petition.outcome();
            CHECK(outcome == Tally::Outcome::waiting);
        });
}
