#include "vault_world.h"
#include <algorithm>
#include <set>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using checks::Verdict;
using test::FakeVault;

TEST_CASE(
    "a job is allowed by documents in Vault as by the same ones in files, on both KV versions [GATE-A7] [GATE-A8]")
{
    const auto documents = allowing_documents();
    for (const int kv : {1, 2}) {
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            World world(executor, documents, 10s, kv);
            const checks::Documents read = co_await world.store.read(hello, in(10s));
            CHECK(nlohmann::json::parse(*read.project_whitelist.text) ==
                  nlohmann::json::parse(documents.at("acme/tools/hello/whitelist")));
            CHECK(read.project_whitelist.path == "cicd/acme/tools/hello/whitelist");
            CHECK(read.namespace_config.text == R"({"logger":{"name":"console"}})");
            CHECK_FALSE(read.project_policy.text);
            REQUIRE(read.parent_policies.size() == 2);
            CHECK(read.parent_policies[0].path == "cicd/acme/tools/ysnp_policy");
            CHECK(read.parent_policies[1].path == "cicd/acme/ysnp_policy");
            CHECK((kv == 2 ? read.project_whitelist.revision == "v1" : read.project_whitelist.revision.size() == 12));
            const checks::Decision decision = co_await world.judge_echo();
            INFO(checks::render_json(decision));
            CHECK(decision.verdict == Verdict::pass);
        });
    }
}

TEST_CASE("a decision asks Vault in two waves the first time after login, then in one")
{
    const auto documents = allowing_documents();
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, documents);
        co_await world.store.read(hello, in(10s));
        std::vector<std::string> paths;
        for (const auto& request : world.fake.server().requests()) paths.emplace_back(request.path());
        REQUIRE(paths.size() == 9);
        CHECK(paths[0] == "/v1/auth/approle/login");
        CHECK(paths[1] == "/v1/sys/internal/ui/mounts/cicd");
        CHECK(std::set<std::string>(paths.begin() + 2, paths.end()).size() == 7);
        world.fake.server().clear();
        world.fake.hold("*/data/*", 7); // whoever asks one after the other waits for ever
        co_await world.store.read(hello, in(10s));
        CHECK(world.fake.server().requests().size() == 7);
    });
}

TEST_CASE("documents are fresh each time: a whitelist that was tightened refuses the next job [AC-A21]")
{
    const auto documents = allowing_documents();
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, documents);
        const checks::Decision before = co_await world.judge_echo();
        CHECK(before.verdict == Verdict::pass);
        CHECK(before.policy_revision.find("v1") != std::string::npos);
        world.fake.put("acme/tools/hello/whitelist", R"({"allowed_scripts":[]})");
        const checks::Decision after = co_await world.judge_echo();
        CHECK(after.verdict == Verdict::refuse);
        CHECK(after.policy_revision.find("v2") != std::string::npos);
    });
}

TEST_CASE("a document that is denied, deleted or broken never falls back to another one [AC-A02] [AC-A03] [AC-A07]")
{
    const auto documents = allowing_documents();
    const std::string config = "acme/tools/hello/youshallnotpass_config";
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        World denied(executor, documents);
        denied.fake.deny(config);
        const checks::Decision no_right = co_await denied.judge_echo();
        CHECK(no_right.verdict == Verdict::refuse);
        CHECK(no_right.code() == "VLT-AUTH");
        REQUIRE_FALSE(no_right.reasons.empty());
        CHECK(no_right.reasons[0].document == "cicd/" + config);
        CHECK(no_right.reasons[0].remedy.find("grant read on cicd/data/" + config) == 0);

        World deleted(executor, documents);
        deleted.fake.soft_delete(config);
        const checks::Decision gone = co_await deleted.judge_echo();
        CHECK(gone.verdict == Verdict::refuse);
        CHECK(gone.code() == "POL-MISSING");

        World broken(executor, documents);
        broken.fake.put(config, R"({"jobs":"all"})");
        const checks::Decision wrong = co_await broken.judge_echo();
        CHECK(wrong.verdict == Verdict::refuse);
        CHECK(wrong.code() == "POL-SCHEMA");
    });
}

TEST_CASE("a root token reads no policy [AC-A12]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVault fake(executor);
        const std::string root = fake.give_token(0s, {"root"});
        vault::Options options = vault_options_for(fake.url());
        options.auth.method = vault::Auth::Method::token;
        options.auth.token = [root] { return Secret(root); };
        VaultStore store(executor, std::move(options), {});
        const checks::JobFacts facts = sample::facts(payload("echo"));
        const checks::Decision decision = co_await judge(store, facts, in(10s));
        CHECK(decision.verdict == Verdict::refuse);
        CHECK(decision.code() == "VLT-CAPS");
        CHECK(decision.reasons[0].found == "a root token");
    });
}

