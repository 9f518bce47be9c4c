#include "checks/decide.h"
#include "checks/predefined.h"
#include "payloads.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>
#include <string>
#include <system_error>

using namespace ysnp;
using namespace ysnp::policy;
using nlohmann::json;

namespace {

/// What decides about a payload: its digest, or that it is refused.
struct Outcome {
    std::string digest;
    bool refused = false;
};

/// The policy that allows exactly the original.
const checks::Policy& made_for_it()
{
    static const checks::Policy policy = [] {
        const auto facts = sample::facts(sample::full_payload());
        checks::Documents d;
        d.project_whitelist.path = "w";
        d.project_whitelist.text =
            json{{"allowed_scripts", {facts.job_name + "@" + checks::digest_of(facts, {}).digest}}}.dump();
        d.project_policy.path = "p";
        d.project_policy.text = R"({"version":1,"jobs":{"default":{"checks":[{"name":"scriptHash"}],"free_variables":
            ["VAULT_ID_TOKEN","AWS_ID_TOKEN","VAULT_SERVER_URL","KUBECONFIG_FILE","MULTI","DB_PASSWORD"]}}})";
        return checks::parse_policy(d, false);
    }();
    return policy;
}

Outcome judge(const json& payload)
{
    try {
        const auto facts = sample::facts(payload);
        const auto decision = checks::decide(made_for_it(), facts, checks::Now{});
        return {decision.digest, !decision.allowed()};
    } catch (const std::system_error&) {
        return {"", true};
    }
}

/// Members that do not decide what executes: docs/digest.md, "Not in it".
bool executes(const std::string& path)
{
    static const std::set<std::string> roots = {"steps",     "hooks",  "image",     "services",    "cache",
                                                "artifacts", "inputs", "variables", "dependencies"};
    const auto root = path.substr(1, path.find('/', 1) - 1);
    if (!roots.contains(root)) return false;
    const auto ends = [&](const char* tail) { return path.ends_with(tail); };
    if (root == "steps" && ends("/timeout")) return false;
    if (root == "dependencies") return ends("/name");
    return true;
}

/// A predefined variable outside the digest: its own flags and value are verified or free to vary.
bool varies(const json& payload, const std::string& path)
{
    if (!path.starts_with("/variables/")) return false;
    const auto index = std::stoul(path.substr(11));
    const auto facts = sample::facts(payload);
    const auto& key = facts.variables.at(index).key;
    const std::string document = checks::digest_of(facts, {}).document;
    const auto parsed = json::parse(document);
    const bool overridden =
        key == "DEPLOY_ENV" && index + 1 < facts.variables.size() && facts.variables[index + 1].key == key;
    const bool free_value = parsed["free_variables"].contains(key) && path.ends_with("/value");
    return overridden || free_value ||
           !(parsed["variables"].contains(key) || parsed["free_variables"].contains(key) ||
             parsed["feature_flags"].contains(key));
}

void each_leaf(const json& value, const std::string& path,
               const std::function<void(const std::string&, const json&)>& visit)
{
    if (value.is_structured() && !value.empty()) {
        for (const auto& [key, child] : value.items()) each_leaf(child, path + "/" + key, visit);
        return;
    }
    visit(path, value);
}

json flipped(const json& value)
{
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_number()) return value.get<std::int64_t>() + 1;
    if (value.is_string()) return value.get<std::string>() + "x";
    if (value.is_null()) return json::array({"x"});
    return value.is_array() ? json::array({"x"}) : json{{"x", 1}};
}

json retyped(const json& value)
{
    return value.is_string() ? json(json::object({{"x", 1}})) : json("\"" + value.dump());
}

} // namespace

TEST_CASE("the original passes under the policy made for it")
{
    const auto facts = sample::facts(sample::full_payload());
    const auto decision = checks::decide(made_for_it(), facts, checks::Now{});
    for (const auto& reason : decision.reasons)
        if (reason.finding != checks::Finding::passed) UNSCOPED_INFO(reason.code << " " << reason.found);
    CHECK(decision.allowed());
}

TEST_CASE("flip any field that executes, and the digest changes or the job is refused [AC-P19] [AC-P12] [INV-2]")
{
    const json original = sample::full_payload();
    int tried = 0;
    each_leaf(original, "", [&](const std::string& path, const json& value) {
        if (!executes(path) || varies(original, path)) return;
        json changed = original;
        changed[json::json_pointer(path)] = flipped(value);
        CAPTURE(path);
        CHECK(judge(changed).refused);
        ++tried;
    });
    CHECK(tried > 150);
}

