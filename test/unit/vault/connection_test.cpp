#include "test/double/certificate.h"
#include "test/unit/vault/fixture.h"
#include <cstdlib>
#include <fstream>

using namespace ysnp;
using namespace ysnp::test;
using vault::Document;

namespace {

struct Trouble {
    std::string name;
    Fault fault;
    Failure failure;
};

std::vector<Trouble> troubles()
{
    const std::string sealed = R"({"errors":["Vault is sealed"]})";
    return {{"sealed", {.times = -1, .status = 503, .body = sealed}, Failure::transient},
            {"standby", {.times = -1, .status = 473, .body = "{}"}, Failure::transient},
            {"rate limit", {.times = -1, .status = 429, .body = R"({"errors":["rate limit"]})"}, Failure::transient},
            {"500", {.times = -1, .status = 500, .body = R"({"errors":["internal error"]})"}, Failure::transient},
            {"502 of a proxy", {.times = -1, .status = 502, .body = "<html>"}, Failure::transient},
            {"closed", {.times = -1, .cut = Fault::Cut::before_request}, Failure::transient},
            {"cut off", {.times = -1, .cut = Fault::Cut::inside_reply}, Failure::transient},
            {"no HTTP", {.times = -1, .raw = "SSH-2.0-OpenSSH\r\n"}, Failure::protocol},
            {"redirect elsewhere",
             {.times = -1, .status = 307, .headers = {{"Location", "https://evil.example/v1/x"}}},
             Failure::untrusted},
            {"redirect to http",
             {.times = -1, .status = 301, .headers = {{"Location", "http://127.0.0.1/v1/x"}}},
             Failure::untrusted}};
}

} // namespace

TEST_CASE("a Vault that is down, sealed, standby, overloaded or cut off is a fault of its class [AC-A01] [AC-A09]")
{
    for (const Trouble& trouble : troubles()) {
        for (const char* path : {"*/login", "*/mounts/*", "*/data/doc"}) {
            on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                INFO(trouble.name << " at " << path);
                Pair pair(executor);
                pair.fake.put("doc", R"({"a":1})");
                Fault fault = trouble.fault;
                fault.path = path;
                pair.fake.add_fault(fault);
                const vault::Fault found = co_await fault_of(pair.client.read("doc", soon()));
                CHECK(found.code() == trouble.failure);
                CHECK(std::string(found.what()).find("hvs.") == std::string::npos);
                CHECK(pair.fake.server().requests().size() < 10); // bounded
            });
        }
    }
}

TEST_CASE("what passes by itself is tried again, and a sealed Vault is told by name [AC-A01]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        pair.fake.put("doc", R"({"a":1})");
        pair.fake.add_fault({.path = "*/data/doc", .status = 503, .body = "{}"});
        Document found = co_await pair.client.read("doc", soon());
        CHECK(found.text);
        pair.fake.add_fault({.path = "*/data/doc", .cut = Fault::Cut::inside_reply});
        found = co_await pair.client.read("doc", soon());
        CHECK(found.text);
        pair.fake.set_sealed(true);
        const vault::Fault fault = co_await fault_of(pair.client.read("doc", soon()));
        CHECK(fault.found() == "status 503: Vault is sealed");
        CHECK(fault.expected() == "an unsealed Vault");
        const vault::Health health = co_await pair.client.health(soon());
        CHECK(health.sealed);
        CHECK(health.initialized);
        CHECK(health.version == "1.14.0");
    });
}

TEST_CASE("an answer that does not come in time is a time-out, by the request's own bound or by the caller's [AC-A01]")
{
    for (const bool own : {true, false}) {
        on_loop([own](asio::any_io_executor executor) -> asio::awaitable<void> {
            Pair pair(executor, {}, [own](vault::Options& options) { options.timeout = own ? 50ms : 10s; });
            pair.fake.put("doc", R"({"a":1})");
            pair.fake.add_fault({.path = "*/data/doc", .times = -1, .delay = 10s});
            co_await pair.client.log_in(soon());
            const vault::Fault fault = co_await fault_of(pair.client.read("doc", own ? soon() : in(50ms)));
            CHECK(fault.code() == Failure::timed_out);
        });
    }
}

