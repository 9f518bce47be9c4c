#include "test/unit/vault/fixture.h"
#include "test/unit/vault/live_server.h"
#include "vault/wrapped.h"
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::test;
using nlohmann::json;

namespace {

constexpr const char* place = "auth/approle/role/runner/secret-id";

/// Options of a client whose secret id comes wrapped; `shared` is what the clients of one process share.
vault::Options wrapped_options(const FakeVault& fake, std::string token, std::shared_ptr<vault::WrappedSecretId> shared)
{
    vault::Options options = options_for(fake.url());
    options.auth.role = "runner";
    options.auth.secret_id = gives(std::move(token));
    options.auth.wrapped = std::move(shared);
    return options;
}

} // namespace

TEST_CASE("a wrapped secret id is unwrapped once, and serves every login of the process")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVault fake(executor);
        const auto shared = std::make_shared<vault::WrappedSecretId>(executor);
        const std::string token = fake.wrap("secret-id-of-runner", place);
        vault::Client first(executor, wrapped_options(fake, token, shared));
        vault::Client second(executor, wrapped_options(fake, token, shared));
        co_await first.log_in(soon());
        co_await second.log_in(soon());
        fake.revoke_all();
        fake.put("doc", "{\"a\":1}");
        co_await first.read("doc", soon()); // logs in again
        CHECK(fake.logins() == 3);
        std::size_t unwrapped = 0;
        for (const Recorded& request : fake.server().requests()) {
            if (request.path() == "/v1/sys/wrapping/unwrap") ++unwrapped;
            CHECK((request.header("X-Vault-Token") == token) == (request.path() == "/v1/sys/wrapping/unwrap"));
        }
        CHECK(unwrapped == 1);
    });
}

TEST_CASE("a new token in the file takes the place of one that was used")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVault fake(executor);
        const auto shared = std::make_shared<vault::WrappedSecretId>(executor);
        std::string token = fake.wrap("secret-id-of-runner", place);
        vault::Options options = wrapped_options(fake, "", shared);
        options.auth.secret_id = [&token] { return Secret(token); };
        vault::Client client(executor, options);
        co_await client.log_in(soon());
        token = fake.wrap("secret-id-of-runner", place);
        fake.revoke_all();
        fake.put("doc", "{\"a\":1}");
        co_await client.read("doc", soon());
        CHECK(fake.logins() == 2);
        const vault::Fault used = co_await fault_of(
            vault::Client(executor, wrapped_options(fake, token, std::make_shared<vault::WrappedSecretId>(executor)))
                .log_in(soon()));
        CHECK(used.code() == Failure::denied);
    });
}

TEST_CASE("a wrapping token that somebody has used, or that wraps something else, is a theft to look into [AC-A13]")
{
    struct Case {
        const char* creation_path;
        const char* found;
    };
    for (const Case& one : {Case{"auth/approle/role/other/secret-id", "wraps an answer of auth/approle/role/other"},
                            Case{"auth/token/create", "wraps an answer of auth/token/create"},
                            Case{"sys/wrapping/wrap", "wraps an answer of sys/wrapping/wrap"},
                            Case{"auth/approle/role/runner/custom-secret-id", "custom-secret-id"},
                            Case{nullptr, "unwrapped already or has expired"}}) {
        on_loop([one](asio::any_io_executor executor) -> asio::awaitable<void> {
            FakeVault fake(executor);
            const std::string token =
                one.creation_path == nullptr ? "hvs.used" : fake.wrap("secret-id-of-runner", one.creation_path);
            vault::Client client(executor,
                                 wrapped_options(fake, token, std::make_shared<vault::WrappedSecretId>(executor)));
            const vault::Fault fault = co_await fault_of(client.log_in(soon()));
            CHECK(fault.code() == Failure::denied);
            CHECK(fault.found().find(one.found) != std::string::npos);
            CHECK(fault.remedy().find("possibly stolen") != std::string::npos);
            CHECK(std::string(fault.what()).find(token) == std::string::npos);
            CHECK(fake.logins() == 0);
        });
    }
}

TEST_CASE("a real Vault: a wrapped secret id logs in, and is good once [AC-A13]")
{
    if (LiveServer::program().empty()) SKIP("no real Vault: set YSNP_VAULTD to what test/vault/vaultd.sh prints");
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const std::unique_ptr<LiveServer> server = co_await LiveServer::start(executor);
        co_await server->administer("POST", "sys/auth/approle", R"({"type":"approle"})");
        co_await server->administer("POST", "auth/approle/role/runner", R"({"token_ttl":"1m"})");
        const std::string role = co_await server->administer("GET", "auth/approle/role/runner/role-id");
        const std::string plain = co_await server->administer("POST", "auth/approle/role/runner/secret-id", "{}");
        const std::string secret = json::parse(plain).at("data").at("secret_id");
        for (const bool of_role : {true, false}) {
            // what the role's own path made cannot be asked for by this client; wrapping it by hand has another path
            const std::string wrapped =
                co_await server->wrapped(of_role ? "auth/approle/role/runner/secret-id" : "sys/wrapping/wrap",
                                         of_role ? "{}" : json{{"secret_id", secret}}.dump());
            vault::Options options = server->options("cicd");
            options.auth.role = "runner";
            options.auth.role_id = gives(json::parse(role).at("data").at("role_id").get<std::string>());
            options.auth.secret_id = gives(wrapped);
            options.auth.wrapped = std::make_shared<vault::WrappedSecretId>(executor);
            vault::Client client(executor, options);
            if (of_role) co_await client.log_in(soon());
            options.auth.wrapped = std::make_shared<vault::WrappedSecretId>(executor); // as after a restart
            vault::Client again(executor, options);
            const vault::Fault fault = co_await fault_of(again.log_in(soon()));
            CHECK(fault.code() == Failure::denied);
            CHECK(fault.found().find(of_role ? "unwrapped already" : "sys/wrapping/wrap") != std::string::npos);
        }
    });
}
