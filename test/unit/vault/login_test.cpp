#include "test/unit/vault/fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using vault::Auth;
using vault::Document;

TEST_CASE("each way to log in brings a token, sent in its header and never asked for twice")
{
    for (const auto method : {Auth::Method::approle, Auth::Method::jwt, Auth::Method::userpass, Auth::Method::cert}) {
        on_loop([method](asio::any_io_executor executor) -> asio::awaitable<void> {
            FakeVault fake(executor);
            fake.put("doc", R"({"a":1})");
            vault::Client client(executor, login_by(method, fake.url()));
            const vault::Identity identity = co_await client.log_in(soon());
            CHECK(identity.policies == std::vector<std::string>{"ysnp-runner"});
            CHECK(identity.entity_id == "entity-1");
            CHECK_FALSE(identity.is_root());
            co_await client.read("doc", soon());
            co_await client.read("doc", soon());
            CHECK(fake.logins() == 1);
            for (const Recorded& request : fake.server().requests()) {
                const bool is_login = request.path().starts_with("/v1/auth/");
                CHECK(request.header("X-Vault-Token") == (is_login ? "" : "hvs.token-1"));
                CHECK(request.header("X-Vault-Request") == "true");
                CHECK(request.header("X-Vault-Namespace").empty());
            }
            co_await client.revoke(soon());
            CHECK(fake.tokens() == 0);
        });
    }
}

TEST_CASE("a wrong credential is a denial that names where it came from, and never its value")
{
    for (const auto method : {Auth::Method::approle, Auth::Method::jwt, Auth::Method::userpass}) {
        on_loop([method](asio::any_io_executor executor) -> asio::awaitable<void> {
            FakeVault fake(executor);
            vault::Options options = login_by(method, fake.url());
            options.auth.secret_id = gives("hunter2-secret");
            options.auth.token = gives("hunter2-secret");
            vault::Client client(executor, std::move(options));
            const vault::Fault fault = co_await fault_of(client.read("doc", soon()));
            CHECK(fault.code() == Failure::denied);
            CHECK(fault.asked() == "logging in with the AppRole of /etc/role");
            const std::string said = std::string(fault.what()) + fault.remedy();
            CHECK(said.find("hunter2") == std::string::npos);
            CHECK(fake.logins() == 0);
        });
    }
}

TEST_CASE("neither token nor JWT: refused with what to do, and nothing is sent [GATE-A9]")
{
    for (const auto method :
         {Auth::Method::jwt, Auth::Method::token, Auth::Method::token_of_job, Auth::Method::approle}) {
        on_loop([method](asio::any_io_executor executor) -> asio::awaitable<void> {
            FakeVault fake(executor);
            vault::Options options = login_by(method, fake.url());
            options.auth.token = gives("");
            options.auth.role_id = nullptr;
            vault::Client client(executor, std::move(options));
            const vault::Fault fault = co_await fault_of(client.read("doc", soon()));
            CHECK(fault.code() == Failure::denied);
            CHECK(fault.found().starts_with("no "));
            CHECK(fake.server().requests().empty());
        });
    }
}

TEST_CASE("a credential that cannot be read says which file and why")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, {}, [](vault::Options& options) {
            options.auth.secret_id = []() -> Secret {
                throw std::system_error(make_error_code(Error::invalid_value), "/etc/secret-id: others may read it");
            };
        });
        const vault::Fault fault = co_await fault_of(pair.client.log_in(soon()));
        CHECK(fault.code() == Failure::denied);
        CHECK(fault.found().find("/etc/secret-id: others may read it") != std::string::npos);
    });
}

TEST_CASE("many who need a login at once share one, and share its failure")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        pair.fake.put("a", R"({"a":1})");
        pair.fake.add_fault({.path = "*/login", .delay = 50ms});
        TaskGroup readers(executor);
        int done = 0;
        for (int i = 0; i < 20; ++i)
            readers.spawn([](vault::Client& client, int& count) -> asio::awaitable<void> {
                co_await client.read("a", soon());
                ++count;
            }(pair.client, done));
        co_await readers.join();
        CHECK(done == 20);
        CHECK(pair.fake.logins() == 1);

        pair.fake.revoke_all();
        pair.fake.server().clear();
        pair.fake.add_fault(
            {.path = "*/login", .times = -1, .delay = 50ms, .status = 400, .body = R"({"errors":["x"]})"});
        int refused = 0;
        for (int i = 0; i < 20; ++i)
            readers.spawn([](vault::Client& client, int& count) -> asio::awaitable<void> {
                try {
                    co_await client.read("a", soon());
                } catch (const vault::Fault& fault) {
                    count += fault.code() == Failure::denied ? 1 : 0;
                }
            }(pair.client, refused));
        co_await readers.join();
        CHECK(refused == 20);
    });
}

