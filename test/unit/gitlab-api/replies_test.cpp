#include "gitlab-api/job_reply.h"
#include "gitlab-api/reply_text.h"
#include "net/http.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::gitlab;
using namespace std::chrono_literals;

namespace {

net::Response answer(unsigned status, std::vector<net::Header> headers = {}, std::string body = {})
{
    net::Response response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = std::move(body);
    return response;
}

net::Header job_status(std::string value) { return {"Job-Status", std::move(value)}; }
net::Header interval(std::string value) { return {"X-GitLab-Trace-Update-Interval", std::move(value)}; }
net::Header range(std::string value) { return {"Range", std::move(value)}; }

} // namespace

TEST_CASE("jobs/request: each status has one meaning, and only a refused token is unhealthy [POL-05] [POL-10] [POL-11] "
          "[POL-18] [POL-19] [POL-20] [POL-36]")
{
    struct Row {
        unsigned status;
        JobOutcome outcome;
        bool healthy;
    };
    for (const auto& row :
         {Row{201, JobOutcome::job, true}, Row{204, JobOutcome::none, true}, Row{409, JobOutcome::conflict, true},
          Row{400, JobOutcome::refused, false}, Row{403, JobOutcome::refused, false},
          Row{422, JobOutcome::refused, false}, Row{413, JobOutcome::rejected, true},
          Row{302, JobOutcome::rejected, true}, Row{200, JobOutcome::rejected, true},
          Row{408, JobOutcome::unavailable, true}, Row{429, JobOutcome::unavailable, true},
          Row{500, JobOutcome::unavailable, true}, Row{501, JobOutcome::unavailable, true},
          Row{503, JobOutcome::unavailable, true}, Row{515, JobOutcome::unavailable, true}}) {
        INFO(row.status);
        const auto reply = judge_job_reply(answer(row.status));
        CHECK(reply.outcome == row.outcome);
        CHECK(reply.healthy == row.healthy);
    }
}

TEST_CASE("last_update comes only from a usable header [POL-02] [POL-03] [AC-G08]")
{
    const auto seen = [](std::string value) {
        return judge_job_reply(answer(204, {{"X-GitLab-Last-Update", value}})).last_update;
    };
    CHECK(seen("abc") == "abc");
    CHECK_FALSE(seen(""));
    CHECK_FALSE(seen(std::string(1 << 20, 'a')));
    CHECK_FALSE(seen("a\r\nX: b"));
    CHECK_FALSE(judge_job_reply(answer(204)).last_update);
}

TEST_CASE("the payload's media type may carry parameters, and a wrong one is told [POL-21] [POL-22]")
{
    CHECK(judge_job_reply(answer(201, {{"Content-Type", "application/json; charset=utf-8"}}, "{}")).json);
    CHECK(judge_job_reply(answer(201, {{"Content-Type", "Application/JSON"}}, "{}")).json);
    const auto reply = judge_job_reply(answer(201, {{"Content-Type", "application/octet-stream"}}, "{}"));
    CHECK_FALSE(reply.json);
    CHECK(reply.body == "{}"); // still there to dig the identity out
    CHECK_FALSE(judge_job_reply(answer(201, {}, "{}")).json);
}

TEST_CASE("PUT: statuses and Job-Status decide together [FIN-03] [FIN-04] [FIN-06] [FIN-07] [FIN-08] [FIN-09] [FIN-21] "
          "[CAN-06]")
{
    using enum UpdateDisposition;
    CHECK(judge_update(answer(200)).disposition == done);
    CHECK(judge_update(answer(202, {interval("1")})).disposition == again);
    CHECK(judge_update(answer(202, {interval("1")})).interval == 1s);
    CHECK(judge_update(answer(202)).interval == std::nullopt); // [FIN-05] the caller's 3 s
    CHECK(judge_update(answer(412)).disposition == resend_trace);
    CHECK(judge_update(answer(403, {job_status("success")})).disposition == aborted);
    CHECK(judge_update(answer(404)).disposition == aborted);
    CHECK(judge_update(answer(403)).disposition == aborted);
    CHECK(judge_update(answer(400)).disposition == rejected);
    CHECK(judge_update(answer(409)).disposition == failed);
    CHECK(judge_update(answer(500)).disposition == failed);
    CHECK(judge_update(answer(302)).disposition == failed); // [NET-12]
    CHECK(judge_update(answer(200, {job_status("canceled")})).disposition == aborted);
    CHECK(judge_update(answer(200, {job_status("failed")})).disposition == aborted);
    const auto canceling = judge_update(answer(200, {job_status("canceling")}));
    CHECK(canceling.disposition == done);
    CHECK(canceling.cancel_requested());
    CHECK(judge_update(answer(200, {job_status("success")})).disposition == done); // [AC-G13]
}

TEST_CASE("PATCH: a 202 goes on after what was sent, with or without Range [TRC-04] [TRC-05] [AC-G09]")
{
    CHECK(judge_patch(answer(202, {range("0-13")}), 0, 13).offset == 13);
    CHECK(judge_patch(answer(202), 0, 13).offset == 13);
    CHECK(judge_patch(answer(202, {range("0-5")}), 0, 13).offset == 13);
    CHECK(judge_patch(answer(202), 13, 7).disposition == PatchDisposition::accepted);
}

