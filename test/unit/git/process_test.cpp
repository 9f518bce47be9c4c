#include "fixture.h"
#include "net/failure.h"
#include "runner/git/sanitized.h"
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ysnp;
using namespace ysnp::git;
using namespace ysnp::git::testing;
namespace fs = std::filesystem;
namespace asio = boost::asio;

namespace {

std::vector<int> children()
{
    std::vector<int> found;
    std::ifstream list("/proc/self/task/" + std::to_string(::getpid()) + "/children");
    for (int pid = 0; list >> pid;) found.push_back(pid);
    return found;
}

std::vector<int> workers()
{
    std::vector<int> found;
    for (const int pid : children())
        if (read_file("/proc/" + std::to_string(pid) + "/cmdline").find("git-worker") != std::string::npos)
            found.push_back(pid);
    return found;
}

bool no_child_left() { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

/// A server that takes the request and never answers it.
void hang(Bench& bench)
{
    test::Fault stall;
    stall.path = "*";
    stall.times = -1;
    stall.delay = std::chrono::minutes(10);
    bench.gitlab().add_fault(stall);
}

/// A program in place of the worker.
std::string script(const Bench& bench, const std::string& body)
{
    const fs::path path = bench.dir() / "worker.sh";
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
}

SourceResult with_worker(Bench& bench, const std::string& executable, Collect& collect)
{
    WorkerOptions options;
    options.executable = executable;
    return test::run(bench.context(), git::fetch(bench.request(std::string(40, 'a')), collect, collect,
                                                 in(std::chrono::seconds(10)), options));
}

} // namespace

TEST_CASE("the token is in no argument, environment, file or line, and reaches the server [AC-R27] [INV-13] [INV-6]")
{
    Project project;
    project.write("file", "content");
    const std::string sha = project.commit("one");
    Bench bench(project);
    bool looked = false;
    Collect collect;
    auto watch = [&]() -> asio::awaitable<void> {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        while (!looked) {
            for (const int pid : workers()) {
                const std::string proc = "/proc/" + std::to_string(pid) + "/";
                CHECK(read_file(proc + "cmdline") == std::string("ysnprunner\0git-worker\0", 22));
                const std::string environment = read_file(proc + "environ");
                CHECK(environment.find(canary) == std::string::npos);
                CHECK(environment.find("YSNP_TEST_PARENT") == std::string::npos);
                looked = true;
            }
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(asio::use_awaitable);
        }
    };
    ::setenv("YSNP_TEST_PARENT", "must stay here", 1);
    asio::co_spawn(bench.context(), watch(), [](std::exception_ptr) {});
    const Outcome outcome = bench.fetch(sha);
    ::unsetenv("YSNP_TEST_PARENT");
    REQUIRE(outcome.result.ok());
    CHECK(looked);
    CHECK(outcome.tar.find(canary) == std::string::npos);
    CHECK_FALSE(found_below(bench.cache_dir(), canary));
    CHECK_FALSE(found_below(bench.unpack(outcome), canary));
    for (const auto& [kind, line] : outcome.progress) CHECK(line.find(canary) == std::string::npos);
    CHECK(read_file(bench.unpack(outcome) / ".git/config").find(bench.gitlab().url() + "/g/p.git") !=
          std::string::npos);
}

TEST_CASE("a deadline kills the worker and leaves no child [AC-R26]")
{
    Project project;
    Bench bench(project);
    hang(bench);
    Collect collect;
    const auto begin = std::chrono::steady_clock::now();
    try {
        test::run(bench.context(), git::fetch(bench.request(std::string(40, 'a')), collect, collect,
                                              in(std::chrono::milliseconds(300))));
        FAIL("it must time out");
    } catch (const std::system_error& error) {
        CHECK(error.code() == Failure::timed_out);
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    CHECK(workers().empty());
    CHECK(no_child_left());
}

TEST_CASE("cancelling a fetch kills the worker at once, and the next one works")
{
    Project project;
    project.write("file", "content");
    const std::string sha = project.commit("one");
    Bench bench(project);
    hang(bench);
    Collect collect;
    asio::cancellation_signal signal;
    std::exception_ptr failure;
    bool done = false;
    asio::co_spawn(bench.context(), git::fetch(bench.request(sha), collect, collect, in(std::chrono::minutes(1))),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, const SourceResult&) {
                       failure = std::move(error);
                       done = true;
                   }));
    asio::steady_timer timer(bench.context(), std::chrono::milliseconds(200));
    timer.async_wait([&](const boost::system::error_code&) { signal.emit(asio::cancellation_type::all); });
    while (!done) bench.context().run_one();
    REQUIRE(failure);
    try {
        std::rethrow_exception(failure);
    } catch (const std::system_error& error) {
        CHECK(error.code() == Failure::cancelled);
    }
    CHECK(workers().empty());
    bench.gitlab().clear_faults();
    CHECK(bench.fetch(sha).result.ok());
}

