#include "checks/approval_request.h"
#include "checks/approvals.h"
#include "checks/digest.h"
#include "runner/policy/approvals.h"
#include "vault_world.h"
#include <algorithm>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using checks::ApprovalEvidence;
using checks::ApprovalRecord;
using checks::ApprovalRequest;
using Scope = Approvals::Scope;

namespace {

checks::Now seconds_now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

ApprovalRequest request(std::int64_t job = 812)
{
    ApprovalRequest request;
    request.document = R"({"job":{"name":"deploy"}})";
    request.digest = checks::digest_of_document(request.document);
    request.nonce = "AAECAwQFBgcICQoLDA0O" + std::to_string(10 + job % 90);
    request.project = hello.text();
    request.job = "deploy";
    request.job_id = job;
    request.requested_by = "alice";
    request.created = seconds_now();
    request.expires = request.created + 30min;
    request.gitlab = "https://gitlab.example.com";
    request.runner = "hardened-1";
    return request;
}

std::string folder(const ApprovalRequest& request) { return request.project + "/approvals/" + request.id; }

std::string record(const ApprovalRequest& request, bool approves = true, std::optional<checks::Now> until = {})
{
    ApprovalRecord record;
    record.digest = request.digest;
    record.nonce = request.nonce;
    record.approves = approves;
    record.reason = "because";
    record.until = until;
    return checks::write_approval(record);
}

std::string entity(const std::string& id, const std::string& name, const std::string& more = "")
{
    return R"({"id":")" + id + R"(","name":"entity_1","disabled":false,"aliases":[{"name":")" + name +
           R"("}],"group_ids":["g-1"])" + more + "}";
}

/// A Vault with one request that stands, and bob of the group ops.
struct Asked : World {
    explicit Asked(asio::any_io_executor executor, int kv = 2)
        : World(executor, {}, 10s, kv), approvals(*store.approvals())
    {
        fake.put_identity("entity/id/e-bob", entity("e-bob", "bob"));
        fake.put_identity("group/id/g-1", R"({"id":"g-1","name":"ops"})");
    }
    asio::awaitable<void> ask()
    {
        ApprovalRequest standing = co_await approvals.ask(request(), {}, in(10s));
        asked = std::move(standing);
    }
    asio::awaitable<ApprovalEvidence> look(Scope scope = Scope::everything)
    {
        ApprovalEvidence evidence = co_await approvals.look(asked, scope, in(10s));
        co_return evidence;
    }
    Approvals& approvals;
    ApprovalRequest asked;
};

template <class Result>
asio::awaitable<std::string> fault(asio::awaitable<Result> task)
{
    try {
        co_await std::move(task);
    } catch (const StoreFault& fault) {
        co_return fault.document() + ": " + fault.found();
    }
    co_return std::string();
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a request is written once, read back, and stands as it is when it is asked again")
{
    for (const int kv : {1, 2}) {
        on_loop([kv](asio::any_io_executor executor) -> asio::awaitable<void> {
            Asked world(executor, kv);
            co_await world.ask();
            CHECK(world.asked.id == checks::request_id(812, request().digest));
            const ApprovalEvidence before = co_await world.look();
            CHECK(before.request.nonce == request().nonce);
            CHECK(before.records.empty());
            ApprovalRequest again = co_await world.approvals.ask(world.asked, {}, in(10s));
            CHECK(again.nonce == world.asked.nonce);
            ApprovalRequest other = world.asked;
            other.nonce = "BBECAwQFBgcICQoLDA0ODw";
            const std::string why = co_await fault(world.approvals.ask(other, {}, in(10s)));
            CHECK(contains(why, "another request in its place"));
            co_await world.approvals.withdraw(world.asked, in(10s));
            co_await world.approvals.withdraw(world.asked, in(10s));
            const ApprovalEvidence after = co_await world.look();
            CHECK(after.request.nonce.empty());
        });
    }
}

TEST_CASE("a request that vanished or that somebody changed is none [AC-A17] [AC-A26]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Asked world(executor);
        co_await world.ask();
        world.fake.put(folder(world.asked) + "/approved/e-bob", record(world.asked));
        const auto still_stands = [&]() -> asio::awaitable<bool> {
            const ApprovalEvidence evidence = co_await world.look();
            co_return !evidence.request.nonce.empty();
        };
        const bool stands = co_await still_stands();
        CHECK(stands);
        for (const auto& change : std::initializer_list<std::function<void(ApprovalRequest&)>>{
                 [](ApprovalRequest& r) { r.nonce = "BBECAwQFBgcICQoLDA0ODw"; },
                 [](ApprovalRequest& r) { r.expires += 1h; }, [](ApprovalRequest& r) { r.requested_by = "zoe"; }}) {
            ApprovalRequest changed = world.asked;
            change(changed);
            world.fake.put(folder(world.asked) + "/request", checks::write_request(changed));
            const bool other = co_await still_stands();
            CHECK_FALSE(other);
        }
        world.fake.put(folder(world.asked) + "/request", R"({"version":1})");
        const bool broken = co_await still_stands();
        CHECK_FALSE(broken);
        world.fake.put(folder(world.asked) + "/request", checks::write_request(world.asked));
        world.fake.soft_delete(folder(world.asked) + "/request");
        const bool deleted = co_await still_stands();
        CHECK_FALSE(deleted);
    });
}

