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

TEST_CASE("a silent job is touched at the first interval with its checksum and size [TRC-03] [TRC-26]")
{
    Setting job;
    job.run(100ms);
    CHECK(job.gitlab.count("PUT running") >= 2); // every 30 ms: somebody may be watching
    CHECK(job.gitlab.calls[0].what == "PUT running");
    CHECK(job.gitlab.calls[0].update.checksum == "crc32:00000000");
    CHECK(job.gitlab.count("PATCH") == 0);
}

TEST_CASE("the first bytes of a job do not wait for the first interval")
{
    Setting job;
    job.options.interval = 500s;
    job.write("first\n");
    const auto begin = std::chrono::steady_clock::now();
    job.run(500ms);
    REQUIRE(job.gitlab.calls[0].what == "PATCH 0-5");
    CHECK(job.gitlab.calls[0].at - begin < 450ms);
}

TEST_CASE("the debug flag is right from the first byte [TRC-32]")
{
    Setting job;
    job.options.debug_trace = JobApi::DebugTrace::on;
    job.write("x");
    job.finish();
    CHECK(job.gitlab.calls[0].debug == JobApi::DebugTrace::on);
}

TEST_CASE("while the job runs somebody hears how far GitLab has the trace")
{
    Setting job;
    std::vector<std::uint64_t> heard;
    job.on_sent = [&](std::uint64_t offset) -> asio::awaitable<void> {
        heard.push_back(offset);
        co_return;
    };
    job.write("thirteen now.");
    job.run(100ms);
    CHECK(heard == std::vector<std::uint64_t>{13});
}

TEST_CASE("the next patch begins where the last one ended, by our own count [TRC-04] [TRC-05]")
{
    Setting job;
    job.uploader();
    job.write("thirteen now.");
    auto writer = [](Setting& self) -> asio::awaitable<void> {
        co_await sleep_until(in(25ms));
        self.write("more\n");
    };
    asio::co_spawn(job.context, writer(job), [](std::exception_ptr) {});
    job.run(100ms);
    CAPTURE(job.gitlab.log());
    CHECK(job.gitlab.count("PATCH 0-12") == 1);
    CHECK(job.gitlab.count("PATCH 13-17") == 1);
    CHECK(job.gitlab.stored == "thirteen now.more\n");
}

TEST_CASE("three megabytes go out in patches of at most one, in one go [TRC-22]")
{
    Setting job;
    job.options.interval = 500s;
    job.write(std::string(3u << 20, 'x') + "end");
    job.run(300ms);
    CHECK(job.gitlab.log() == "PATCH 0-1048575, PATCH 1048576-2097151, PATCH 2097152-3145727, PATCH 3145728-3145730, "
                              "PUT success");
    CHECK(job.gitlab.stored == job.trace.read(0, 4u << 20));
}

TEST_CASE("a 416 moves the offset to where GitLab is [TRC-06] [TRC-07] [TRC-11] [JOB-201]")
{
    for (const std::uint64_t holds : {9u, 0u, 6u}) {
        Setting job;
        job.write("0123456789abc");
        job.gitlab.stored = std::string("0123456789abc").substr(0, holds);
        job.gitlab.patch_replies = {ScriptedJob::patched(PatchDisposition::failed, 500), ScriptedJob::moved(holds)};
        CHECK(job.finish() == Reported::yes);
        CHECK(job.gitlab.calls[2].what == "PATCH " + std::to_string(holds) + "-12");
        CHECK(job.gitlab.stored == "0123456789abc");
        CHECK(job.gitlab.calls.back().what == "PUT success");
    }
}

TEST_CASE(
    "a GitLab that claims more than there is, or the same offset for ever, still gets the state [TRC-09] [TRC-10]")
{
    Setting liar;
    liar.write("0123456789abc");
    liar.gitlab.patch_replies = {ScriptedJob::moved(999999)};
    CHECK(liar.finish() == Reported::yes);
    CHECK(liar.gitlab.log() == "PATCH 0-12, PUT success");
    Setting stubborn;
    stubborn.write("0123456789abc");
    stubborn.gitlab.on_patch = [](auto, auto) { return ScriptedJob::moved(3); };
    CHECK(stubborn.finish() == Reported::yes);
    CHECK(stubborn.gitlab.count("PATCH") == 5);
    CHECK(stubborn.gitlab.calls.back().what == "PUT success");
    Setting fickle;
    fickle.write("0123456789abc");
    fickle.gitlab.on_patch = [n = 0u](auto, auto) mutable { return ScriptedJob::moved(++n % 2); };
    CHECK(fickle.finish() == Reported::yes);
    CHECK(fickle.gitlab.count("PATCH") == most_moves);
}

