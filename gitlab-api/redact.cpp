#include "gitlab-api/redact.h"
#include "net/secret.h"
#include <nlohmann/json.hpp>
#include <string>

namespace ysnp::gitlab {
namespace {

using nlohmann::json;

void replace_text(json& value)
{
    wipe(value.get_ref<std::string&>());
    value = std::string(redacted);
}

bool is_credential(std::string_view key) { return key == "token" || key == "password" || key == "jwt"; }

// A token shorter than this would be found by chance in innocent text.
constexpr std::size_t shortest_needle = 8;

void replace_within(json& value, std::string_view needle)
{
    auto& text = value.get_ref<std::string&>();
    if (needle.size() < shortest_needle || text.find(needle) == std::string::npos) return;
    std::string clean;
    std::size_t from = 0;
    for (std::size_t at; (at = text.find(needle, from)) != std::string::npos; from = at + needle.size())
        clean.append(text, from, at - from).append(redacted);
    clean.append(text, from);
    wipe(text);
    value = std::move(clean);
}

// Depth is bounded by the parser.
void redact_value(json& value, std::string_view job_token)
{
    if (value.is_string()) replace_within(value, job_token);
    if (value.is_array())
        for (auto& each : value) redact_value(each, job_token);
    if (value.is_object())
        for (auto& [key, each] : value.items()) {
            if (each.is_string() && is_credential(key))
                replace_text(each);
            else
                redact_value(each, job_token);
        }
}

bool is_set(const json& variable, const char* flag)
{
    const auto found = variable.find(flag);
    return found != variable.end() && found->is_boolean() && found->get<bool>();
}

void redact_variables(json& variables)
{
    if (!variables.is_array()) return;
    for (auto& each : variables) {
        if (!each.is_object() || (is_set(each, "public") && !is_set(each, "masked"))) continue;
        const auto value = each.find("value");
        if (value != each.end() && value->is_string()) replace_text(*value);
    }
}

} // namespace

void redact(json& payload, std::string_view job_token)
{
    if (payload.is_object() && payload.contains("variables")) redact_variables(payload["variables"]);
    redact_value(payload, job_token);
}

} // namespace ysnp::gitlab
