#include "checks/predefined.h"
#include "property.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <string>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using nlohmann::json;

namespace {

/// Members that do not decide what executes: docs/digest.md, "Not in it".
bool executes(const std::string& path)
{
    static const std::set<std::string> roots = {"steps",     "hooks",  "image",     "services",    "cache",
                                                "artifacts", "inputs", "variables", "dependencies"};
    const auto root = path.substr(1, path.find('/', 1) - 1);
    if (!roots.contains(root)) return false;
    const std::string kind = sample::kind_of(path);
    static const std::set<std::string> not_in_it = {"/steps/*/timeout", "/dependencies/*/id", "/dependencies/*/token"};
    return !not_in_it.contains(kind) && !kind.starts_with("/dependencies/*/artifacts_file");
}

/// What a change to one variable may leave as it is, by docs/digest.md, "Variables".
bool may_vary(const json& payload, const std::string& path)
{
    if (!path.starts_with("/variables/") || path == "/variables/-") return false;
    const auto index = std::stoul(path.substr(11));
    const json& all = payload["variables"];
    const std::string key = all[index]["key"];
    const std::string member = path.substr(path.rfind('/') + 1);
    const bool again = std::any_of(all.begin() + static_cast<std::ptrdiff_t>(index) + 1, all.end(),
                                   [&](const json& other) { return other["key"] == key; });
    if (again) return member != "key"; // the last of a name counts
    static const auto& free = made_for_it().native_job("default")->free_variables;
    if (std::find(free.begin(), free.end(), key) != free.end()) return member == "value";
    if (key.starts_with("FF_")) return member == "public" || member == "masked" || member == "raw";
    const auto* known = checks::find_predefined(key);
    if (!known || known->kind == checks::VariableClass::steady) return false;
    // a verified value that changes is refused; a varying one only where it leaves its grammar
    if (member == "value") return known->kind == checks::VariableClass::varying;
    return member == "public" || member == "masked" || member == "raw";
}

/// GitLab's own variables outside the digest: a job that lacks one has it empty.
bool may_be_missing(const json& payload, const std::string& path)
{
    if (sample::kind_of(path) != "/variables/*") return false;
    const auto* known = checks::find_predefined(payload[json::json_pointer(path)]["key"].get<std::string>());
    return known && known->kind != checks::VariableClass::steady;
}

/// A member that means the same when it is left out.
bool is_default(const std::string& path, const json& value)
{
    static const std::set<std::string> off = {"allow_failure", "untracked", "masked", "raw",
                                              "file",          "sensitive", "public"};
    static const std::map<std::string, json> words = {
        {"when", "on_success"}, {"policy", "pull-push"}, {"protocol", "http"}};
    const std::string member = path.substr(path.rfind('/') + 1);
    if (value.is_null() || (value.is_structured() && value.empty())) return true;
    if (off.contains(member)) return value == false;
    if (path.ends_with("/name") && sample::kind_of(path).find("/ports/*") != std::string::npos)
        return value == "default_port";
    const auto word = words.find(member);
    return word != words.end() && word->second == value;
}

/// What may be added to the value at `path`: a member that others of its kind have, one that nobody knows; one element
/// more of a list. By the name of what is new.
std::map<std::string, json> grown(const json& payload, const std::string& path)
{
    static const auto known = sample::members_by_kind(original());
    const json& value = payload[json::json_pointer(path)];
    std::map<std::string, json> all;
    if (value.is_array()) {
        all["-"] = value;
        all["-"].push_back(value.empty() ? json("x") : value.front());
    }
    if (!value.is_object()) return all;
    const auto add = [&](const std::string& key, json what) {
        all[key] = value;
        all[key][key] = std::move(what);
    };
    if (const auto members = known.find(sample::kind_of(path)); members != known.end())
        for (const auto& [key, example] : members->second)
            if (!value.contains(key) || value[key].is_null())
                add(key, example.is_boolean() ? json(true) : example.is_null() ? sample::flipped(example) : example);
    add("unheard_of", {{"x", 1}});
    return all;
}

/// Unknown members of variables, inputs and dependencies are nobody's to read.
bool is_read(const std::string& path)
{
    if (!path.ends_with("/unheard_of")) return true;
    return !path.starts_with("/variables/") && !path.starts_with("/inputs/") && !path.starts_with("/dependencies/");
}

} // namespace