TEST_CASE("a Vault that nobody listens for is unavailable")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        pair.fake.stop();
        const vault::Fault fault = co_await fault_of(pair.client.read("doc", soon()));
        CHECK(fault.code() == Failure::transient);
    });
}

TEST_CASE("a redirect within the origin is followed, and the token goes nowhere else [AC-A09]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVault other(executor);
        Pair pair(executor);
        pair.fake.put("doc", R"({"a":1})");
        pair.fake.add_fault({.path = "*/data/moved", .status = 307, .headers = {{"Location", "/v1/cicd/data/doc"}}});
        const Document found = co_await pair.client.read("moved", soon());
        CHECK(found.text);
        pair.fake.add_fault(
            {.path = "*/data/doc", .status = 307, .headers = {{"Location", other.url() + "/v1/cicd/data/doc"}}});
        const vault::Fault fault = co_await fault_of(pair.client.read("doc", soon()));
        CHECK(fault.code() == Failure::untrusted);
        CHECK(other.server().requests().empty());
    });
}

TEST_CASE("one read that fails ends its siblings at once; cancelling ends all of them")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        pair.fake.put("doc", R"({"a":1})");
        co_await pair.client.read("doc", soon());
        pair.fake.add_fault({.path = "*/data/slow", .times = -1, .delay = 10s});
        pair.fake.add_fault({.path = "*/data/bad", .times = -1, .status = 418, .body = "{}"});
        const auto before = std::chrono::steady_clock::now();
        const vault::Fault fault = co_await fault_of(pair.client.read_all({"slow", "doc", "bad"}, soon()));
        CHECK(fault.asked() == "reading cicd/bad");
        TaskGroup tasks(executor);
        bool cancelled = false;
        tasks.spawn([](vault::Client& client, bool& gone) -> asio::awaitable<void> {
            try {
                co_await client.read_all({"slow", "slow"}, soon());
            } catch (const std::system_error& error) {
                gone = error.code() == Failure::cancelled;
                throw;
            }
        }(pair.client, cancelled));
        co_await sleep_until(in(50ms));
        tasks.cancel();
        co_await tasks.join();
        CHECK(cancelled);
        CHECK(std::chrono::steady_clock::now() - before < 8s);
    });
}

TEST_CASE("a certificate of another authority, name or time is refused, whatever the environment says [AC-A10]")
{
    ::setenv("VAULT_SKIP_VERIFY", "1", 1);
    ::setenv("VAULT_ADDR", "http://127.0.0.1:1", 1);
    const Authority ours("Our CA"), theirs("Their CA");
    const TempDir folder;
    std::ofstream(folder / "ca.pem") << ours.certificate();
    struct Case {
        const char* name;
        const Authority& by;
        CertificateRequest request;
        bool good;
    };
    CertificateRequest good, wrong_name, expired;
    good.names = {"IP:127.0.0.1"};
    wrong_name.names = {"DNS:vault.example.com"};
    expired.names = {"IP:127.0.0.1"};
    expired.from = -7200s;
    expired.to = -3600s;
    const Case cases[] = {{"good", ours, good, true},
                          {"other authority", theirs, good, false},
                          {"other name", ours, wrong_name, false},
                          {"expired", ours, expired, false}};
    for (const Case& one : cases) {
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            INFO(one.name);
            FakeVaultOptions fake;
            auto tls = std::make_shared<ServerTls>();
            const Certificate issued = one.by.issue(one.request);
            tls->certificate = issued.certificate;
            tls->key = issued.key;
            fake.server.tls = tls;
            Pair pair(executor, fake,
                      [&](vault::Options& options) { options.tls.ca_file = (folder / "ca.pem").string(); });
            pair.fake.put("doc", R"({"a":1})");
            if (one.good) {
                const Document found = co_await pair.client.read("doc", soon());
                CHECK(found.text);
                co_return;
            }
            const vault::Fault fault = co_await fault_of(pair.client.read("doc", soon()));
            CHECK(fault.code() == Failure::untrusted);
            CHECK(pair.fake.server().requests().empty());
        });
    }
    ::unsetenv("VAULT_SKIP_VERIFY");
    ::unsetenv("VAULT_ADDR");
}