TEST_CASE("a revoked token leads to one new login; a right that is missing leads to none [AC-A14] [AC-A02]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        pair.fake.put("open", R"({"a":1})");
        pair.fake.put("closed", R"({"a":1})");
        pair.fake.deny("closed");
        co_await pair.client.read("open", soon());
        pair.fake.revoke_all();
        const Document found = co_await pair.client.read("open", soon());
        CHECK(found.text);
        CHECK(pair.fake.logins() == 2);

        const vault::Fault fault = co_await fault_of(pair.client.read_all({"open", "closed"}, soon()));
        CHECK(fault.code() == Failure::denied);
        CHECK(fault.asked() == "reading cicd/closed");
        CHECK(fault.remedy() == "grant read on cicd/data/closed to this login's policy");
        CHECK(pair.fake.logins() == 2);

        pair.fake.add_fault(
            {.path = "*/data/open", .times = -1, .status = 403, .body = R"({"errors":["permission denied"]})"});
        pair.fake.revoke_all();
        const vault::Fault still = co_await fault_of(pair.client.read("open", soon()));
        CHECK(still.code() == Failure::denied);
        CHECK(pair.fake.logins() == 3); // once more, not for ever
    });
}

TEST_CASE("a token file is read again when it changes; its token is never revoked by us [AC-A14]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVault fake(executor);
        fake.put("doc", R"({"a":1})");
        std::string held = fake.give_token(3600s);
        vault::Options options = options_for(fake.url());
        options.auth.method = Auth::Method::token;
        options.auth.token = [&held] { return Secret(held); };
        vault::Client client(executor, std::move(options));
        co_await client.read("doc", soon());
        CHECK(fake.server().requests().back().header("X-Vault-Token") == held);
        held = fake.give_token(3600s);
        co_await client.read("doc", soon());
        CHECK(fake.server().requests().back().header("X-Vault-Token") == held);
        co_await client.revoke(soon());
        CHECK(fake.tokens() == 2);

        fake.revoke_all();
        const vault::Fault fault = co_await fault_of(client.read("doc", soon()));
        CHECK(fault.code() == Failure::denied);
        CHECK(fault.remedy().find("put a new one there") != std::string::npos);
        held = fake.give_token(3600s);
        const Document found = co_await client.read("doc", soon());
        CHECK(found.text);
        CHECK(fake.logins() == 0);
    });
}

TEST_CASE("answers to a login that are none are refused")
{
    const char* answers[] = {"{}",
                             R"({"auth":null})",
                             R"({"auth":{"client_token":"","lease_duration":1}})",
                             R"({"auth":{"client_token":7,"lease_duration":1}})",
                             R"({"auth":{"client_token":"x"}})",
                             R"({"auth":{"client_token":"x","lease_duration":"1"}})",
                             R"({"auth":{"client_token":"x","lease_duration":-1}})",
                             R"({"auth":{"client_token":"x","lease_duration":1,"policies":"root"}})",
                             R"({"auth":{"client_token":"x","lease_duration":1,"policies":[1]}})",
                             R"({"auth":{"client_token":"","mfa_requirement":{"mfa_request_id":"1"}}})",
                             R"({"auth":null,"wrap_info":{"token":"hvs.wrapping"}})",
                             "<html>"};
    for (const char* answer : answers) {
        on_loop([answer](asio::any_io_executor executor) -> asio::awaitable<void> {
            INFO(answer);
            Pair pair(executor);
            pair.fake.add_fault({.path = "*/login", .times = -1, .status = 200, .body = answer});
            const vault::Fault fault = co_await fault_of(pair.client.log_in(soon()));
            CHECK((fault.code() == Failure::protocol || fault.code() == Failure::denied));
            CHECK(std::string(fault.what()).find("hvs.") == std::string::npos);
        });
    }
}

TEST_CASE("a namespace travels with every request")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVaultOptions fake;
        fake.vault_namespace = "team/ci";
        Pair pair(executor, fake, [](vault::Options& options) { options.vault_namespace = "team/ci"; });
        pair.fake.put("doc", R"({"a":1})");
        const Document found = co_await pair.client.read("doc", soon());
        CHECK(found.text);
        for (const Recorded& request : pair.fake.server().requests())
            CHECK(request.header("X-Vault-Namespace") == "team/ci");
    });
}

TEST_CASE("who we are and what we may do is Vault's own word")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        pair.fake.deny("closed");
        const vault::Identity identity = co_await pair.client.identity(soon());
        CHECK(identity.display_name == "approle");
        CHECK(identity.lease == 3600s);
        const auto rights = co_await pair.client.capabilities({"open", "closed"}, soon());
        CHECK(rights.at("open") == std::vector<std::string>{"read"});
        CHECK(rights.at("closed") == std::vector<std::string>{"deny"});
    });
}

TEST_CASE("an address that would send credentials in the clear, or is none, makes no client [AC-A11]")
{
    asio::io_context context;
    for (const char* address : {"http://vault.example.com:8200", "ftp://x", "vault", "", "unix:///run/vault.sock"}) {
        vault::Options options = options_for(address);
        INFO(address);
        CHECK_THROWS_AS(vault::Client(context.get_executor(), std::move(options)), vault::Fault);
    }
    CHECK_NOTHROW(vault::Client(context.get_executor(), options_for("https://vault.example.com:8200")));
    vault::Options options = options_for("https://vault.example.com:8200");
    options.mount = "../sys";
    CHECK_THROWS_AS(vault::Client(context.get_executor(), std::move(options)), vault::Fault);
}
