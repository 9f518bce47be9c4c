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

TEST_CASE("the record of a request keeps what people are shown, byte for byte; of a huge document its size [AC-A28]")
{
    checks::ApprovalRequest request;
    request.document = R"({"script":["echo \u001b[31m \"quoted\" ünïcode"]})";
    const json body = json::parse(job::request_record(request, "v1"));
    CHECK(body["document"] == request.document);
    CHECK_FALSE(body.contains("document_bytes"));
    request.document.assign(job::longest_document + 1, 'x');
    const json huge = json::parse(job::request_record(request, "v1"));
    CHECK_FALSE(huge.contains("document"));
    CHECK(huge["document_bytes"] == job::longest_document + 1);
}