TEST_CASE("a 403 while the job runs aborts it once, and nothing more is sent [TRC-12] [TRC-13] [TRC-33]")
{
    for (const auto status : {JobStatus::absent, JobStatus::canceled}) {
        Setting job;
        job.gitlab.patch_replies = {ScriptedJob::patched(PatchDisposition::aborted, 403, status)};
        job.write("x");
        CHECK(job.run(100ms, JobState::failed) == Reported::lost);
        CHECK(job.aborts == 1);
        CHECK(job.cancels == 0);
        CHECK(job.gitlab.log() == "PATCH 0-0");
        CHECK(job.uploader().aborted());
    }
}

TEST_CASE("a 202 that says failed, and a touch that says canceled, abort as well [TRC-14] [CAN-06]")
{
    Setting quota;
    quota.gitlab.patch_replies = {ScriptedJob::patched(PatchDisposition::aborted, 202, JobStatus::failed)};
    quota.write("x");
    CHECK(quota.run(60ms) == Reported::lost);
    CHECK(quota.aborts == 1);
    Setting canceled;
    canceled.gitlab.update_replies = {ScriptedJob::updated(UpdateDisposition::aborted, 200, JobStatus::canceled)};
    CHECK(canceled.run(100ms) == Reported::lost);
    CHECK(canceled.aborts == 1);
    CHECK(canceled.gitlab.log() == "PUT running");
}

TEST_CASE("canceling is told once, and the trace goes on [TRC-15] [CAN-02]")
{
    Setting job;
    job.gitlab.on_update = [](const auto&) {
        return ScriptedJob::updated(UpdateDisposition::done, 200, JobStatus::canceling);
    };
    auto writer = [](Setting& self) -> asio::awaitable<void> {
        co_await sleep_until(in(120ms));
        self.write("after\n");
    };
    job.uploader();
    asio::co_spawn(job.context, writer(job), [](std::exception_ptr) {});
    CHECK(job.run(250ms, JobState::failed, "unknown_failure") == Reported::yes);
    CHECK(job.gitlab.count("PUT running") >= 3);
    CHECK(job.cancels == 1);
    CHECK(job.aborts == 0);
    CHECK(job.gitlab.stored == "after\n");
}

TEST_CASE("a cancel is seen within one interval by a job that prints nothing")
{
    Setting job;
    job.gitlab.on_update = [](const auto&) {
        auto reply = ScriptedJob::updated(UpdateDisposition::done, 200, JobStatus::canceling);
        reply.interval = 3s;
        return reply;
    };
    job.run(60ms);
    CHECK(job.cancels == 1);
}

TEST_CASE("an abort beats a cancel that comes with or after it [CAN-05] [CAN-07]")
{
    Setting job;
    job.gitlab.update_replies = {ScriptedJob::updated(UpdateDisposition::done, 200, JobStatus::canceling),
                                 ScriptedJob::updated(UpdateDisposition::aborted, 403, JobStatus::canceled),
                                 ScriptedJob::updated(UpdateDisposition::done, 200, JobStatus::canceling)};
    CHECK(job.run(150ms, JobState::failed) == Reported::lost);
    CHECK(job.cancels == 1);
    CHECK(job.aborts == 1);
    CHECK(job.gitlab.log() == "PUT running, PUT running");
    Setting together;
    together.gitlab.update_replies = {ScriptedJob::updated(UpdateDisposition::aborted, 403, JobStatus::canceling)};
    together.run(60ms);
    CHECK(together.aborts == 1);
    CHECK(together.cancels == 0);
}