TEST_CASE("the original passes under the policy made for it")
{
    const auto facts = sample::facts(original());
    const auto decision = checks::decide(made_for_it(), facts, checks::Now{});
    for (const auto& reason : decision.reasons)
        if (reason.finding != checks::Finding::passed) UNSCOPED_INFO(reason.code << " " << reason.found);
    CHECK(decision.allowed());
}

TEST_CASE("flip any value that executes, anywhere in the payload, and the job is refused [AC-P19] [AC-P12] [INV-2]")
{
    json payload = original();
    int tried = 0;
    for (const std::string& path : sample::every_path(payload)) {
        if (!executes(path) || may_vary(payload, path)) continue;
        CAPTURE(path);
        const json other = sample::flipped(payload[json::json_pointer(path)]);
        sample::with_value(payload, path, other, [&] { CHECK(judge(payload).refused); });
        ++tried;
    }
    CHECK(tried > 400);
}

TEST_CASE("drop anything that executes, and nothing but a default goes unnoticed [AC-P06] [INV-2] [INV-3]")
{
    json payload = original();
    const std::string before = judge(payload).digest;
    for (const std::string& path : sample::every_path(payload)) {
        if (!executes(path) || may_vary(payload, path) || may_be_missing(payload, path)) continue;
        CAPTURE(path);
        const std::string parent = path.substr(0, path.rfind('/'));
        Outcome outcome;
        sample::with_value(payload, parent, sample::parent_without(payload, path), [&] { outcome = judge(payload); });
        if (outcome.refused) continue;
        CHECK(is_default(path, payload[json::json_pointer(path)]));
        CHECK(outcome.digest == before); // the same job, and it has the same digest
    }
}

TEST_CASE("give anything that executes another type, and the job is refused [AC-P06] [INV-3]")
{
    json payload = original();
    for (const std::string& path : sample::every_path(payload)) {
        if (!executes(path) || (may_vary(payload, path) && path.ends_with("/value"))) continue;
        for (const json& other : sample::retyped(payload[json::json_pointer(path)])) {
            if (path.ends_with("/docker/user") && other == "999") continue; // as good as 999
            CAPTURE(path, other.dump());
            sample::with_value(payload, path, other, [&] { CHECK(judge(payload).refused); });
        }
    }
}

TEST_CASE("add a member or an element to anything that executes, and the job is refused [AC-P09] [AC-V26]")
{
    json payload = original();
    int tried = 0;
    for (const std::string& path : sample::every_path(payload)) {
        for (const auto& [name, other] : grown(payload, path)) {
            const std::string added = path + "/" + name;
            if (!executes(added) || !is_read(added) || may_vary(payload, added)) continue;
            CAPTURE(added);
            sample::with_value(payload, path, other, [&] { CHECK(judge(payload).refused); });
            ++tried;
        }
    }
    CHECK(tried > 150);
}

TEST_CASE("add what the original has nowhere, and it does not pass [AC-P09] [AC-V26] [AC-V15]")
{
    const auto refused = [](const char* pointer, json value) {
        json changed = original();
        changed[json::json_pointer(pointer)].push_back(std::move(value));
        CAPTURE(pointer);
        CHECK(judge(changed).refused);
    };
    const auto variable = [](const char* key, const char* value) {
        return json{{"key", key}, {"value", value}, {"public", true}, {"masked", false}};
    };
    refused("/steps", {{"name", "more"}, {"script", {"id"}}});
    refused("/hooks", {{"name", "post_something_script"}, {"script", {"id"}}});
    refused("/services", {{"name", "evil"}});
    refused("/cache", {{"key", "x"}, {"paths", {"bin"}}, {"policy", "pull"}});
    refused("/dependencies", {{"id", 1}, {"name", "evil"}, {"token", "x"}});
    refused("/variables", variable("BASH_ENV", "x"));
    refused("/variables", variable("CI_PIPELINE_IID", "58"));
    refused("/variables", variable("FF_NEW", "true"));
    refused("/variables", variable("FF_NETWORK_PER_BUILD", "false"));
    refused("/inputs", {{"key", "new"}, {"value", {{"type", "string"}, {"content", "x"}, {"sensitive", false}}}});
    json changed = original();
    changed["run"] = "- name: x";
    CHECK(judge(changed).refused);
}