TEST_CASE("who wrote a record, and of which groups, is Vault's word, never the record's [AC-A19] [AC-A20]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Asked world(executor);
        co_await world.ask();
        world.fake.put(folder(world.asked) + "/approved/e-bob", record(world.asked));
        world.fake.put(folder(world.asked) + "/approved/e-nobody", record(world.asked));
        world.fake.put(folder(world.asked) + "/approved/e-gone", record(world.asked));
        world.fake.put_identity("entity/id/e-gone",
                                R"({"id":"e-gone","name":"gone","disabled":true,"aliases":null,"group_ids":null})");
        ApprovalEvidence evidence = co_await world.look(Scope::answers);
        REQUIRE(evidence.records.size() == 3);
        CHECK(evidence.records[0].entity == "e-bob");
        CHECK(evidence.records[0].login == "bob");
        CHECK(evidence.records[0].names == std::vector<std::string>{"bob", "entity_1"});
        CHECK(evidence.records[0].groups == std::vector<std::string>{"ops"});
        CHECK(evidence.records[0].approves);
        CHECK(evidence.records[1].entity.empty());                       // disabled
        CHECK(evidence.records[2].entity.empty());                       // unknown
        world.fake.soft_delete(folder(world.asked) + "/approved/e-bob"); // taken back
        evidence = co_await world.look(Scope::answers);
        CHECK(evidence.records.size() == 2);
    });
}

TEST_CASE("earlier approvals of the digest until a date are found, and only those [AC-L09] [AC-L10]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Asked world(executor);
        co_await world.ask();
        const auto earlier = [&](std::int64_t job, const std::string& text, bool keep = true) {
            ApprovalRequest before = request(job);
            before.id = checks::request_id(job, before.digest);
            before.created -= 1h;
            if (keep) world.fake.put(folder(before) + "/request", checks::write_request(before));
            world.fake.put(folder(before) + "/approved/e-bob",
                           text.empty() ? record(before, true, before.expires) : text);
            return before;
        };
        const ApprovalRequest good = earlier(700, "");
        earlier(701, record(request(701)));                            // once
        earlier(702, record(request(702), false, seconds_now() + 1h)); // a denial
        earlier(703, record(request(704), true, seconds_now() + 1h));  // another request's nonce
        earlier(705, "", false);                                       // withdrawn
        earlier(706, R"({"decision":"approve"})");
        world.fake.put(hello.text() + "/approvals/12-otherdigest12/approved/e-bob", record(good, true, good.expires));
        const ApprovalEvidence all = co_await world.look();
        REQUIRE(all.records.size() == 1);
        CHECK(all.records[0].nonce == good.nonce);
        CHECK(all.records[0].request_created == good.created);
        CHECK(all.records[0].until == good.expires);
        const ApprovalEvidence own = co_await world.look(Scope::answers);
        CHECK(own.records.empty());
    });
}

TEST_CASE("each later job that an approval serves is counted before it starts, by all hosts together [AC-L09]")
{
    for (const int kv : {1, 2}) {
        on_loop([kv](asio::any_io_executor executor) -> asio::awaitable<void> {
            Asked world(executor, kv);
            ApprovalRequest before = request(700);
            before.id = checks::request_id(700, before.digest);
            world.fake.put(folder(before) + "/request", checks::write_request(before));
            world.fake.put(folder(before) + "/approved/e-bob", record(before, true, before.expires));
            co_await world.ask();
            ApprovalEvidence evidence = co_await world.look();
            REQUIRE(evidence.records.size() == 1);
            CHECK(evidence.records[0].uses == 0);
            checks::Decision decision;
            decision.earlier_requests = {evidence.records[0].request, evidence.records[0].request};
            CHECK(decision.earlier_requests[0] == before.id);
            decision.approval.max_uses = 2;
            bool taken = co_await world.approvals.use(world.asked, decision, in(10s));
            CHECK(taken);
            world.fake.put(folder(before) + "/used/2", R"({"job_id":7})"); // another host's
            evidence = co_await world.look();
            CHECK(evidence.records.at(0).uses == 2);
            taken = co_await world.approvals.use(world.asked, decision, in(10s));
            CHECK_FALSE(taken);
            world.fake.forget(folder(before) + "/used/1"); // what another host writes between our look and our write
            taken = co_await world.approvals.use(world.asked, decision, in(10s));
            CHECK_FALSE(taken);
            decision.earlier_requests.clear(); // answers to its own request use up nothing
            taken = co_await world.approvals.use(world.asked, decision, in(10s));
            CHECK(taken);
            decision.earlier_requests = {before.id};
            decision.approval.max_uses = 9;
            for (const char* path : {"*/used", "*/used/3"}) {
                world.fake.add_fault({.path = path, .times = 9, .status = 503, .body = "{}"});
                const std::string why = co_await fault(world.approvals.use(world.asked, decision, in(10s)));
                world.fake.clear_faults();
                CHECK_FALSE(why.empty());
            }
            world.fake.add_fault({.path = "*/used", .times = 9, .status = 403, .body = "{}"});
            const std::string why = co_await fault(world.look()); // what cannot be counted does not pass as unused
            CHECK_FALSE(why.empty());
        });
    }
}

