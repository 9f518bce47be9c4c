#include "test/unit/vault/fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using vault::Auth;

TEST_CASE("another credential is tried over the same connection, given back at once and used for nothing [GATE-A9]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        co_await pair.client.log_in(soon());
        Auth job = login_by(Auth::Method::jwt, pair.fake.url()).auth;
        job.described = "the job's ID token";
        co_await pair.client.try_login(job, soon());
        const auto requests = pair.fake.server().requests();
        REQUIRE(requests.size() == 3);
        CHECK(requests[1].path() == "/v1/auth/jwt/login");
        CHECK(requests[2].path() == "/v1/auth/token/revoke-self");
        CHECK(requests[2].header("X-Vault-Token") == "hvs.token-2");
        CHECK(pair.fake.tokens() == 1);

        job.token = gives("forged.by.somebody");
        const vault::Fault refused = co_await fault_of(pair.client.try_login(job, soon()));
        CHECK(refused.code() == Failure::denied);
        CHECK(std::string(refused.what()).find("forged") == std::string::npos);
        pair.fake.set_sealed(true);
        const vault::Fault unavailable = co_await fault_of(pair.client.try_login(job, soon()));
        CHECK(unavailable.code() == Failure::transient);
        pair.fake.set_sealed(false);
        const vault::Identity ours = co_await pair.client.log_in(soon()); // as before
        CHECK(ours.policies == std::vector<std::string>{"ysnp-runner"});
        CHECK(pair.fake.logins() == 2);
    });
}

TEST_CASE("a tried login that cannot be given back is told and ends by its lease")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        std::string warned;
        Pair pair(executor, {}, [&](vault::Options& options) {
            options.attempts = 1;
            options.warn = [&](std::string_view text) { warned = text; };
        });
        Fault fault;
        fault.path = "/v1/auth/token/revoke-self";
        fault.status = 500;
        pair.fake.add_fault(fault);
        const Auth job = login_by(Auth::Method::jwt, pair.fake.url()).auth;
        co_await pair.client.try_login(job, soon());
        CHECK(warned.find("giving a token back") != std::string::npos);
        CHECK(warned.find("hvs.") == std::string::npos);
    });
}
