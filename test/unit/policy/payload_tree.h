#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace ysnp::policy::sample {

using Json = nlohmann::json;

/// The pointers of every value below the root, objects and lists included.
inline std::vector<std::string> every_path(const Json& value, const std::string& path = "")
{
    std::vector<std::string> paths;
    if (!path.empty()) paths.push_back(path);
    if (!value.is_structured()) return paths;
    for (const auto& [key, child] : value.items())
        for (std::string& below : every_path(child, path + "/" + key)) paths.push_back(std::move(below));
    return paths;
}

/// Another value of the same type; what has no other one (null, an empty list, one element) grows.
inline Json flipped(const Json& value)
{
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_number()) return value.get<std::int64_t>() + 1;
    if (value.is_string()) return value.get<std::string>() + "x";
    if (value.is_object()) return value.empty() ? Json{{"x", 1}} : Json::object();
    if (value.is_null()) return Json::array({"x"});
    Json reversed = Json::array();
    for (auto each = value.rbegin(); each != value.rend(); ++each) reversed.push_back(*each);
    if (reversed == value) reversed.push_back(value.empty() ? Json("x") : value.front());
    return reversed;
}

/// Values of other types that a careless reader would take for the same.
inline std::vector<Json> retyped(const Json& value)
{
    if (value.is_string()) return {Json::array({value}), Json{{"x", value}}, true};
    if (value.is_array()) return {value.dump(), Json{{"0", value}}};
    if (value.is_object()) return {value.dump(), Json::array({value})};
    if (value.is_null()) return {false, Json{{"x", 1}}};
    return {value.dump(), Json::array({value})};
}

/// Puts `value` at the place while `look` looks, then what stood there before.
template <class Look>
void with_value(Json& payload, const std::string& path, Json value, Look look)
{
    Json& place = payload[Json::json_pointer(path)];
    std::swap(place, value);
    look();
    payload[Json::json_pointer(path)] = std::move(value);
}

/// The list or object in which `path` stands, without it.
inline Json parent_without(const Json& payload, const std::string& path)
{
    const Json::json_pointer at(path);
    Json parent = payload[at.parent_pointer()];
    if (parent.is_array()) {
        parent.erase(std::stoul(at.back()));
    } else {
        parent.erase(at.back());
    }
    return parent;
}

/// `/services/1/name` is of the kind `/services/*/name`.
inline std::string kind_of(const std::string& path)
{
    static const std::regex index("/[0-9]+");
    return std::regex_replace(path, index, "/*");
}

/// For each kind of object the members that any of its kind has, with a value that says something.
inline std::map<std::string, std::map<std::string, Json>> members_by_kind(const Json& payload)
{
    std::map<std::string, std::map<std::string, Json>> known;
    for (const std::string& path : every_path(payload)) {
        const Json& value = payload[Json::json_pointer(path)];
        if (!value.is_object()) continue;
        for (const auto& [key, child] : value.items()) {
            Json& example = known[kind_of(path)][key];
            if (example.is_null() || example.empty()) example = child;
        }
    }
    return known;
}

} // namespace ysnp::policy::sample
