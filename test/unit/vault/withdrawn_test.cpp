#include "test/unit/vault/fixture.h"

using namespace ysnp;
using namespace ysnp::test;

namespace {

void refuse_logins(FakeVault& fake)
{
    fake.add_fault(
        {.path = "*/login", .times = -1, .status = 400, .body = R"({"errors":["invalid role or secret ID"]})"});
}

/// A fault counts as not knowing.
asio::awaitable<std::string> withdrawn(vault::Client& client)
{
    try {
        const std::optional<std::string> why = co_await client.withdrawn(soon());
        co_return why.value_or("no");
    } catch (const vault::Fault&) {
    }
    co_return "unknown";
}

} // namespace

TEST_CASE("a login is withdrawn where its token ends before its time and no other is given [AC-A14]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        std::string said = co_await withdrawn(pair.client); // never logged in
        CHECK(said == "no");
        CHECK(pair.fake.server().requests().empty());
        co_await pair.client.log_in(soon());
        said = co_await withdrawn(pair.client);
        CHECK(said == "no");
        pair.fake.revoke_all();
        said = co_await withdrawn(pair.client);
        CHECK(said == "no");
        CHECK(pair.fake.logins() == 2);
        pair.fake.revoke_all();
        refuse_logins(pair.fake);
        for (int i = 0; i < 2; ++i) {
            said = co_await withdrawn(pair.client);
            CHECK(said == "status 400: invalid role or secret ID");
        }
        pair.fake.clear_faults();
        said = co_await withdrawn(pair.client);
        CHECK(said == "no");
    });
}

TEST_CASE("a login is not withdrawn by a Vault that is down or sealed, by a proxy, or by the end of its lease [AC-A14]")
{
    const std::vector<Fault> troubles{{.path = "*", .times = -1, .status = 503, .body = R"({"errors":["sealed"]})"},
                                      {.path = "*", .times = -1, .status = 403, .body = "<html>blocked</html>"},
                                      {.path = "*/login", .times = -1, .status = 502, .body = ""},
                                      {.path = "*/login", .times = -1, .status = 403, .body = "<html>blocked</html>"},
                                      {.path = "*", .times = -1, .cut = Fault::Cut::before_request}};
    for (const Fault& trouble : troubles) {
        on_loop([&trouble](asio::any_io_executor executor) -> asio::awaitable<void> {
            Pair pair(executor);
            co_await pair.client.log_in(soon());
            pair.fake.revoke_all();
            pair.fake.add_fault(trouble);
            const std::string said = co_await withdrawn(pair.client);
            CHECK(said == "unknown");
        });
    }
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVaultOptions options;
        options.lease = 1s;
        Pair pair(executor, options);
        co_await pair.client.log_in(soon());
        co_await sleep_until(in(1050ms));
        pair.fake.revoke_all();
        refuse_logins(pair.fake);
        const std::string said = co_await withdrawn(pair.client);
        CHECK(said == "no");
    });
}

TEST_CASE("a withdrawal is known also where a renewal or a decision met it first [AC-A14]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVaultOptions options;
        options.lease = 1s;
        Pair pair(executor, options);
        TaskGroup tasks(executor);
        co_await pair.client.log_in(soon());
        pair.fake.revoke_all();
        refuse_logins(pair.fake);
        tasks.spawn(pair.client.keep_login());
        const Deadline limit = in(10s);
        const auto tried = [&] { return pair.fake.server().requests().size() >= 4; }; // login, renew, look, login
        while (!tried() && std::chrono::steady_clock::now() < limit) co_await sleep_until(in(10ms));
        std::string said = co_await withdrawn(pair.client);
        CHECK(said == "status 400: invalid role or secret ID");
        tasks.cancel();
        co_await tasks.join();

        Pair other(executor);
        co_await other.client.log_in(soon());
        other.fake.revoke_all();
        refuse_logins(other.fake);
        const vault::Fault fault = co_await fault_of(other.client.read("doc", soon()));
        CHECK(fault.code() == Failure::denied);
        said = co_await withdrawn(other.client);
        CHECK(said == "status 400: invalid role or secret ID");
    });
}