TEST_CASE("PATCH: a 416 moves to the count that GitLab holds, garbage to the start [TRC-06] [TRC-07] [TRC-08] [TRC-11] "
          "[AC-G09]")
{
    const auto moved_to = [](std::vector<net::Header> headers) {
        const auto reply = judge_patch(answer(416, std::move(headers)), 13, 5);
        CHECK(reply.disposition == PatchDisposition::moved);
        return reply.offset;
    };
    CHECK(moved_to({range("0-9")}) == 9); // a count, not a last index
    CHECK(moved_to({range("0-0")}) == 0);
    CHECK(moved_to({}) == 0);
    for (const auto* text : {"abc", "-5", "x", "0-", "0-9x", "0--9", "9", "0-99999999999999999999999", "-"})
        CHECK(moved_to({range(text)}) == 0);
    CHECK(moved_to({range("0-999999")}) == 999999); // [TRC-09] more than there is: the uploader gives up
}

TEST_CASE("PATCH: abort, cancel, missing and failed are told apart [TRC-12] [TRC-13] [TRC-14] [TRC-15] [TRC-16] "
          "[TRC-18] [TRC-19] [TRC-20] [TRC-33]")
{
    const auto judged = [](unsigned status, std::vector<net::Header> headers = {}) {
        return judge_patch(answer(status, std::move(headers)), 4, 2);
    };
    CHECK(judged(403).disposition == PatchDisposition::aborted);
    CHECK(judged(403, {job_status("canceled")}).disposition == PatchDisposition::aborted);
    CHECK(judged(202, {job_status("failed")}).disposition == PatchDisposition::aborted);
    CHECK(judged(202, {job_status("canceled")}).disposition == PatchDisposition::aborted);
    CHECK(judged(202, {job_status("canceling")}).disposition == PatchDisposition::accepted);
    CHECK(judged(202, {job_status("canceling")}).cancel_requested());
    CHECK(judged(404).disposition == PatchDisposition::missing);
    for (const unsigned status : {406u, 409u, 429u, 500u, 503u, 200u, 302u, 400u}) {
        CHECK(judged(status).disposition == PatchDisposition::failed);
        CHECK(judged(status).offset == 4);
    }
}

TEST_CASE(
    "the trace interval counts when it is a positive integer, up to 15 minutes [TRC-23] [TRC-24] [TRC-25] [AC-G10]")
{
    const auto seconds = [](std::string text) {
        return judge_patch(answer(202, {interval(std::move(text))}), 0, 1).interval;
    };
    CHECK(seconds("10") == 10s);
    CHECK(seconds("3") == 3s);
    CHECK(seconds("60") == 60s);
    for (const auto* text : {"0", "-10", "abc", "", "1/2", "1.5", " 3", "99999999999999999999999"})
        CHECK_FALSE(seconds(text));
    CHECK_FALSE(judge_patch(answer(202), 0, 1).interval);
    CHECK(seconds("100000") == 15min);
    CHECK(seconds("1000000000") == 15min);
}

TEST_CASE("the acknowledgement decides whether a job starts [ACK-01] [ACK-02] [ACK-03] [ACK-04] [ACK-05] [ACK-06] "
          "[ACK-07] [ACK-09]")
{
    const auto decided = [](unsigned status, std::vector<net::Header> headers = {}) {
        return judge_acknowledgement(judge_update(answer(status, std::move(headers))));
    };
    CHECK(decided(200) == Acknowledgement::start);
    CHECK(decided(200, {job_status("running")}) == Acknowledgement::start);
    CHECK(decided(403) == Acknowledgement::drop);
    CHECK(decided(404) == Acknowledgement::drop);
    CHECK(decided(200, {job_status("canceling")}) == Acknowledgement::canceled);
    CHECK(decided(200, {job_status("canceled")}) == Acknowledgement::drop);
    CHECK(decided(500) == Acknowledgement::start);
    CHECK(decided(400) == Acknowledgement::repeat);
    CHECK(decided(403, {job_status("running")}) == Acknowledgement::drop);
}

TEST_CASE("GitLab's words are found in every shape of an error body [REG-11] [REG-12] [SEC-05]")
{
    const auto words = [](std::string body) { return explain(answer(400, {}, std::move(body))); };
    CHECK(words(R"({"message":"403 Forbidden"})") == "403 Forbidden");
    CHECK(words(R"({"error":"token is missing"})") == "token is missing");
    CHECK(words(R"({"message":{"error":"This endpoint has been requested too many times"}})") ==
          "error: This endpoint has been requested too many times");
    CHECK(
        words(
            R"({"message":{"tags_list":["can not be empty","x"],"runner_projects.base":["Maximum number exceeded"]}})") ==
        "runner_projects.base: Maximum number exceeded; tags_list: can not be empty, x");
    CHECK(words("<Error><Code>AccessDenied</Code><Message>Denied by policy</Message></Error>") ==
          "AccessDenied: Denied by policy");
    CHECK(words("<Error><Code>Broken") == "");
    CHECK(words("<html>502</html>") == "");
    CHECK(words("plain") == "");
    CHECK(words(R"({"message":"see https://s3.example/x?X-Amz-Signature=abc for more"})") ==
          "see https://s3.example/x?… for more");
    CHECK(words(R"({"message":"a\nb\u001b[31m"})") == "a b [31m");
    CHECK(words("{\"message\":\"" + std::string(10'000, 'a') + "\"}").size() < 500);
    CHECK(words("{\"message\":" + std::string(30'000, '[')) == "");
}

TEST_CASE("the server's request id reaches the log, made harmless [NET-15]")
{
    CHECK(judge_update(answer(200, {{"X-Request-Id", "foobar"}})).request_id == "foobar");
    CHECK(judge_update(answer(200, {{"X-Request-Id", "a\x1b[2Jb"}})).request_id == "a?[2Jb");
}