TEST_CASE("a worker that is killed in the middle leaves a cache that the next one uses")
{
    Project project;
    for (int i = 0; i < 300; ++i)
        project.write("f" + std::to_string(i), std::string(20'000, 'a') + std::to_string(i * 7919));
    const std::string sha = project.commit("one");
    for (const int milliseconds : {15, 40, 80}) {
        Bench bench(project);
        Collect collect;
        bool done = false;
        SourceResult result;
        asio::co_spawn(bench.context(), git::fetch(bench.request(sha), collect, collect, in(std::chrono::minutes(1))),
                       [&](std::exception_ptr error, SourceResult value) {
                           CHECK_FALSE(error);
                           result = std::move(value);
                           done = true;
                       });
        asio::steady_timer timer(bench.context(), std::chrono::milliseconds(milliseconds));
        timer.async_wait([&](const boost::system::error_code&) {
            for (const int pid : workers()) ::kill(pid, SIGKILL);
        });
        while (!done) bench.context().run_one();
        if (!result.ok()) {
            CHECK(result.error == SourceError::host);
            CHECK(result.message.find("signal 9") != std::string::npos);
        }
        CHECK(bench.fetch(sha).result.ok());
    }
}

TEST_CASE("a worker that crashes, says nothing or says nonsense is an honest failure [AC-R29]")
{
    Project project;
    Bench bench(project);
    Collect collect;
    const SourceResult crashed = with_worker(bench, script(bench, "kill -SEGV $$"), collect);
    CHECK(crashed.error == SourceError::host);
    CHECK(crashed.message.find("signal 11") != std::string::npos);
    const SourceResult silent = with_worker(bench, script(bench, "exit 3"), collect);
    CHECK(silent.error == SourceError::host);
    CHECK(silent.message.find("exit code 3") != std::string::npos);

    for (const char* body : {"printf 'Z\\0\\0\\0\\1x'", "printf 'T\\377\\377\\377\\377'", "printf 'R\\0\\0\\0\\2{}'",
                             "printf 'P\\0\\0\\0\\2\\011x'", "printf 'K\\0\\0\\0\\1x'"}) {
        INFO(body);
        CHECK_THROWS_AS(with_worker(bench, script(bench, std::string(body) + "; exec /bin/sleep 100"), collect),
                        std::system_error);
    }
    CHECK(collect.tar.empty());
    CHECK_THROWS_AS(with_worker(bench, "/nonexistent/worker", collect), std::system_error);
    CHECK(no_child_left());
}

TEST_CASE("a worker that floods the runner with progress is stopped [AC-R29]")
{
    Project project;
    Bench bench(project);
    Collect collect;
    const std::string flood = script(bench, "while :; do printf 'P\\0\\0\\0\\2\\001x'; done");
    CHECK_THROWS_AS(with_worker(bench, flood, collect), std::system_error);
    CHECK(collect.lines.size() <= 1000);
    CHECK(no_child_left());
}

TEST_CASE("the worker sees only its two pipes and cannot dump core or gain rights [AC-R29]")
{
    Project project;
    Bench bench(project);
    const fs::path seen = bench.dir() / "seen";
    Collect collect;
    const int leak = ::dup(1);
    with_worker(bench, script(bench, "ls /proc/$$/fd > " + seen.string()), collect);
    ::close(leak);
    // 10 and above belong to the shell itself: the script it reads.
    std::ifstream file(seen);
    for (int fd = 0; file >> fd;) CHECK((fd <= 2 || fd >= 10));

    hang(bench);
    auto look = [&]() -> asio::awaitable<void> {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        for (int tries = 0; tries < 2000; ++tries) {
            timer.expires_after(std::chrono::milliseconds(2));
            co_await timer.async_wait(asio::use_awaitable);
            if (workers().empty()) continue;
            const std::string proc = "/proc/" + std::to_string(workers().front()) + "/";
            const std::string status = read_file(proc + "status");
            // confined by the kernel, though the server has not said a word yet
            if (!sanitized && status.find("Seccomp:\t2") == std::string::npos) continue;
            if (status.find("NoNewPrivs:\t1") == std::string::npos) continue;
            const std::string limits = read_file(proc + "limits");
            CHECK(limits.find("Max core file size        0                    0") != std::string::npos);
            co_return;
        }
        FAIL("the worker never hardened itself");
    };
    asio::co_spawn(bench.context(), look(), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    CHECK_THROWS(test::run(bench.context(), git::fetch(bench.request(std::string(40, 'a')), collect, collect,
                                                       in(std::chrono::seconds(2)))));
}

TEST_CASE("a sink that throws ends the worker and the call")
{
    Project project;
    project.write("file", std::string(2'000'000, 'x'));
    const std::string sha = project.commit("one");
    Bench bench(project);
    struct Full : Collect {
        asio::awaitable<void> write(std::string_view) override
        {
            throw std::system_error(make_error_code(Error::body_too_large), "volume full");
            co_return;
        }
    } full;
    CHECK_THROWS_AS(
        test::run(bench.context(), git::fetch(bench.request(sha), full, full, in(std::chrono::seconds(30)))),
        std::system_error);
    CHECK(workers().empty());
}