TEST_CASE("looking again and again does not ask each time who the people are; a decision does")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Asked world(executor);
        co_await world.ask();
        world.fake.put(folder(world.asked) + "/approved/e-bob", record(world.asked));
        const auto lookups = [&] {
            return std::ranges::count_if(world.fake.server().requests(), [](const test::Recorded& request) {
                return request.path().find("/identity/entity/") != std::string::npos;
            });
        };
        for (int i = 0; i < 3; ++i) {
            const ApprovalEvidence seen = co_await world.look(Scope::answers);
            CHECK(seen.records.at(0).login == "bob");
        }
        CHECK(lookups() == 1);
        world.fake.put_identity("entity/id/e-bob", entity("e-bob", "bobby"));
        const ApprovalEvidence fresh = co_await world.look(Scope::everything);
        CHECK(fresh.records.at(0).login == "bobby");
        CHECK(lookups() == 2);
    });
}

TEST_CASE(
    "a login that ends while people are waited for decides nothing: an approval counts once Vault lets the runner in "
    "again [AC-A14]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Asked world(executor);
        co_await world.ask();
        world.fake.put(folder(world.asked) + "/approved/e-bob", record(world.asked));
        const gitlab::Job job = gitlab::decode(payload("echo").dump());
        const auto judged = [&]() -> asio::awaitable<checks::Decision> {
            checks::Decision decision = co_await judge(world.store, job, around(), world.asked, in(10s));
            co_return decision;
        };
        checks::Decision decision = co_await judged();
        CHECK(decision.blame == checks::Blame::job); // as far as policy goes
        for (const unsigned status : {400u, 403u}) {
            world.fake.revoke_all();
            world.fake.add_fault({.path = "*/auth/approle/login", .times = 9, .status = status, .body = "{}"});
            for (const Scope scope : {Scope::answers, Scope::everything}) {
                const std::string why = co_await fault(world.look(scope));
                CHECK_FALSE(why.empty());
            }
            decision = co_await judged();
            CHECK(decision.verdict == checks::Verdict::refuse);
            CHECK(decision.code() == "VLT-AUTH");
            CHECK(decision.blame == checks::Blame::system); // keeps the job waiting
            world.fake.clear_faults();
            const ApprovalEvidence back = co_await world.look();
            CHECK(back.records.size() == 1);
        }
    });
}

TEST_CASE("a record that cannot be understood, or a reply that fails, is never left out")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Asked world(executor);
        co_await world.ask();
        const std::string place = folder(world.asked) + "/approved/";
        world.fake.put(place + "e-bob", R"({"decision":"deny"})");
        std::string why = co_await fault(world.look(Scope::answers));
        CHECK(contains(why, "cannot be understood"));
        world.fake.put(place + "e-bob", record(world.asked));
        const char* const paths[] = {"*/request", "*/approved", "*/approved/e-bob", "*/entity/id/e-bob",
                                     "*/group/id/g-1"};
        for (const char* path : paths) {
            for (const unsigned status : {400u, 403u, 404u, 500u, 503u}) {
                world.fake.add_fault({.path = path, .times = 3, .status = status, .body = "{}"});
                why = co_await fault(world.look(Scope::answers));
                world.fake.clear_faults();
                CAPTURE(path, status);
                CHECK_FALSE(why.empty());
            }
        }
        for (const char* body :
             {R"({"data":{}})", R"({"data":{"id":"e-eve","name":"n","disabled":false,"aliases":[],"group_ids":[]}})",
              R"({"data":{"id":"e-bob","name":"n","aliases":[],"group_ids":[]}})",
              R"({"data":{"id":"e-bob","name":"n","disabled":false,"aliases":[7],"group_ids":[]}})",
              R"({"data":{"id":"e-bob","name":"n","disabled":false,"aliases":[],"group_ids":["../x"]}})"}) {
            world.fake.add_fault({.path = "*/entity/id/e-bob", .status = 200, .body = body});
            why = co_await fault(world.look(Scope::answers));
            world.fake.clear_faults();
            CAPTURE(body);
            CHECK_FALSE(why.empty());
        }
        world.fake.forget(place + "e-bob");
        world.fake.put(place + "..", record(world.asked));
        why = co_await fault(world.look(Scope::answers));
        CHECK_FALSE(why.empty());
    });
}