TEST_CASE("retype or drop any field that executes, and nothing else passes [AC-P06] [INV-3]")
{
    const json original = sample::full_payload();
    const std::string before = judge(original).digest;
    each_leaf(original, "", [&](const std::string& path, const json& value) {
        if (!executes(path) || varies(original, path)) return;
        CAPTURE(path);
        json changed = original;
        changed[json::json_pointer(path)] = retyped(value);
        CHECK(judge(changed).refused);
        json dropped = original;
        const auto at = json::json_pointer(path);
        const json& parent = dropped[at.parent_pointer()];
        if (parent.is_array()) {
            dropped[at.parent_pointer()].erase(std::stoul(at.back()));
        } else {
            dropped[at.parent_pointer()].erase(at.back());
        }
        // a member whose value is the default may be left out: then it is the same job, with the same digest
        const Outcome outcome = judge(dropped);
        CHECK((outcome.refused || outcome.digest == before));
    });
}

TEST_CASE("add an element, a key or a variable anywhere in what executes, and it does not pass [AC-P09] [AC-V26]")
{
    const json original = sample::full_payload();
    const auto refused = [&](const char* pointer, json value) {
        json changed = original;
        json& target = changed[json::json_pointer(pointer)];
        if (target.is_array()) {
            target.push_back(std::move(value));
        } else {
            target["unheard_of"] = std::move(value);
        }
        CAPTURE(pointer);
        CHECK(judge(changed).refused);
    };
    refused("/steps", {{"name", "more"}, {"script", {"id"}}});
    refused("/steps/0/script", "id");
    refused("/steps/0", "x");
    refused("/hooks", {{"name", "pre_get_sources_script"}, {"script", {"id"}}});
    refused("/hooks/0/script", "id");
    refused("/hooks/0", "x");
    refused("/image", "x");
    refused("/image/entrypoint", "id");
    refused("/image/executor_opts/docker", "x");
    refused("/services", {{"name", "evil"}});
    refused("/services/0/command", "id");
    refused("/services/0/variables", {{"key", "LD_PRELOAD"}, {"value", "x"}});
    refused("/services/0", "x");
    refused("/cache", {{"key", "x"}, {"paths", {"bin"}}, {"policy", "pull"}});
    refused("/cache/0/paths", "bin");
    refused("/artifacts/0/paths", ".");
    refused("/dependencies", {{"id", 1}, {"name", "evil"}, {"token", "x"}});
    refused("/variables", {{"key", "BASH_ENV"}, {"value", "x"}, {"public", true}, {"masked", false}});
    refused("/variables", {{"key", "CI_PIPELINE_IID"}, {"value", "58"}, {"public", true}, {"masked", false}});
    refused("/variables", {{"key", "FF_NEW"}, {"value", "true"}, {"public", true}, {"masked", false}});
    refused("/inputs", {{"key", "new"}, {"value", {{"type", "string"}, {"content", "x"}, {"sensitive", false}}}});
}

TEST_CASE("what the server alone reads may change freely")
{
    const json original = sample::full_payload();
    json changed = original;
    changed["job_info"]["time_in_queue_seconds"] = 1.5;
    changed["job_info"]["queue_size"] = 1;
    changed["job_info"]["user_id"] = 43;
    changed["runner_info"]["timeout"] = 60;
    changed["git_info"]["depth"] = 0;
    changed["features"]["new_feature"] = true;
    changed["brand_new_top_level"] = {{"x", 1}};
    for (auto& v : changed["variables"])
        if (v["key"] == "CI_PIPELINE_IID") v["value"] = "99";
    CHECK_FALSE(judge(changed).refused);
    CHECK(judge(changed).digest == judge(original).digest);
}

TEST_CASE("variables that lie about a typed field are refused, each of them [AC-I01] [AC-V12]")
{
    const json original = sample::full_payload();
    int lies = 0;
    for (std::size_t i = 0; i < original["variables"].size(); ++i) {
        const auto* known = checks::find_predefined(original["variables"][i]["key"].get<std::string>());
        if (!known || known->kind != checks::VariableClass::verified) continue;
        json changed = original;
        changed["variables"][i]["value"] = original["variables"][i]["value"].get<std::string>() + "9";
        const auto decision = checks::decide(made_for_it(), sample::facts(changed), checks::Now{});
        CAPTURE(known->name);
        CHECK(decision.code() == "PAY-IDENT");
        ++lies;
    }
    CHECK(lies >= 20);
}
