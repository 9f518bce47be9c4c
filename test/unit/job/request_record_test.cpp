#include "runner/job/request_record.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp;
using nlohmann::json;

TEST_CASE("the record of a start says who started the job, who approved it and why, on which policy")
{
    checks::Decision decision;
    decision.digest = "ysnp2:1";
    decision.policy_revision = "v1,-";
    decision.requested_by = "alice";
    checks::ApprovalRecord eve;
    eve.entity = "entity-of-eve";
    eve.login = "eve";
    eve.reason = "CHG-4411";
    decision.approved_by = {eve};
    const json body = json::parse(job::start_record("7-x", decision));
    CHECK(body["request"] == "7-x");
    CHECK(body["digest"] == "ysnp2:1");
    CHECK(body["policy_revision"] == "v1,-");
    CHECK(body["requested_by"] == "alice");
    CHECK(body["verified"] == false);
    CHECK(body["approved_by"] == json::parse(R"([{"entity":"entity-of-eve","login":"eve","reason":"CHG-4411"}])"));
    CHECK(json::parse(job::start_record("", checks::Decision()))["approved_by"] == json::array());
}