TEST_CASE("404, 406, 409 and 5xx keep the offset until the next interval [TRC-16] [TRC-18] [TRC-19] [TRC-20] [JOB-202]")
{
    Setting job;
    job.gitlab.patch_replies = {
        ScriptedJob::patched(PatchDisposition::missing, 404), ScriptedJob::patched(PatchDisposition::failed, 406),
        ScriptedJob::patched(PatchDisposition::failed, 409), ScriptedJob::patched(PatchDisposition::failed, 503)};
    job.write("content");
    CHECK(job.run(200ms) == Reported::yes);
    REQUIRE(job.gitlab.count("PATCH 0-6") == 5);
    CHECK(job.gitlab.stored == "content");
    CHECK(job.aborts == 0);
    std::vector<Deadline> times;
    for (const auto& call : job.gitlab.calls)
        if (call.what.starts_with("PATCH")) times.push_back(call.at);
    CHECK(times[1] - times[0] >= 25ms);
    CHECK(times[2] - times[1] >= 25ms);
}

TEST_CASE("a connection that breaks in the middle of a patch leaves no gap and no double [TRC-21]")
{
    Setting job;
    job.write("0123456789");
    bool broken = false;
    job.gitlab.on_patch = [&](std::string_view bytes, std::uint64_t offset) {
        if (!broken) {
            broken = true;
            job.gitlab.store(bytes.substr(0, 4), offset); // GitLab got four bytes, we got no answer
            return gitlab::PatchReply{};
        }
        if (offset != job.gitlab.stored.size()) return ScriptedJob::moved(job.gitlab.stored.size());
        job.gitlab.store(bytes, offset);
        return ScriptedJob::accepted(offset + bytes.size());
    };
    CHECK(job.finish() == Reported::yes);
    CHECK(job.gitlab.log() == "PATCH 0-9, PATCH 0-9, PATCH 4-9, PUT success");
    CHECK(job.gitlab.stored == "0123456789");
}

TEST_CASE("the interval that GitLab names is kept from then on [TRC-25]")
{
    Setting job;
    auto slow = ScriptedJob::updated(UpdateDisposition::done);
    slow.interval = 10s;
    auto fast = ScriptedJob::updated(UpdateDisposition::done);
    fast.interval = 1s;
    job.gitlab.update_replies = {slow, fast};
    job.run(300ms);
    const auto& calls = job.gitlab.calls;
    REQUIRE(calls.size() > 4);
    CHECK(calls[1].at - calls[0].at >= 95ms);
    CHECK(calls[3].at - calls[2].at < 85ms);
}

TEST_CASE("writing never waits for a GitLab that does not answer")
{
    Setting job;
    job.gitlab.latency = 400ms;
    job.uploader();
    job.write("x");
    auto writer = [](Setting& self) -> asio::awaitable<void> {
        co_await sleep_until(in(200ms)); // a PATCH hangs now
        CHECK(self.gitlab.count("PATCH") == 1);
        for (int i = 0; i < 100; ++i) self.write(std::string(10000, 'y'));
        CHECK(self.gitlab.stored.empty()); // it hangs still, and all is written
        CHECK(self.trace.size() == 1000001);
    };
    asio::co_spawn(job.context, writer(job), [](std::exception_ptr) {});
    CHECK(job.run(300ms) == Reported::yes);
    CHECK(job.gitlab.stored.size() == 1000001);
}

TEST_CASE("a sender that was cancelled can still finish")
{
    Setting job;
    job.write("trace");
    auto whole = [](Setting& self) -> asio::awaitable<Reported> {
        TaskGroup group(self.context.get_executor());
        group.spawn(self.uploader().run());
        co_await sleep_until(in(5ms));
        group.cancel();
        co_await group.join();
        const Reported result = co_await self.uploader().finish(JobState::failed, "runner_interrupted");
        co_return result;
    };
    CHECK(test::run(job.context, whole(job)) == Reported::yes);
    CHECK(job.gitlab.log() == "PATCH 0-4, PUT failed");
}

TEST_CASE("a restarted runner goes on where GitLab is")
{
    Setting job;
    job.gitlab.stored = "old ";
    job.write("old new");
    job.uploader().resume_at(4);
    CHECK(job.finish() == Reported::yes);
    CHECK(job.gitlab.log() == "PATCH 4-6, PUT success");
    CHECK(job.gitlab.stored == "old new");
}

} // namespace ysnp::trace
