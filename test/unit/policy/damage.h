#pragma once
#include "test/double/fault.h"
#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace ysnp::policy::sample {

using test::Fault;

struct Damage {
    std::string name;
    Fault fault;
    std::set<std::string> codes; ///< what the refusal may be called
};

/// Whatever one request of a decision may suffer, for as long as it takes.
inline std::vector<Damage> damages()
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
    slow.delay = std::chrono::seconds(10);
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

} // namespace ysnp::policy::sample