TEST_CASE("with job_id_token each job logs in with its own token, reads only, and gives the login back [GATE-A9]")
{
    const auto documents = allowing_documents();
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVault fake(executor);
        for (const auto& [path, text] : documents) fake.put(path, text);
        vault::Options options = vault_options_for(fake.url());
        options.auth.method = vault::Auth::Method::token_of_job;
        options.auth.mount = "jwt";
        options.auth.role = "runner";
        VaultStore store(executor, std::move(options),
                         {.variable = "VAULT_ID_TOKEN", .mount = {}, .role = {}, .audience = {}});
        store.start();

        gitlab::Job job = gitlab::decode(payload("echo").dump());
        const Surroundings surroundings = around();
        const checks::Decision without = co_await judge(store, job, surroundings, in(10s));
        CHECK(without.verdict == Verdict::refuse);
        CHECK(without.code() == "VLT-AUTH");
        CHECK(fake.server().requests().empty());

        gitlab::Variable token;
        token.key = "VAULT_ID_TOKEN";
        token.value = "header.payload.signature";
        token.masked = true;
        job.variables.push_back(token);
        const std::unique_ptr<Store> own = store.for_job(job);
        REQUIRE(own);
        CHECK(own->approvals() == nullptr);
        CHECK(own->without_approvals().find("gate.vault.auth.method") != std::string::npos);
        const checks::Documents read = co_await own->read(hello, in(10s));
        CHECK(read.project_whitelist.text);
        CHECK(fake.logins() == 1);
        CHECK(fake.tokens() == 0);
        for (const auto& request : fake.server().requests())
            CHECK((request.method == "GET" || request.path().starts_with("/v1/auth/")));

        job.variables.back().value = "forged.by.somebody";
        const std::unique_ptr<Store> forged = store.for_job(job);
        bool refused = false;
        try {
            co_await forged->read(hello, in(10s));
        } catch (const StoreFault& fault) {
            refused = fault.code() == Failure::denied;
        }
        CHECK(refused);
        co_await store.stop(in(10s));
    });
}

TEST_CASE("a store that was started keeps its login, and gives it back when it stops")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, {});
        world.store.start();
        const Deadline limit = in(10s);
        while (world.fake.logins() == 0 && std::chrono::steady_clock::now() < limit) co_await sleep_until(in(5ms));
        CHECK(world.fake.tokens() == 1);
        co_await world.store.read(hello, in(10s));
        CHECK(world.fake.logins() == 1);
        co_await world.store.stop(in(10s));
        CHECK(world.fake.tokens() == 0);
    });
}

TEST_CASE("the configuration's words become the client's options")
{
    conf::Vault settings;
    settings.address = "https://vault.example.com:8200";
    settings.ca_file = "/etc/ca.pem";
    settings.vault_namespace = "team";
    settings.mount = "cicd";
    settings.kv_version = 1;
    settings.timeout = 7s;
    settings.auth.method = conf::VaultAuth::Method::cert;
    settings.auth.mount = "cert";
    settings.auth.cert_file = "/etc/c.pem";
    settings.auth.key_file = "/etc/k.pem";
    const vault::Options options = vault_options(settings, {});
    CHECK(options.address == settings.address);
    CHECK(options.tls.ca_file == "/etc/ca.pem");
    CHECK(options.tls.cert_file == "/etc/c.pem");
    CHECK(options.tls.key_file == "/etc/k.pem");
    CHECK(options.vault_namespace == "team");
    CHECK(options.kv_version == 1);
    CHECK(options.timeout == 7s);
    CHECK(options.access == vault::Access::read_write); // requests and anchors

    const test::TempDir folder;
    settings.auth.method = conf::VaultAuth::Method::token_file;
    settings.auth.token_file = folder / "token";
    std::ofstream(folder / "token") << "hvs.abc\n";
    std::filesystem::permissions(folder / "token", std::filesystem::perms::owner_read);
    const vault::Options by_token = vault_options(settings, {});
    CHECK(by_token.auth.token().reveal() == "hvs.abc");
    std::filesystem::permissions(folder / "token", std::filesystem::perms::all);
    CHECK_THROWS_AS(by_token.auth.token(), std::system_error);
}
