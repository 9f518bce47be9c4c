#include "docker/engine_error.h"
#include "net/failure.h"
#include "runner/job/archive_file.h"
#include "runner/job/layout.h"
#include "runner/job/outcome.h"
#include "runner/job/pipe.h"
#include "runner/job/slots.h"
#include "runner/job/stop.h"
#include "runner/tar/tar_writer.h"
#include "test/double/run.h"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;
using boost::asio::awaitable;
using gitlab::FailureReason;

namespace {

job::Outcome outcome_of(auto error) { return job::outcome_of(std::make_exception_ptr(std::move(error))); }

} // namespace

TEST_CASE("host names hold what DNS allows")
{
    const job::Layout layout = job::make_layout("/builds", "g/p", "Ab_Cd-9", 7, 42, {0, 2});
    CHECK(layout.hostname == "runner-abcd-9-project-7-concurrent-2");
    CHECK(job::make_layout("/b", "g/p", std::string(90, 'x'), 7, 42, {}).hostname.size() == 63);
    CHECK(layout.name.starts_with("ysnp-42-"));
    CHECK(layout.name != job::make_layout("/builds", "g/p", "Ab_Cd-9", 7, 42, {0, 2}).name);
}

TEST_CASE("every failure has somebody who must act")
{
    const auto engine = [](docker::FailureReason reason) {
        return docker::EngineError({}, "create", 400, "no", reason);
    };
    CHECK(outcome_of(engine(docker::FailureReason::configuration)).reason == FailureReason::runner_configuration_error);
    CHECK(outcome_of(engine(docker::FailureReason::external)).reason ==
          FailureReason::runner_external_dependency_failure);
    CHECK(outcome_of(engine(docker::FailureReason::image_pull)).reason == FailureReason::image_pull_failure);
    CHECK(outcome_of(engine(docker::FailureReason::system)).reason == FailureReason::runner_system_failure);
    CHECK(outcome_of(std::system_error(Error::deadline_passed, "x")).reason == FailureReason::job_execution_timeout);
    CHECK(outcome_of(std::runtime_error("x")).reason == FailureReason::runner_system_failure);
    const job::Outcome script = outcome_of(job::JobError(FailureReason::script_failure, "exit code 3", 3));
    CHECK(script.exit_code == 3);
    CHECK(script.verdict() == "Job failed: exit code 3");
    CHECK(outcome_of(std::runtime_error("boom")).verdict() == "Job failed (system failure): boom");
    CHECK(job::Outcome{.success = true}.verdict() == "Job succeeded");
}

TEST_CASE("a cancel ends the job before its scripts, stops the script during them, and changes nothing after [JOB-106]")
{
    boost::asio::io_context io;
    job::Stop before(io.get_executor());
    before.cancel();
    CHECK(before.why() == job::Why::canceled);

    job::Stop during(io.get_executor());
    int stopped = 0;
    during.scripts_begin([&] { ++stopped; });
    during.cancel();
    during.cancel();
    CHECK(stopped == 1);
    CHECK(during.why() == job::Why::none);
    CHECK(during.canceled());

    job::Stop after(io.get_executor());
    after.scripts_begin([] {});
    after.scripts_end();
    after.cancel();
    CHECK_FALSE(after.canceled());
    after.end(job::Why::interrupted, "terminated");
    after.end(job::Why::canceled);
    CHECK(after.why() == job::Why::interrupted);
    after.end(job::Why::lost);
    CHECK(after.why() == job::Why::lost);
}

TEST_CASE("places are bounded in all and per runner, and wake who waits")
{
    test::run([]() -> awaitable<void> {
        auto executor = co_await boost::asio::this_coro::executor;
        job::Slots slots(executor, 2);
        std::optional<job::Slots::Place> first(co_await slots.take("a", 1, in(10s)));
        bool late = false;
        try {
            co_await slots.take("a", 1, in(50ms));
        } catch (const std::system_error& error) {
            late = error.code() == Failure::timed_out;
        }
        CHECK(late);
        const job::Slots::Place second = co_await slots.take("b", 0, in(10s));
        CHECK(slots.free() == 0);
        const auto release = [&]() -> awaitable<void> {
            first.reset();
            co_return;
        };
        const job::Slots::Place third = co_await (slots.take("a", 1, in(10s)) && release());
        CHECK(slots.used() == 2);
    }());
}

TEST_CASE("jobs get the lowest free numbers")
{
    job::SlotNumbers numbers;
    std::optional<job::SlotNumbers::Lease> first(numbers.take("r", 1));
    const job::SlotNumbers::Lease second = numbers.take("r", 2);
    CHECK(second.slot().runner == 1);
    CHECK(second.slot().project == 0);
    first.reset();
    const job::SlotNumbers::Lease third = numbers.take("r", 2);
    CHECK(third.slot().runner == 0);
    CHECK(third.slot().project == 1);
}

TEST_CASE("a pipe carries every byte from the writer to the reader")
{
    test::run([]() -> awaitable<void> {
        auto executor = co_await boost::asio::this_coro::executor;
        job::Pipe pipe(executor);
        std::string received;
        const auto write = [&]() -> awaitable<void> {
            for (int i = 0; i < 100; ++i) co_await pipe.write(std::to_string(i) + ",");
            pipe.finish();
        };
        const auto read = [&]() -> awaitable<void> {
            for (;;) {
                const std::string_view bytes = co_await pipe.next();
                if (bytes.empty()) co_return;
                received += bytes;
            }
        };
        co_await (write() && read());
        std::string expected;
        for (int i = 0; i < 100; ++i) expected += std::to_string(i) + ",";
        CHECK(received == expected);
    }());
}

TEST_CASE("a writer learns that nobody reads any more")
{
    test::run([]() -> awaitable<void> {
        auto executor = co_await boost::asio::this_coro::executor;
        job::Pipe pipe(executor);
        bool failed = false;
        const auto write = [&]() -> awaitable<void> {
            try {
                co_await pipe.write("x");
            } catch (const std::system_error&) {
                failed = true;
            }
        };
        const auto leave = [&]() -> awaitable<void> {
            pipe.close_reader();
            co_return;
        };
        co_await (write() && leave());
        CHECK(failed);
    }());
}

TEST_CASE("one file is read out of an archive, and nothing out of a strange one")
{
    std::string archive;
    tar::Writer writer([&](std::string_view bytes) { archive += bytes; });
    writer.file({.path = "passwd"}, "root:x:0:0::/root:/bin/sh\n");
    writer.finish();
    CHECK(job::first_file(archive) == "root:x:0:0::/root:/bin/sh\n");
    CHECK(job::first_file(archive.substr(0, 520)).empty());
    CHECK(job::first_file("").empty());
    std::string link;
    tar::Writer links([&](std::string_view bytes) { link += bytes; });
    links.begin({.path = "passwd", .type = tar::Type::symlink, .link_target = "/etc/shadow"});
    links.finish();
    CHECK(job::first_file(link).empty());
}
