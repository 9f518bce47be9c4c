#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

using namespace ysnp::checks;

namespace {

std::string read(const char* name)
{
    std::ifstream in(std::string(YSNP_SOURCE_DIR) + "/docs/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("every example of docs/policy.md is read without a fault")
{
    const std::string guide = read("policy.md");
    int examples = 0;
    for (auto at = guide.find("```json\n"); at != std::string::npos; at = guide.find("```json\n", at + 1), ++examples) {
        const std::string text = guide.substr(at + 8, guide.find("```", at + 8) - at - 8);
        const auto json = nlohmann::json::parse(text);
        Documents d;
        Document& place = json.contains("version") ? d.project_policy
                          : json.contains("jobs")  ? d.project_config
                                                   : d.project_whitelist;
        place = sample::document("guide", text);
        const Policy policy = parse_policy(d, false);
        for (const Fault& fault : policy.faults) UNSCOPED_INFO(fault.path << ": " << fault.found);
        CHECK(policy.faults.empty());
    }
    CHECK(examples == 3);
}

TEST_CASE("docs/policy.md has an example of each rule of a job, which is read without a fault")
{
    const std::string guide = read("policy.md");
    std::set<std::string> rules;
    for (auto at = guide.find("\n| `\""); at != std::string::npos; at = guide.find("\n| `\"", at + 1)) {
        const auto begin = at + 4;
        const std::string rule = "{" + guide.substr(begin, guide.find('`', begin) - begin) + "}";
        INFO(rule);
        const auto job = nlohmann::json::parse(rule);
        Documents d;
        d.project_policy = sample::document("guide", nlohmann::json{{"version", 1}, {"jobs", {{"x", job}}}}.dump());
        const Policy policy = parse_policy(d, false);
        for (const Fault& fault : policy.faults) UNSCOPED_INFO(fault.path << ": " << fault.found);
        CHECK(policy.faults.empty());
        for (const auto& [key, value] : job.items()) rules.insert(key);
    }
    const auto schema = nlohmann::json::parse(read("ysnp_policy.schema.json"));
    for (const auto& [key, value] : schema["$defs"]["job"]["properties"].items()) {
        INFO(key);
        CHECK(rules.contains(key));
    }
}

TEST_CASE("the schema knows exactly the keys that the reader knows")
{
    const auto schema = nlohmann::json::parse(read("ysnp_policy.schema.json"));
    const auto faults = [](const nlohmann::json& policy) {
        Documents d;
        d.project_policy = sample::document("p", policy.dump());
        return parse_policy(d, false).faults;
    };
    const auto unknown = [&](const nlohmann::json& policy, const std::string& path) {
        for (const Fault& fault : faults(policy))
            if (fault.found == "an unknown key" && fault.path == path) return true;
        return false;
    };
    for (const auto& [key, value] : schema["properties"].items())
        CHECK_FALSE(unknown({{"version", 1}, {key, nullptr}}, key));
    for (const auto& [key, value] : schema["$defs"]["job"]["properties"].items())
        CHECK_FALSE(unknown({{"version", 1}, {"jobs", {{"x", {{key, nullptr}}}}}}, "jobs.x." + key));
    for (const auto& kind : schema["$defs"]["check"]["oneOf"])
        for (const auto& [key, value] : kind["properties"].items()) {
            const auto& name = kind["properties"]["name"];
            nlohmann::json check = {{"name", name.contains("const") ? name["const"] : name["enum"][0]}};
            if (key != "name") check[key] = nullptr;
            CHECK_FALSE(unknown({{"version", 1}, {"jobs", {{"x", {{"checks", {check}}}}}}}, "jobs.x.checks[0]." + key));
        }
    CHECK(unknown({{"version", 1}, {"nope", 1}}, "nope"));
    CHECK(unknown({{"version", 1}, {"jobs", {{"x", {{"nope", 1}}}}}}, "jobs.x.nope"));
}
