#include "checks/predefined.h"
#include "property.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using nlohmann::json;

TEST_CASE("flip any typed field that says who the job is, and it is refused [AC-I01] [AC-I05] [AC-I09]")
{
    for (const char* path : {"/id", "/job_info/id", "/job_info/name", "/job_info/stage", "/job_info/pipeline_id",
                             "/job_info/project_id", "/job_info/project_full_path", "/git_info/repo_url",
                             "/git_info/ref", "/git_info/sha", "/git_info/protected"}) {
        json changed = original();
        json& value = changed[json::json_pointer(path)];
        value = std::string(path) == "/git_info/sha" ? json(std::string(40, 'a')) : sample::flipped(value);
        CAPTURE(path);
        CHECK(judge(changed).refused);
    }
}

TEST_CASE("retype or drop any field of who and what the job is, and it is refused or the same job [AC-I01] [AC-P06]")
{
    json payload = original();
    const std::string before = judge(payload).digest;
    int refused = 0;
    const auto refuses_or_same = [&](const Outcome& outcome) {
        refused += outcome.refused ? 1 : 0;
        CHECK((outcome.refused || outcome.digest == before));
    };
    for (const std::string& path : sample::every_path(payload)) {
        if (!path.starts_with("/git_info/") && !path.starts_with("/job_info/") && path != "/id" && path != "/token")
            continue;
        CAPTURE(path);
        const std::string parent = path.substr(0, path.rfind('/'));
        if (!parent.empty())
            sample::with_value(payload, parent, sample::parent_without(payload, path),
                               [&] { refuses_or_same(judge(payload)); });
        for (const json& other : sample::retyped(payload[json::json_pointer(path)])) {
            CAPTURE(other.dump());
            sample::with_value(payload, path, other, [&] { refuses_or_same(judge(payload)); });
        }
    }
    CHECK(refused > 40);
}

TEST_CASE("what the server alone reads may change freely")
{
    json changed = original();
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
    CHECK(judge(changed).digest == judge(original()).digest);
}

TEST_CASE("variables that lie about a typed field are refused, each of them [AC-I01] [AC-V12]")
{
    const json payload = original();
    int lies = 0;
    for (std::size_t i = 0; i < payload["variables"].size(); ++i) {
        const auto* known = checks::find_predefined(payload["variables"][i]["key"].get<std::string>());
        if (!known || known->kind != checks::VariableClass::verified) continue;
        json changed = payload;
        changed["variables"][i]["value"] = payload["variables"][i]["value"].get<std::string>() + "9";
        const auto decision = checks::decide(made_for_it(), sample::facts(changed), checks::Now{});
        CAPTURE(known->name);
        CHECK(decision.code() == "PAY-IDENT");
        ++lies;
    }
    CHECK(lies >= 20);
}
