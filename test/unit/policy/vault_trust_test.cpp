#include "net/failure.h"
#include "runner/policy/anchor_place.h"
#include "runner/policy/seen_versions.h"
#include "runner/policy/vault_rights.h"
#include "vault/client.h"
#include "vault_world.h"

namespace ysnp::policy {
namespace {

using namespace sample;

/// The fault that leaves a task.
template <class T>
asio::awaitable<std::optional<StoreFault>> fault_from(asio::awaitable<T> task)
{
    try {
        co_await std::move(task);
    } catch (const StoreFault& fault) {
        UNSCOPED_INFO(fault.what() << " -> " << fault.remedy());
        co_return fault;
    }
    co_return std::nullopt;
}

audit::Anchor head(std::uint64_t seq, char digit)
{
    return {{seq, std::string(64, digit), "2026-11-30T04:05:06.007Z"}, "s_0123456789ab", "ci-7"};
}

} // namespace

TEST_CASE("the head of an audit chain is kept in Vault, and only moves forward [AC-L12]")
{
    for (const int kv : {1, 2}) {
        on_loop([kv](asio::any_io_executor executor) -> asio::awaitable<void> {
            World world(executor, {}, 10s, kv);
            AnchorPlace& anchors = *world.store.anchors();
            const auto none = co_await anchors.read("s_0123456789ab", in(10s));
            CHECK_FALSE(none.has_value());
            co_await anchors.write(head(3, 'a'), in(10s));
            co_await anchors.write(head(3, 'a'), in(10s));
            co_await anchors.write(head(7, 'b'), in(10s));
            const auto there = co_await anchors.read("s_0123456789ab", in(10s));
            REQUIRE(there);
            CHECK(there->at.seq == 7);
            CHECK(there->host == "ci-7");
            const auto back = co_await fault_from(anchors.write(head(6, 'c'), in(10s)));
            REQUIRE(back);
            CHECK(back->code() == Failure::conflict);
            const auto other = co_await fault_from(anchors.write(head(7, 'c'), in(10s)));
            REQUIRE(other);
            CHECK(other->found().find("record 7") != std::string::npos);
        });
    }
}

TEST_CASE("a document that is no anchor is an alarm, not an absence")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, {{"ysnprunner/audit/s_0123456789ab", R"({"seq":1})"}});
        const auto fault = co_await fault_from(world.store.anchors()->read("s_0123456789ab", in(10s)));
        REQUIRE(fault);
        CHECK(fault->code() == Failure::invalid);
        CHECK(fault->document() == "ysnprunner/audit/s_0123456789ab");
    });
}

TEST_CASE("a login that could write policy, approvals or Vault's own rules is refused, with the path to close [AC-A12]")
{
    const std::vector<std::string> projects{"acme/tools/*"};
    for (const char* path :
         {"cicd/data/acme/tools/whitelist", "cicd/metadata/acme/tools/ysnprunner-sample/youshallnotpass_config",
          "cicd/data/acme/tools/ysnprunner-sample/ysnp_policy",
          "cicd/data/acme/tools/hello/whitelist", // of a project that exists
          "cicd/data/acme/tools/ysnprunner-sample/approvals/1-ysnprunner/approved/00000000-0000-0000-0000-000000000000",
          "sys/policies/acl/ysnprunner-sample", "auth/approle/role/ysnprunner-sample", "identity/entity-alias"}) {
        for (const char* right : {"create", "update", "patch", "delete", "sudo", "root"}) {
            on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                World world(executor, allowing_documents());
                world.fake.grant(path, {"read", right});
                const auto fault = co_await fault_from(world.store.inspect(projects, in(10s)));
                REQUIRE(fault);
                CHECK(fault->gate_code() == "VLT-CAPS");
                CHECK(fault->found().find(path) != std::string::npos);
                CHECK(fault->remedy().find(path) != std::string::npos);
                const auto decision = co_await world.judge_echo(); // nor does it read anything
                CHECK(decision.code() == "VLT-CAPS");
            });
        }
    }
}

