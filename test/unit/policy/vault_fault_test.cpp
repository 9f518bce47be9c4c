#include "vault_world.h"
#include <set>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using checks::Verdict;
using test::Fault;

namespace {

struct Damage {
    std::string name;
    Fault fault;
    std::set<std::string> codes; ///< what the refusal may be called
};

/// Whatever one request of a decision may suffer, for as long as it takes.
std::vector<Damage> damages()
{
    const auto status = [](unsigned code, std::string body) {
        Fault fault;
        fault.status = code;
        fault.body = std::move(body);
        return fault;
    };
    const auto cut = [](Fault::Cut how) {
        Fault fault;
        fault.cut = how;
        return fault;
    };
    Fault slow, raw, huge;
    slow.delay = 10s;
    raw.raw = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 20\r\n\r\n{}";
    huge.huge_body = (5u << 20);
    const std::set<std::string> down{"VLT-UNAVAIL"}, reply{"VLT-REPLY"}, login{"VLT-AUTH"};
    const std::set<std::string> odd{"VLT-REPLY", "VLT-AUTH", "VLT-UNAVAIL"};
    return {{"500", status(500, R"({"errors":["internal error"]})"), down},
            {"503 sealed", status(503, R"({"errors":["Vault is sealed"]})"), down},
            {"429", status(429, R"({"errors":["rate"]})"), down},
            {"403", status(403, R"({"errors":["permission denied"]})"), login},
            {"400", status(400, R"({"errors":["bad"]})"), odd},
            {"404 bare", status(404, ""), odd},
            {"404 of a proxy", status(404, "<html>"), odd},
            {"404 without a route", status(404, R"({"errors":["no handler for route"]})"), odd},
            {"204", status(204, ""), odd},
            {"html", status(200, "<html>portal</html>"), reply},
            {"empty object", status(200, "{}"), reply},
            {"null data", status(200, R"({"data":null,"auth":null})"), reply},
            {"data of a wrong type", status(200, R"({"data":[],"auth":[]})"), reply},
            {"data that is a text", status(200, R"({"data":"{}","auth":"x"})"), reply},
            {"empty data", status(200, R"({"data":{},"auth":{}})"), reply},
            {"KV v1's shape", status(200, R"({"data":{"allowed_scripts":[]},"auth":{"x":1}})"), reply},
            {"wrapped", status(200, R"({"data":null,"wrap_info":{"token":"t"}})"), reply},
            {"duplicate key", status(200, R"({"data":{},"data":{},"auth":{},"auth":{}})"), reply},
            {"too large", huge, {"VLT-REPLY"}},
            {"no answer", slow, down},
            {"closed", cut(Fault::Cut::before_request), down},
            {"closed after the request", cut(Fault::Cut::after_request), down},
            {"truncated", cut(Fault::Cut::inside_reply), {"VLT-UNAVAIL", "VLT-REPLY"}},
            {"malformed", raw, reply},
            {"redirect", {.status = 307, .headers = {{"Location", "https://evil.example/"}}}, {"VLT-TLS"}}};
}

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

TEST_CASE("whatever any single request to Vault suffers, nothing passes [AC-A01] [AC-A02] [AC-A03] [AC-A08] [INV-3]")
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
        const checks::Decision decision = co_await world.judge_echo();
        CHECK(decision.verdict == Verdict::refuse);
        CHECK(decision.policy_revision == "v1,v2,v1,v1,-");
    });
}
