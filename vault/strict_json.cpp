#include "vault/strict_json.h"
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace ysnp::vault {
namespace {

using nlohmann::json;

/// Follows the parser and remembers the keys of each object that is open.
class Watch {
public:
    bool operator()(int depth, json::parse_event_t event, json& value)
    {
        if (static_cast<std::size_t>(depth) > most_json_depth)
            throw std::invalid_argument("JSON deeper than " + std::to_string(most_json_depth) + " levels");
        if (event == json::parse_event_t::object_start) open_.emplace_back();
        if (event == json::parse_event_t::object_end) open_.pop_back();
        if (event == json::parse_event_t::key && !open_.back().insert(value.get<std::string>()).second)
            throw std::invalid_argument("JSON with the same key twice in one object");
        return true;
    }

private:
    std::vector<std::set<std::string>> open_;
};

} // namespace

json parse_object(std::string_view text)
{
    if (text.empty()) throw std::invalid_argument("no content");
    try {
        json value = json::parse(text, [watch = Watch()](int depth, json::parse_event_t event, json& seen) mutable {
            return watch(depth, event, seen);
        });
        if (!value.is_object()) throw std::invalid_argument(std::string("JSON that is ") + value.type_name());
        return value;
    } catch (const json::parse_error& error) {
        throw std::invalid_argument("no JSON: an error at byte " + std::to_string(error.byte));
    } catch (const json::exception&) {
        throw std::invalid_argument("JSON with a number that is too large");
    }
}

} // namespace ysnp::vault
