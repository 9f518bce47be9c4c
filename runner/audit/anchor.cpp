#include "runner/audit/anchor.h"
#include "runner/audit/chain.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::audit {
namespace {

using nlohmann::json;

constexpr std::size_t most_text = 256;

bool is_text(const json& object, const char* name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string() && found->get_ref<const std::string&>().size() <= most_text;
}

bool is_number(const json& object, const char* name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_number_unsigned();
}

std::string what_is_wrong(const json& object)
{
    if (!object.is_object()) return "not a JSON object";
    for (const char* name : {"hash", "time", "system_id", "host"})
        if (!is_text(object, name)) return std::string(name) + " is not a short text";
    for (const char* name : {"version", "seq"})
        if (!is_number(object, name)) return std::string(name) + " is not a number";
    if (object.size() != 6) return "a member that does not belong there";
    if (object["version"] != 1) return "a version that this program does not know";
    if (!is_hex_hash(object["hash"].get_ref<const std::string&>())) return "hash is not 64 hex digits";
    return {};
}

} // namespace

std::string write_anchor(const Anchor& anchor)
{
    const nlohmann::ordered_json object{
        {"version", 1},           {"seq", anchor.at.seq},          {"hash", anchor.at.hash},
        {"time", anchor.at.time}, {"system_id", anchor.system_id}, {"host", anchor.host}};
    return object.dump(-1, ' ', true, json::error_handler_t::replace);
}

std::optional<Anchor> read_anchor(std::string_view text, std::string& problem)
{
    const json object = json::parse(text, nullptr, false);
    problem = what_is_wrong(object);
    if (!problem.empty()) return std::nullopt;
    Anchor anchor;
    anchor.at = {object["seq"].get<std::uint64_t>(), object["hash"].get<std::string>(),
                 object["time"].get<std::string>()};
    anchor.system_id = object["system_id"].get<std::string>();
    anchor.host = object["host"].get<std::string>();
    return anchor;
}

} // namespace ysnp::audit
