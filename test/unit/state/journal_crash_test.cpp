#include "net/failure.h"
#include "runner/state/journal.h"
#include "test/double/run.h"
#include "test/unit/state/sample_job.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ysnp::state {

namespace {

/// Runs `work` in a process of its own and kills it, by SIGKILL, when it has written a byte to the pipe it is given.
template <class Work>
void killed_in_the_middle(Work work)
{
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            work(ends[1]);
        } catch (...) {
            ::_exit(1);
        }
        for (;;) ::pause();
    }
    ::close(ends[1]);
    char byte = 0;
    REQUIRE(::read(ends[0], &byte, 1) == 1);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    ::close(ends[0]);
}

void ready(int pipe) { (void)!::write(pipe, "x", 1); }

} // namespace

TEST_CASE("a runner killed at any step finds that step again, and all before it [AC-L03] [INV-15]")
{
    const Step life[] = {Step::accepted, Step::decided, Step::volume, Step::network, Step::container,
                         Step::started,  Step::agent,   Step::stage,  Step::trace,   Step::result};
    for (std::size_t last = 0; last < std::size(life); ++last) {
        test::TempDir folder;
        const auto file = folder / "journal.db";
        killed_in_the_middle([&](int pipe) {
            auto* const journal = new Journal(file); // never closed: the process dies with it
            const auto row = journal->begin(sample(), {{life[0], "0"}});
            for (std::size_t i = 1; i <= last; ++i)
                journal->step(row, life[i], std::to_string(i),
                              i % 2 == 0 ? Journal::Durability::later : Journal::Durability::now);
            ready(pipe);
        });
        Journal journal(file);
        const auto jobs = journal.open_jobs();
        REQUIRE(jobs.size() == 1);
        REQUIRE(jobs[0].steps.size() == last + 1);
        for (std::size_t i = 0; i <= last; ++i) {
            CHECK(jobs[0].steps[i].step == life[i]);
            CHECK(jobs[0].steps[i].value == std::to_string(i));
        }
    }
}

TEST_CASE("a runner killed in the middle of writing leaves whole records only [AC-L03] [AC-L04]")
{
    for (int round = 0; round < 5; ++round) {
        test::TempDir folder;
        const auto file = folder / "journal.db";
        killed_in_the_middle([&](int pipe) {
            Journal journal(file);
            for (std::int64_t id = 1;; ++id) {
                const auto row = journal.begin(sample(id), {{Step::accepted, "a"}, {Step::decided, "b"}});
                if (id == 20 + round) ready(pipe); // killed somewhere after this
                if (id % 2 == 0) journal.close(row);
            }
        });
        Journal journal(file);
        const auto jobs = journal.open_jobs();
        CHECK(jobs.size() >= 10);
        for (const auto& job : jobs) CHECK(job.steps.size() == 2);
        journal.begin(sample(1000000));
    }
}

TEST_CASE("a torn end of the log is ignored, what was written before it stays [AC-L04]")
{
    test::TempDir folder;
    const auto file = folder / "journal.db";
    killed_in_the_middle([&](int pipe) {
        auto* const journal = new Journal(file);
        journal->begin(sample(1));
        journal->begin(sample(2));
        ready(pipe);
    });
    auto log = file;
    log += "-wal";
    const auto size = std::filesystem::file_size(log);
    REQUIRE(size > 100);
    std::filesystem::resize_file(log, size - 100); // as if the power had gone in the last write
    Journal journal(file);
    const auto jobs = journal.open_jobs();
    REQUIRE(jobs.size() == 1);
    CHECK(jobs[0].job.job_id == 1);
}

TEST_CASE("a damaged file is refused with its name and what to do")
{
    test::TempDir folder;
    const auto file = folder / "journal.db";
    std::ofstream(file) << std::string(8192, 'x');
    ::chmod(file.c_str(), 0600);
    const auto no_database = failure_of([&] { Journal journal(file); });
    CHECK(no_database.code() == Failure::invalid);
    CHECK(std::string(no_database.what()).find("journal.db") != std::string::npos);
    CHECK(std::string(no_database.what()).find("move") != std::string::npos);
    std::filesystem::remove(file);
    {
        Journal journal(file);
        for (int i = 0; i < 200; ++i) journal.begin(sample(i), {{Step::volume, std::string(200, 'v')}});
    }
    const auto size = std::filesystem::file_size(file);
    std::fstream middle(file, std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t at = 4096; at + 4096 <= size; at += 4096)
        middle.seekp(static_cast<std::streamoff>(at)) << std::string(600, '\xA5');
    middle.close();
    const auto damaged = failure_of([&] { Journal(file).open_jobs(); });
    CHECK(damaged.code() == Failure::invalid);
}

TEST_CASE("a full disk fails the step with what to do, and the journal works again with some space [AC-L04]")
{
    if (::geteuid() != 0) SKIP("needs root, to mount a small file system");
    test::TempDir folder;
    const auto small = folder / "small";
    std::filesystem::create_directory(small);
    if (::mount("none", small.c_str(), "tmpfs", 0, "size=512k") != 0) SKIP("no file system can be mounted here");
    {
        Journal journal(small / "journal.db");
        const auto row = journal.begin(sample());
        std::ofstream(small / "ballast") << std::string(1 << 20, 'b');
        const auto full = failure_of([&] {
            for (int i = 0; i < 1000; ++i) journal.step(row, Step::stage, std::string(1000, 's'));
        });
        CHECK(full.code() == Failure::too_large);
        CHECK(std::string(full.what()).find("free some space") != std::string::npos);
        const auto before = journal.open_jobs().at(0).steps.size();
        std::filesystem::remove(small / "ballast");
        journal.step(row, Step::result, "success");
        CHECK(journal.open_jobs().at(0).steps.size() == before + 1);
    }
    ::umount(small.c_str());
}

} // namespace ysnp::state
