#include "vault/reply.h"
#include "net/failure.h"
#include "vault/fault.h"
#include "vault/strict_json.h"
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::vault {
namespace {

using nlohmann::json;

constexpr std::size_t most_error_bytes = 300;
constexpr std::string_view proxy_remedy =
    "look for a proxy or portal between the runner and Vault, and check the address";

std::string printable(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        const bool plain = c >= 0x20 && c < 0x7f;
        if (plain) result += c;
        if (!plain && !result.empty() && result.back() != ' ') result += ' ';
        if (result.size() == most_error_bytes) break;
    }
    while (result.ends_with(' ')) result.pop_back();
    return result;
}

struct Meaning {
    std::error_code code;
    std::string expected, remedy;
};

Meaning unavailable(unsigned status, const std::string& errors)
{
    const auto code = http_status_code(status);
    if (status == 429) return {code, "an answer", "Vault limits our rate: raise its rate limit quota for the runner"};
    if (status == 472 || status == 473)
        return {http_status_code(503), "an active Vault",
                "this address is a standby's: name the active one's, or a load balancer's"};
    if (errors.find("sealed") != std::string::npos) return {code, "an unsealed Vault", "unseal it, then retry the job"};
    return {code, "an answer", "bring Vault back (vault status), then retry the job"};
}

Meaning meaning_of(const Question& question, unsigned status, const std::string& errors)
{
    if (status == 401 || status == 403)
        return {http_status_code(403), "access",
                question.right.empty() ? "check this login at Vault and its policies"
                                       : "grant " + question.right + " to this login's policy"};
    if (status == 404)
        return {http_status_code(404), "an engine at this path", "check gate.vault.mount and gate.vault.namespace"};
    if (status == 429 || status == 472 || status == 473 || status >= 500) return unavailable(status, errors);
    if (status == 400 && errors.find("check-and-set") != std::string::npos)
        return {http_status_code(409), "the version we know", "somebody wrote in between: look again, then repeat"};
    if (status == 413) return {http_status_code(413), "a smaller document", "split it, or raise Vault's request limit"};
    return {make_error_code(Error::malformed_reply), "success", std::string(proxy_remedy)};
}

} // namespace

std::string errors_of(const net::Response& response)
{
    try {
        const json reply = parse_object(response.body);
        const auto errors = reply.find("errors");
        std::string text;
        if (errors == reply.end() || !errors->is_array()) return text;
        for (const json& error : *errors)
            if (error.is_string()) text += (text.empty() ? "" : "; ") + error.get<std::string>();
        return printable(text);
    } catch (const std::invalid_argument&) {
        return {}; // not Vault's: nothing of it is worth repeating
    }
}

std::string status_of(const net::Response& response)
{
    const std::string errors = errors_of(response);
    return "status " + std::to_string(response.status) + (errors.empty() ? "" : ": " + errors);
}

void fail(const Question& question, const net::Response& response)
{
    Meaning meaning = meaning_of(question, response.status, errors_of(response));
    throw Fault(meaning.code, question.asked, status_of(response), std::move(meaning.expected),
                std::move(meaning.remedy));
}

void fail_reply(const Question& question, std::string found, std::string expected)
{
    throw Fault(make_error_code(Error::malformed_reply), question.asked, std::move(found), std::move(expected),
                std::string(proxy_remedy));
}

json object_of(const Question& question, const net::Response& response)
{
    if (response.status != 200) fail(question, response);
    try {
        json reply = parse_object(response.body);
        if (const auto wrapped = reply.find("wrap_info"); wrapped != reply.end() && !wrapped->is_null())
            fail_reply(question, "a wrapped answer (wrap_info)", "the answer itself");
        return reply;
    } catch (const std::invalid_argument& error) {
        fail_reply(question, std::string("status 200 with ") + error.what(), "a JSON object of Vault's");
    }
}

json missing_of(const Question& question, const net::Response& response)
{
    try {
        return parse_object(response.body);
    } catch (const std::invalid_argument& error) {
        fail_reply(question, std::string("status 404 with ") + error.what(),
                   "a 404 of Vault's own, with a JSON object");
    }
}

bool says_none(const Question& question, const net::Response& response)
{
    if (response.status != 404) return false;
    const json reply = missing_of(question, response);
    const auto errors = reply.find("errors");
    return errors != reply.end() && errors->is_array() && errors->empty() && !reply.contains("data") &&
           !reply.contains("warnings");
}

json data_of(const Question& question, const net::Response& response)
{
    json reply = object_of(question, response);
    const auto data = reply.find("data");
    if (data == reply.end()) fail_reply(question, "an answer without data", "data");
    if (!data->is_object()) fail_reply(question, std::string("data that is ") + data->type_name(), "an object");
    return std::move(*data);
}

void expect_success(const Question& question, const net::Response& response)
{
    if (response.status != 200 && response.status != 204) fail(question, response);
}

} // namespace ysnp::vault
