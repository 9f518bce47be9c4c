#include "runner/policy/amend.h"
#include "runner/policy/store.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::policy;
using nlohmann::json;

namespace {

const Allowance allowance{"deploy", "ysnp2:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4", {}, {"TOKEN"}};
const char* const open_group = R"({"version":1,"inherit":true,"jobs":{
    "default":{"checks":[{"name":"scriptHash"}],"refs":["refs/heads/main"]},
    "deploy":{"checks":[{"name":"mfaRequired"}],"protected":true}}})";

/// A project with that native policy in nested groups: the nearest one first.
ProjectDocuments documents(std::optional<std::string> own, std::vector<std::optional<std::string>> groups)
{
    ProjectDocuments now;
    now.whitelist.path = "acme/tools/hello/whitelist";
    now.config.path = "acme/tools/hello/youshallnotpass_config";
    now.native = {"acme/tools/hello/ysnp_policy", std::move(own), {}};
    std::string path = "acme/tools";
    for (auto& group : groups) {
        now.parent_policies.push_back({path + "/ysnp_policy", std::move(group), {}});
        path = "acme";
    }
    return now;
}

/// The native policy after the change; null where none is written.
json native_after(const ProjectDocuments& now, const Allowance& what = allowance)
{
    for (const Amended& document : amend(now, what).documents)
        if (document.name == "ysnp_policy") return json::parse(document.text);
    return nullptr;
}

bool writes(const ProjectDocuments& now, const std::string& name)
{
    const Amendment amendment = amend(now, allowance);
    return std::ranges::any_of(amendment.documents, [&](const Amended& document) { return document.name == name; });
}

} // namespace

TEST_CASE("a first native policy of a project inherits where a group has one, and copies the entry that applies")
{
    const json after = native_after(documents(std::nullopt, {std::nullopt, open_group}));
    CHECK(after["inherit"] == true);
    CHECK(after["jobs"].size() == 1);
    CHECK(after["jobs"]["deploy"] ==
          json::parse(R"({"checks":[{"name":"mfaRequired"}],"protected":true,"free_variables":["TOKEN"]})"));
    CHECK_FALSE(writes(documents(std::nullopt, {open_group}), "youshallnotpass_config"));
}

TEST_CASE("a group's entry of the job's name goes before the project's own default, also when it is copied")
{
    const auto now = documents(R"({"version":1,"inherit":true,"jobs":{"default":{"refs":["refs/**"]}}})", {open_group});
    CHECK(native_after(now)["jobs"]["deploy"]["protected"] == true);
    Allowance build = allowance;
    build.job = "build";
    CHECK(native_after(now, build)["jobs"]["build"]["refs"] == json{"refs/**"});
}

TEST_CASE("nothing is copied from a group that the project does not inherit from")
{
    const char* const own = R"({"version":1,"jobs":{}})";
    CHECK(native_after(documents(own, {open_group}))["jobs"]["deploy"] == json{{"free_variables", {"TOKEN"}}});
    const char* const closed = R"({"version":1,"jobs":{"default":{"protected":true}}})";
    const json after = native_after(documents(std::nullopt, {closed, open_group}));
    CHECK(after["jobs"]["deploy"] == json{{"free_variables", {"TOKEN"}}});
    CHECK_FALSE(native_after(documents(std::nullopt, {std::nullopt})).contains("inherit"));
}

TEST_CASE("names that a group lists as free need no entry")
{
    const auto now = documents(
        std::nullopt, {R"({"version":1,"inherit":true,"jobs":{"default":{"free_variables":["TOKEN","OTHER"]}}})"});
    CHECK(native_after(now).is_null());
    CHECK(amend(now, allowance).present == std::vector<std::string>{"free_variables: TOKEN"});
}

TEST_CASE("beside a group's broken policy no native entry is written")
{
    for (const char* broken : {"{", R"({"version":1,"inherit":true,"jobs":{"default":{"reffs":["refs/heads/main"]}}})"})
        CHECK_THROWS_AS(amend(documents(std::nullopt, {broken}), allowance), StoreFault);
}
