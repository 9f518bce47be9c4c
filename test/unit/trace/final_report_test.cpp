#include "test/unit/trace/job_setting.h"
#include <catch2/catch_test_macros.hpp>

namespace ysnp::trace {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using gitlab::JobState;
using gitlab::JobStatus;
using gitlab::PatchDisposition;
using gitlab::UpdateDisposition;

} // namespace

TEST_CASE("a short job sends its trace and then its state, with size and checksum [TRC-01] [TRC-30] [FIN-01] [FIN-03]")
{
    Setting job;
    job.write("hello\n");
    CHECK(job.finish() == Reported::yes);
    CHECK(job.gitlab.log() == "PATCH 0-5, PUT success");
    CHECK(job.gitlab.calls[0].debug == JobApi::DebugTrace::off);
    const auto& update = job.gitlab.calls[1].update;
    CHECK(update.checksum == "crc32:363a3020");
    CHECK(update.size == 6);
    CHECK_FALSE(update.failure_reason);
    CHECK(update.exit_code == 0);
}

TEST_CASE("one byte is sent as such, and nothing at all is not sent [TRC-02] [TRC-03] [TRC-31]")
{
    Setting one;
    one.write("x");
    one.finish();
    CHECK(one.gitlab.log() == "PATCH 0-0, PUT success");
    Setting none;
    none.finish();
    CHECK(none.gitlab.log() == "PUT success");
    CHECK(none.gitlab.calls[0].update.checksum == "crc32:00000000");
}

TEST_CASE("a failure carries its reason and exit code [FIN-02]")
{
    Setting job;
    CHECK(job.finish(JobState::failed, "script_failure", 7) == Reported::yes);
    CHECK(job.gitlab.calls[0].what == "PUT failed");
    CHECK(job.gitlab.calls[0].update.failure_reason == "script_failure");
    CHECK(job.gitlab.calls[0].update.exit_code == 7);
}

TEST_CASE("404 and 403 in the final flush end the trace, and the state is sent [TRC-17] [CAN-05]")
{
    for (const unsigned status : {404u, 403u}) {
        Setting job;
        job.gitlab.patch_replies = {
            ScriptedJob::patched(status == 404 ? PatchDisposition::missing : PatchDisposition::aborted, status)};
        job.write("x");
        CHECK(job.finish(JobState::failed) == Reported::yes);
        CHECK(job.gitlab.log() == "PATCH 0-0, PUT failed");
        CHECK(job.aborts == 0);
    }
}

TEST_CASE("a final 202 is repeated, the same each time, after the interval [FIN-04] [FIN-05]")
{
    for (const int seconds : {1, 0}) {
        Setting job;
        auto again = ScriptedJob::updated(UpdateDisposition::again, 202);
        if (seconds > 0) again.interval = std::chrono::seconds(seconds);
        job.gitlab.update_replies = {again, again};
        job.write("x");
        CHECK(job.finish(JobState::failed, "script_failure", 3) == Reported::yes);
        CHECK(job.gitlab.log() == "PATCH 0-0, PUT failed, PUT failed, PUT failed");
        for (std::size_t i = 2; i < 4; ++i) {
            CHECK(job.gitlab.calls[i].at - job.gitlab.calls[i - 1].at >= (seconds > 0 ? 10ms : 30ms));
            CHECK(job.gitlab.calls[i].update.checksum == job.gitlab.calls[1].update.checksum);
            CHECK(job.gitlab.calls[i].update.exit_code == 3);
        }
    }
}

TEST_CASE("a 412 sends the whole trace again, a few times at most [FIN-06] [AC-T11]")
{
    Setting job;
    job.write("whole trace");
    job.gitlab.update_replies = {ScriptedJob::updated(UpdateDisposition::resend_trace, 412)};
    CHECK(job.finish() == Reported::yes);
    CHECK(job.gitlab.log() == "PATCH 0-10, PUT success, PATCH 0-10, PUT success");
    Setting endless;
    endless.options.final_tries = 2;
    endless.write("x");
    endless.gitlab.on_update = [](const auto&) { return ScriptedJob::updated(UpdateDisposition::resend_trace, 412); };
    CHECK(endless.finish() == Reported::gave_up);
    CHECK(endless.gitlab.count("PATCH") == 3);
}

