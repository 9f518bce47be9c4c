#include "gitlab-api/failure_reason.h"
#include "gitlab-api/health.h"
#include "gitlab-api/request_concurrency.h"
#include "gitlab-api/rotation.h"
#include "gitlab-api/runner_identity.h"
#include "gitlab-api/token.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::gitlab;
using namespace std::chrono_literals;
using namespace std::chrono;

namespace {

WallTime at(std::string_view text) { return parse_expiry(text).value(); }

} // namespace

TEST_CASE(
    "a failure reason that GitLab does not know goes along its documented fallback [FIN-13] [FIN-14] [FIN-15] [FIN-16]")
{
    const std::vector<std::string> none;
    CHECK(reason_for(FailureReason::image_pull_failure, none) == "runner_system_failure");
    CHECK(reason_for(FailureReason::runner_configuration_error, none) == "script_failure");
    CHECK(reason_for(FailureReason::runner_external_dependency_failure, none) == "runner_system_failure");
    CHECK(reason_for(FailureReason::runner_interrupted, none) == "unknown_failure");
    CHECK(reason_for(FailureReason::job_canceled, {"job_canceled"}) == "unknown_failure");
    for (const auto reason :
         {FailureReason::script_failure, FailureReason::runner_system_failure, FailureReason::job_execution_timeout})
        CHECK(reason_for(reason, none) == to_string(reason));
    CHECK(reason_for(FailureReason::image_pull_failure, {"image_pull_failure"}) == "image_pull_failure");
    CHECK(reason_for(FailureReason::runner_interrupted, {"runner_interrupted"}) == "runner_interrupted");
}

TEST_CASE("a failure reason survives being written and read")
{
    for (int i = 0; i <= static_cast<int>(FailureReason::job_canceled); ++i) {
        const auto reason = static_cast<FailureReason>(i);
        CHECK(failure_reason_of(to_string(reason)) == reason);
    }
    CHECK_FALSE(failure_reason_of("api_failure"));
}

TEST_CASE("three refusals put an entry to sleep for the interval, then it is probed once [POL-07]")
{
    Health health(3, 1h);
    const Health::Clock::time_point start{};
    health.note(false, start);
    health.note(false, start + 1s);
    CHECK(health.may_poll(start + 2s));
    health.note(false, start + 2s);
    CHECK_FALSE(health.may_poll(start + 3s));
    CHECK_FALSE(health.may_poll(start + 59min));
    CHECK(health.asleep_until() == start + 2s + 1h);
    CHECK(health.may_poll(start + 2s + 1h));
    health.note(false, start + 2s + 1h); // the probe is refused: asleep again
    CHECK_FALSE(health.may_poll(start + 2h));
    CHECK(health.may_poll(start + 3h));
    health.note(true, start + 3h);
    health.note(false, start + 3h);
    health.note(false, start + 3h);
    CHECK(health.may_poll(start + 3h));
}

TEST_CASE("a healthy reply in between starts the count anew, a reload wakes the entry [POL-08] [POL-09] [POL-12]")
{
    Health health(3, 1h);
    const Health::Clock::time_point now{};
    for (const bool healthy : {false, false, true, false, false}) health.note(healthy, now);
    CHECK(health.may_poll(now));
    health.note(false, now);
    CHECK_FALSE(health.may_poll(now));
    health.reset();
    CHECK(health.may_poll(now));
    for (int i = 0; i < 100; ++i) health.note(true, now);
    CHECK(health.may_poll(now));
}

TEST_CASE("request concurrency settles at one while nothing comes and grows while jobs do [POL-31] [POL-32]")
{
    AdaptiveConcurrency idle(3);
    for (int i = 0; i < 100; ++i) idle.note(false, false);
    CHECK(idle.allowed() == 1);
    AdaptiveConcurrency busy(3);
    for (int i = 0; i < 100; ++i) busy.note(true, false);
    CHECK(busy.allowed() == 3);
    busy.note(false, true);
    CHECK(busy.allowed() == 2);
    CHECK(AdaptiveConcurrency(0).allowed() == 1);
}

