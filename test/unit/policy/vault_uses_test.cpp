#include "asked.h"
#include "runner/policy/grant.h"
#include <algorithm>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;

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
            checks::Decision started;
            started.approved_by.resize(1);
            started.approved_by[0].login = "bob";
            co_await world.approvals.granted(before, started, in(10s)); // its own job is no later one
            const test::Recorded note = world.fake.server().requests().back();
            CHECK(note.path().ends_with(grant_path(hello.text(), before.id)));
            const auto body = nlohmann::json::parse(note.body);
            const std::string text = (kv == 2 ? body["data"] : body).dump();
            REQUIRE(read_grant(text, before));
            CHECK(read_grant(text, before)->by == std::vector<std::string>{"bob"});
            CHECK_FALSE(read_grant(text, request(701)));
            world.fake.put(folder(before) + "/used/2", R"({"job_id":7})"); // another host's
            evidence = co_await world.look();
            CHECK(evidence.records.at(0).uses == 2);
            taken = co_await world.approvals.use(world.asked, decision, in(10s));
            CHECK_FALSE(taken);
            if (kv == 2) { // what another host writes between our look and our write
                world.fake.add_fault({.path = "*/used", .times = 1, .status = 200, .body = R"({"data":{"keys":[]}})"});
                taken = co_await world.approvals.use(world.asked, decision, in(10s));
                CHECK_FALSE(taken);
            }
            world.fake.forget(folder(before) + "/used/1"); // somebody gives one back
            taken = co_await world.approvals.use(world.asked, decision, in(10s));
            CHECK(taken);
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
            evidence = co_await world.look();
            CHECK(evidence.records.empty()); // what may not be counted serves no other job
            world.fake.clear_faults();
            world.fake.add_fault({.path = "*/used", .times = 9, .status = 503, .body = "{}"});
            const std::string why = co_await fault(world.look());
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
