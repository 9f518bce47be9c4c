#include "docker/reply_json.h"
#include "docker/engine_error.h"

namespace ysnp::docker::reply {

Json parse(const std::string& call, std::string_view body)
{
    Json value = Json::parse(body, nullptr, false);
    if (value.is_discarded()) throw protocol_error(call, "the reply is not JSON: " + std::string(body.substr(0, 200)));
    return value;
}

std::string dump(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

const Json& member(const Json& object, const char* key) noexcept
{
    static const Json null;
    if (!object.is_object()) return null;
    const auto found = object.find(key);
    return found == object.end() ? null : *found;
}

std::string text(const Json& object, const char* key)
{
    const Json& value = member(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t number(const Json& object, const char* key) noexcept
{
    const Json& value = member(object, key);
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

std::uint64_t size(const Json& object, const char* key) noexcept
{
    const std::int64_t value = number(object, key);
    return value > 0 ? static_cast<std::uint64_t>(value) : 0;
}

double real(const Json& object, const char* key) noexcept
{
    const Json& value = member(object, key);
    return value.is_number() ? value.get<double>() : 0;
}

bool flag(const Json& object, const char* key) noexcept
{
    const Json& value = member(object, key);
    return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> texts(const Json& object, const char* key)
{
    std::vector<std::string> result;
    const Json& value = member(object, key);
    if (!value.is_array()) return result;
    for (const Json& item : value)
        if (item.is_string()) result.push_back(item.get<std::string>());
    return result;
}

std::vector<std::string> keys(const Json& object, const char* key)
{
    std::vector<std::string> result;
    const Json& value = member(object, key);
    if (!value.is_object()) return result;
    for (const auto& item : value.items()) result.push_back(item.key());
    return result;
}

std::map<std::string, std::string> text_map(const Json& object, const char* key)
{
    std::map<std::string, std::string> result;
    const Json& value = member(object, key);
    if (!value.is_object()) return result;
    for (const auto& item : value.items())
        if (item.value().is_string()) result.emplace(item.key(), item.value().get<std::string>());
    return result;
}

std::string message(std::string_view body)
{
    const Json value = Json::parse(body, nullptr, false);
    if (!value.is_discarded())
        if (std::string said = text(value, "message"); !said.empty()) return said;
    return body.empty() ? "no explanation" : std::string(body.substr(0, 500));
}

} // namespace ysnp::docker::reply
