#include "asked.h"
#include <algorithm>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;

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

TEST_CASE("an approval until a date serves no job of another GitLab that uses the same project path [AC-L09]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Asked world(executor);
        co_await world.ask();
        ApprovalRequest before = request(700);
        before.id = checks::request_id(700, before.digest);
        const auto found = [&](const std::string& origin) -> asio::awaitable<std::size_t> {
            before.gitlab = origin;
            world.fake.put(folder(before) + "/request", checks::write_request(before));
            world.fake.put(folder(before) + "/approved/e-bob", record(before, true, before.expires));
            const ApprovalEvidence all = co_await world.look();
            co_return all.records.size();
        };
        const std::size_t same = co_await found(world.asked.gitlab);
        CHECK(same == 1);
        const std::size_t other = co_await found("https://gitlab.evil.example");
        CHECK(other == 0);
    });
}
