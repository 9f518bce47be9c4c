#include "gitlab-api/decode_parts.h"
#include <algorithm>

namespace ysnp::gitlab {
namespace {

Variable decode_variable(const JsonReader& from)
{
    from.expect_object();
    Variable variable;
    variable.key = from.member("key").text(1024);
    if (variable.key.empty()) from.member("key").refuse(PayloadRefusal::json, "a name", "an empty string");
    variable.value = from.member("value").text_or("", 4u << 20);
    variable.is_public = from.member("public").flag_or(false);
    variable.masked = from.member("masked").flag_or(false);
    variable.file = from.member("file").flag_or(false);
    variable.raw = from.member("raw").flag_or(false);
    return variable;
}

Credential decode_credential(const JsonReader& from)
{
    from.expect_object();
    Credential credential;
    credential.type = from.member("type").text_or("", 256);
    credential.url = from.member("url").text_or("", 4096);
    credential.username = from.member("username").text_or("", 4096);
    auto password = from.member("password").text_or("", 64u << 10);
    credential.password = take_secret(password);
    return credential;
}

struct KnownType {
    std::string_view name;
    InputType type;
    std::string_view kind; // as JsonReader::type() calls it
};
constexpr KnownType known_types[] = {{"string", InputType::string, "a string"},
                                     {"number", InputType::number, "a number"},
                                     {"boolean", InputType::boolean, "a boolean"},
                                     {"array", InputType::array, "a list"},
                                     {"struct", InputType::structure, "an object"}};

Input decode_input(const JsonReader& from)
{
    from.expect_object();
    Input input;
    input.key = from.member("key").text(1024);
    if (input.key.empty()) from.member("key").refuse(PayloadRefusal::json, "a name", "an empty string");
    const auto value = from.member("value");
    const auto type = value.member("type").text(64);
    const auto* known = std::ranges::find(known_types, type, &KnownType::name);
    if (known == std::end(known_types))
        value.member("type").refuse(PayloadRefusal::json, "string, number, boolean, array or struct", "other text");
    const auto content = value.member("content");
    const auto kind = content.type();
    if (!kind.starts_with(known->kind)) content.refuse(std::string(known->kind) + ", as its type says");
    input.type = known->type;
    input.content = content.dump();
    input.sensitive = value.member("sensitive").flag_or(false);
    return input;
}

SecretRequest decode_secret(const JsonReader& from, std::string variable)
{
    from.expect_object();
    SecretRequest request;
    request.variable = std::move(variable);
    request.file = from.member("file").flag_or(true);
    for (const auto& key : from.keys()) {
        if (key == "file" || key == "token") continue;
        if (!request.provider.empty()) from.refuse(PayloadRefusal::json, "one provider", "two");
        request.provider = key;
        from.member(key).expect_object();
        request.definition = from.member(key).dump();
    }
    if (request.provider.empty()) from.refuse(PayloadRefusal::json, "a provider such as vault", "none");
    return request;
}

} // namespace

Secret decode_token(const JsonReader& from)
{
    auto text = from.text(64u << 10);
    const bool fit = !text.empty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!fit) from.refuse(PayloadRefusal::json, "a token of printable characters", "other text");
    return take_secret(text);
}

std::vector<Variable> decode_variables(const JsonReader& from)
{
    std::vector<Variable> all;
    for (const auto& each : from.elements(10'000)) all.push_back(decode_variable(each));
    return all;
}

std::vector<Credential> decode_credentials(const JsonReader& from)
{
    std::vector<Credential> all;
    for (const auto& each : from.elements(100)) all.push_back(decode_credential(each));
    return all;
}

std::vector<Input> decode_inputs(const JsonReader& from)
{
    std::vector<Input> all;
    for (const auto& each : from.elements(1000)) all.push_back(decode_input(each));
    return all;
}

std::vector<SecretRequest> decode_secrets(const JsonReader& from)
{
    std::vector<SecretRequest> all;
    if (from.absent()) return all;
    auto names = from.keys();
    if (names.size() > 1000) from.refuse(PayloadRefusal::limit, "at most 1000 entries", std::to_string(names.size()));
    for (auto& name : names) {
        const auto definition = from.member(name);
        all.push_back(decode_secret(definition, std::move(name)));
    }
    return all;
}

std::optional<PolicyOptions> decode_policy_options(const JsonReader& from)
{
    if (from.absent()) return std::nullopt;
    PolicyOptions options;
    options.execution_policy_job = from.member("execution_policy_job").flag_or(false);
    options.policy_name = from.member("policy_name").text_or("", 4096);
    options.variables_override_allowed = from.member("policy_variables_override_allowed").maybe_flag();
    options.variables_override_exceptions = from.member("policy_variables_override_exceptions").texts(1000, 1024);
    return options;
}

std::optional<SuspendOptions> decode_suspend_options(const JsonReader& from)
{
    if (from.absent()) return std::nullopt;
    SuspendOptions options;
    options.suspend_on_success = from.member("suspend_on_success").flag_or(false);
    options.suspend_on_failure = from.member("suspend_on_failure").flag_or(false);
    options.runtime_environment_key = from.member("runtime_environment_key").maybe_text(4096);
    return options;
}

} // namespace ysnp::gitlab