TEST_CASE("a token is due at three quarters of its life, and never without an end [ROT-01] [ROT-02] [ROT-03]")
{
    const auto obtained = at("2026-07-01T00:00:00Z");
    const auto expires = obtained + days(20);
    CHECK(rotation_due(obtained, expires) == obtained + days(15));
    CHECK(rotation_due(obtained, obtained + days(8)).value() < rotation_due(obtained, expires).value());
    CHECK_FALSE(rotation_due(obtained, std::nullopt));
    CHECK_FALSE(rotation_due(obtained, parse_expiry("0001-01-01T00:00:00Z")));
    CHECK(rotation_due(obtained, obtained - 1s) == obtained);
}

TEST_CASE("failed rotations wait a minute, doubling to an hour [ROT-04]")
{
    CHECK(rotation_pause(1) == 1min);
    CHECK(rotation_pause(2) == 2min);
    CHECK(rotation_pause(5) == 16min);
    CHECK(rotation_pause(7) == 60min);
    CHECK(rotation_pause(1'000'000) == 60min);
    CHECK(rotation_pause(0) == 1min);
}

TEST_CASE("an expiry date is read with zone and fraction and written back in UTC [REG-02]")
{
    CHECK(format_time(at("2026-07-14T09:30:02Z")) == "2026-07-14T09:30:02Z");
    CHECK(format_time(at("2026-07-14T11:30:02.123+02:00")) == "2026-07-14T09:30:02Z");
    CHECK(format_time(at("2026-07-14T00:00:00-10:30")) == "2026-07-14T10:30:00Z");
    CHECK(format_time(at("2594-07-21T15:42:53Z")) == "2594-07-21T15:42:53Z"); // past what nanoseconds can count
    CHECK_FALSE(parse_expiry(""));
    for (const auto* text : {"soon", "2026-13-01T00:00:00Z", "2026-07-14", "2026-07-14T09:30", "2026-07-14T09:30:02X",
                             "2026/07/14T09:30:02Z", "2026-02-30T00:00:00Z", "-026-07-14T09:30:02Z"})
        CHECK_THROWS_AS(parse_expiry(text), std::system_error);
}

TEST_CASE("every feature is told, true only for what works [POL-37] [AC-S17] [GATE-W28]")
{
    CHECK(features().size() == 31);
    const auto works = [](std::string_view name) {
        const auto found = std::ranges::find(features(), name, &Feature::name);
        REQUIRE(found != features().end());
        return found->works;
    };
    for (const auto* name : {"variables", "image", "refspecs", "masking", "raw_variables", "multi_build_steps",
                             "trace_reset", "trace_checksum", "trace_size", "cancelable", "cancel_gracefully",
                             "return_exit_code", "image_executor_opts", "two_phase_job_commit"})
        CHECK(works(name));
    for (const auto* name :
         {"services", "artifacts", "cache", "session", "terminal", "vault_secrets", "native_steps_integration"})
        CHECK_FALSE(works(name));
}

TEST_CASE("labels that GitLab would refuse are refused here [POL-38]")
{
    std::map<std::string, std::string> labels{{"region", "eu-1"}};
    CHECK(label_problem(labels).empty());
    CHECK(label_problem({{"a", "x"}}).find("\"a\"") != std::string::npos);
    CHECK_FALSE(label_problem({{"region", ""}}).empty());
    CHECK_FALSE(label_problem({{"-region", "x"}}).empty());
    CHECK_FALSE(label_problem({{"region", "a b"}}).empty());
    for (int i = 0; i < 32; ++i) labels["label" + std::to_string(i)] = "x";
    CHECK(label_problem(labels) == "at most 32 labels, found 33");
}

TEST_CASE("what stands for a token in a log is a small part of it [SEC-01]")
{
    CHECK(short_token("glrt-t1_abcdefghijklmnopqrstuvwxyz") == "abcdefghi");
    CHECK(short_token("abcdefghijklmnopqr") == "abcdefghi");
    CHECK(short_token("short") == "…");
    CHECK(short_token("") == "…");
    CHECK(is_authentication_token("glrt-x"));
    CHECK_FALSE(is_authentication_token("GR1348941x"));
    CHECK(std::ranges::find(token_prefixes(), "glcbt-") != token_prefixes().end()); // [TRC-35] the masks' own list
}
