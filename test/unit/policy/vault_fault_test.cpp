#include "damage.h"
#include "runner/policy/seen_versions.h"
#include "vault_world.h"
#include <boost/asio/thread_pool.hpp>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using checks::Verdict;
using test::Fault;

namespace {

/// The requests of a whole decision, in the order they came.
std::vector<std::string> requests_of_a_decision(const std::map<std::string, std::string>& documents)
{
    std::vector<std::string> paths;
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, documents);
        const checks::Decision decision = co_await world.judge_echo();
        CHECK(decision.verdict == Verdict::pass);
        for (const auto& request : world.fake.server().requests()) paths.emplace_back(request.path());
    });
    return paths;
}

} // namespace

TEST_CASE("whatever any single request to Vault suffers, nothing passes [AC-A01] [AC-A02] [AC-A03] [AC-A08] [INV-3] "
          "[GATE-W12] [GATE-W15]")
{
    const auto documents = allowing_documents();
    const auto paths = requests_of_a_decision(documents);
    REQUIRE(paths.size() == 9); // login, engine, seven documents
    for (const Damage& damage : damages()) {
        for (const std::string& path : paths) {
            on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                INFO(damage.name << " at " << path);
                World world(executor, documents, damage.name == "no answer" ? 40ms : 10s);
                Fault fault = damage.fault;
                fault.path = path;
                fault.times = -1;
                world.fake.add_fault(fault);
                const checks::Decision decision = co_await world.judge_echo();
                INFO(checks::render_json(decision));
                CHECK(decision.verdict == Verdict::refuse);
                CHECK(decision.blame == checks::Blame::system);
                CHECK(damage.codes.contains(decision.code()));
            });
        }
    }
}

TEST_CASE("a fault that happens once either heals to the true policy or refuses; it never widens it")
{
    const auto allowing = allowing_documents();
    auto refusing = allowing;
    refusing["acme/tools/hello/whitelist"] = R"({"allowed_scripts":[]})";
    const auto paths = requests_of_a_decision(allowing);
    for (const Damage& damage : damages()) {
        if (damage.name == "no answer") continue;
        for (const std::string& path : paths) {
            on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                INFO(damage.name << " once at " << path);
                World world(executor, refusing);
                Fault fault = damage.fault;
                fault.path = path;
                world.fake.add_fault(fault);
                const checks::Decision decision = co_await world.judge_echo();
                CHECK(decision.verdict == Verdict::refuse);
            });
        }
    }
}

TEST_CASE("a decision says which versions of which documents it was made from")
{
    const auto documents = allowing_documents();
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, documents);
        world.fake.put("acme/tools/hello/whitelist", R"({"allowed_scripts":[]})");
        for (int version = 1; version <= 3; ++version) world.fake.put("acme/ysnp_policy", R"({"version":1})");
        const checks::Decision decision = co_await world.judge_echo();
        CHECK(decision.verdict == Verdict::refuse);
        CHECK(decision.policy_revision == "v1,v2,v1,v1,-,-,v3"); // the groups' own come last, nearest first
    });
}

TEST_CASE("an answer that was true before, at any document, is refused as an older version [AC-A22] [GATE-W12]")
{
    const auto documents = allowing_documents();
    asio::thread_pool pool(1);
    for (const auto& [path, text] : documents) {
        const test::TempDir folder;
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            INFO(path);
            test::FakeVault fake(executor);
            for (const auto& [each, first] : documents) fake.put(each, first);
            for (const auto& [each, first] : documents) fake.put(each, first);
            const auto seen = std::make_shared<SeenVersions>(pool, folder / "versions"); // shared with the store
            VaultStore store(executor, vault_options_for(fake.url()), {}, seen);
            const gitlab::Job job = gitlab::decode(payload("echo").dump());
            const Surroundings surroundings = around();
            const checks::Decision fresh = co_await judge(store, job, surroundings, in(20s));
            CHECK(fresh.verdict == Verdict::pass);
            Fault stale;
            stale.path = "*/data/" + path;
            stale.times = -1;
            stale.status = 200;
            stale.body =
                R"({"data":{"data":)" + text +
                R"(,"metadata":{"version":1,"created_time":"2026-07-14T09:30:02Z","deletion_time":"","destroyed":false}}})";
            fake.add_fault(stale);
            const checks::Decision decision = co_await judge(store, job, surroundings, in(20s));
            CHECK(decision.verdict == Verdict::refuse);
            CHECK(decision.code() == "POL-STALE");
            fake.clear_faults();
            stale.times = 1; // a read that was overtaken by another one, while somebody wrote
            fake.add_fault(stale);
            const checks::Decision overtaken = co_await judge(store, job, surroundings, in(20s));
            CHECK(overtaken.verdict == Verdict::pass);
        });
    }
}