TEST_CASE("a login that only reads is taken, once found out; a root token is not [AC-A12]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, allowing_documents());
        test::Fault down;
        down.path = "/v1/sys/capabilities-self";
        down.status = 503;
        down.times = 2;
        world.fake.add_fault(down);
        const auto fault = co_await fault_from(world.store.inspect({}, in(10s)));
        REQUIRE(fault);
        CHECK(fault->code() == Failure::transient);
        const auto decision = co_await world.judge_echo(); // found out now, before any document is read
        CHECK(decision.allowed());

        vault::Options options = vault_options_for(world.fake.url());
        options.auth.method = vault::Auth::Method::token;
        const std::string root = world.fake.give_token(3600s, {"root"});
        options.auth.token = [root] { return Secret(root); };
        VaultStore as_root(executor, options, {});
        const auto refused = co_await fault_from(as_root.inspect({}, in(10s)));
        REQUIRE(refused);
        CHECK(refused->gate_code() == "VLT-CAPS");
    });
}

TEST_CASE("an older version of a policy document than one seen before refuses until it is accepted here [AC-A22]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const test::TempDir folder;
        asio::thread_pool pool(1);
        const auto seen = std::make_shared<SeenVersions>(pool, versions_file(folder.path()));
        const auto documents = allowing_documents();
        World world(executor, documents);
        world.fake.put("acme/tools/hello/whitelist", documents.at("acme/tools/hello/whitelist")); // version 2
        vault::Options options = vault_options_for(world.fake.url());
        const gitlab::Job job = gitlab::decode(payload("echo").dump());
        const Surroundings surroundings = around();
        {
            VaultStore store(executor, options, {}, seen);
            const auto decision = co_await judge(store, job, surroundings, in(20s));
            CHECK(decision.allowed());
        }
        // Vault is brought back from an older snapshot
        const std::string place = place_of(options);
        std::vector<state::SeenVersion> now{{"cicd/acme/tools/hello/whitelist", 1}};
        const auto stale = co_await fault_from(seen->check(place, now));
        REQUIRE(stale);
        CHECK(stale->gate_code() == "POL-STALE");
        CHECK(stale->remedy().find("accept-rollback cicd/acme/tools/hello/whitelist") != std::string::npos);
        state::VersionFile(versions_file(folder.path())).forget(place, "cicd/acme/tools/hello/whitelist");
        const auto accepted = co_await fault_from(seen->check(place, now));
        CHECK_FALSE(accepted.has_value());
        pool.join();
    });
}

TEST_CASE("a decision on an older document is refused as such [AC-A22]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const test::TempDir folder;
        asio::thread_pool pool(1);
        const auto documents = allowing_documents();
        World world(executor, documents);
        const vault::Options options = vault_options_for(world.fake.url());
        state::VersionFile(versions_file(folder.path()))
            .look(place_of(options), {{"cicd/acme/tools/hello/whitelist", 9}});
        VaultStore store(executor, options, {}, std::make_shared<SeenVersions>(pool, versions_file(folder.path())));
        const gitlab::Job job = gitlab::decode(payload("echo").dump());
        const Surroundings surroundings = around();
        const auto decision = co_await judge(store, job, surroundings, in(20s));
        CHECK_FALSE(decision.allowed());
        CHECK(decision.code() == "POL-STALE");
        CHECK(decision.reasons.at(0).found == "version 1");
        pool.join();
    });
}

TEST_CASE("where the runner writes scratch codes no project has its policy [AC-A12] [INV-12]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, allowing_documents());
        const ProjectPath among_codes("acme/tools/scratch/hello");
        const auto documents = co_await world.store.read(among_codes, in(10s));
        CHECK_FALSE(documents.project_whitelist.text); // an ordinary name where there are no codes
        world.store.accept_scratch_codes("https://vault.example.test");
        std::string code;
        try {
            co_await world.store.read(among_codes, in(10s));
        } catch (const StoreFault& fault) {
            code = fault.gate_code();
        }
        CHECK(code == "VLT-CAPS");
        const auto others = co_await world.store.read(hello, in(10s));
        CHECK(others.project_whitelist.text);
    });
}

TEST_CASE("the wildcards of gate.projects become projects to ask about")
{
    CHECK(sample_projects({}) == std::vector<std::string>{"ysnprunner-sample/ysnprunner-sample"});
    CHECK(sample_projects({"acme/**", "acme/shop", "*"}) ==
          std::vector<std::string>{"acme/ysnprunner-sample", "acme/shop", "ysnprunner-sample/ysnprunner-sample"});
}

} // namespace ysnp::policy
