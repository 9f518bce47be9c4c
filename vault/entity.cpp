#include "vault/entity.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::vault {
namespace {

using nlohmann::json;

constexpr std::size_t most_parts = 64;

std::string text(const Question& question, const json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) fail_reply(question, std::string("no ") + name, "a text");
    return found->get<std::string>();
}

/// A list that Vault leaves null where it is empty.
const json& list(const Question& question, const json& object, const char* name)
{
    static const json none = json::array();
    const auto found = object.find(name);
    if (found == object.end()) fail_reply(question, std::string("no ") + name, "a list");
    if (found->is_null()) return none;
    if (!found->is_array()) fail_reply(question, std::string(name) + " that is " + found->type_name(), "a list");
    if (found->size() > most_parts)
        fail_reply(question, std::string("too many ") + name, "at most " + std::to_string(most_parts));
    return *found;
}

void expect_id(const Question& question, const json& data, const std::string& id)
{
    if (text(question, data, "id") != id) fail_reply(question, "an answer about another id", id);
}

std::vector<std::string> alias_names(const Question& question, const json& data)
{
    std::vector<std::string> names;
    for (const json& alias : list(question, data, "aliases")) {
        if (!alias.is_object()) fail_reply(question, "an alias that is no object", "aliases");
        names.push_back(text(question, alias, "name"));
    }
    return names;
}

std::vector<std::string> ids(const Question& question, const json& data)
{
    std::vector<std::string> all;
    for (const json& id : list(question, data, "group_ids")) {
        if (!id.is_string() || !is_identity_id(id.get_ref<const std::string&>()))
            fail_reply(question, "a group that is no id", "ids of groups");
        all.push_back(id.get<std::string>());
    }
    return all;
}

} // namespace

bool is_identity_id(std::string_view id) noexcept
{
    constexpr std::size_t longest = 64;
    return !id.empty() && id.size() <= longest && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::optional<EntityReply> decode_entity(const Question& question, const std::string& id, const net::Response& response)
{
    if (says_none(question, response)) return std::nullopt;
    const json data = data_of(question, response);
    expect_id(question, data, id);
    const auto disabled = data.find("disabled");
    if (disabled == data.end() || !disabled->is_boolean()) fail_reply(question, "no disabled", "true or false");
    EntityReply reply;
    reply.entity = {id, text(question, data, "name"), alias_names(question, data), {}, disabled->get<bool>()};
    reply.group_ids = ids(question, data);
    return reply;
}

std::string decode_group(const Question& question, const std::string& id, const net::Response& response)
{
    const json data = data_of(question, response);
    expect_id(question, data, id);
    return text(question, data, "name");
}

} // namespace ysnp::vault