TEST_CASE("403 and 404 on the final state mean that it is over [FIN-07] [FIN-08] [FIN-21]")
{
    for (const unsigned status : {403u, 404u}) {
        Setting job;
        job.gitlab.update_replies = {ScriptedJob::updated(UpdateDisposition::aborted, status, JobStatus::success)};
        CHECK(job.finish() == Reported::yes);
        CHECK(job.gitlab.calls.size() == 1);
    }
}

TEST_CASE("a final state that is refused is tried again with growing pauses, then given up [FIN-09] [FIN-11] [FIN-12]")
{
    for (const auto disposition : {UpdateDisposition::rejected, UpdateDisposition::failed}) {
        Setting job;
        job.options.final_tries = 4;
        job.gitlab.on_update = [=](const auto&) { return ScriptedJob::updated(disposition, 400); };
        CHECK(job.finish() == Reported::gave_up);
        REQUIRE(job.gitlab.calls.size() == 4);
        CHECK(job.gitlab.calls[1].at - job.gitlab.calls[0].at >= 10ms);
        CHECK(job.gitlab.calls[2].at - job.gitlab.calls[1].at >= 20ms);
        CHECK(job.gitlab.calls[3].at - job.gitlab.calls[2].at >= 40ms);
    }
    Setting two;
    two.options.final_tries = 2;
    two.gitlab.on_update = [](const auto&) { return gitlab::UpdateReply{}; };
    CHECK(two.finish() == Reported::gave_up);
    CHECK(two.gitlab.calls.size() == 2);
}

TEST_CASE("a GitLab that is down for a while gets the state when it is back [FIN-10]")
{
    Setting job;
    job.write("trace");
    const auto back = in(100ms);
    job.gitlab.on_patch = [&](std::string_view bytes, std::uint64_t offset) {
        if (std::chrono::steady_clock::now() < back) return ScriptedJob::patched(PatchDisposition::failed, 500);
        job.gitlab.store(bytes, offset);
        return ScriptedJob::accepted(offset + bytes.size());
    };
    CHECK(job.finish() == Reported::yes);
    CHECK(job.gitlab.stored == "trace");
    CHECK(job.gitlab.count("PATCH") <= 10);
}

TEST_CASE("no try begins after the job's token has expired [FIN-21]")
{
    Setting job;
    job.options.token_expires = in(50ms);
    job.gitlab.on_update = [](const auto&) { return ScriptedJob::updated(UpdateDisposition::failed, 500); };
    CHECK(job.finish() == Reported::gave_up);
    CHECK(job.gitlab.calls.size() <= 3);
}

TEST_CASE("finishing waits for the call in flight, then sends what is left")
{
    Setting job;
    job.gitlab.latency = 40ms;
    job.write("first");
    job.uploader();
    auto writer = [](Setting& self) -> asio::awaitable<void> {
        co_await sleep_until(in(25ms));
        self.write("second");
    };
    asio::co_spawn(job.context, writer(job), [](std::exception_ptr) {});
    CHECK(job.run(35ms) == Reported::yes);
    CHECK(job.gitlab.log() == "PATCH 0-4, PATCH 5-10, PUT success");
}

TEST_CASE("a pause before another try can be cancelled")
{
    Setting job;
    job.options.second = 60s;
    job.gitlab.on_update = [](const auto&) { return ScriptedJob::updated(UpdateDisposition::failed, 500); };
    bool ended = false;
    auto finish = [](Setting& self, bool& done) -> asio::awaitable<void> {
        co_await self.uploader().finish(JobState::success);
        done = true;
    };
    auto whole = [&](Setting& self) -> asio::awaitable<void> {
        TaskGroup group(self.context.get_executor());
        group.spawn(finish(self, ended));
        co_await sleep_until(in(20ms));
        group.cancel();
        co_await group.join();
    };
    test::run(job.context, whole(job), 10s);
    CHECK_FALSE(ended);
    CHECK(job.gitlab.log() == "PUT success");
}

} // namespace ysnp::trace
