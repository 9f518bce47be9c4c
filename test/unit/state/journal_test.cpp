#include "net/failure.h"
#include "runner/state/journal.h"
#include "runner/state/sqlite.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace ysnp::state {

namespace {

NewJob sample(std::int64_t id = 42)
{
    NewJob job;
    job.runner = "hardened-1";
    job.gitlab = "https://gitlab.example.com:443";
    job.job_id = id;
    job.project = "group/project";
    job.job_name = "build";
    job.secrets_file = "/run/ysnprunner/42";
    job.nonce = "nonce-0123456789";
    job.digest = "ysnp2:abc";
    job.timeout = 3600;
    return job;
}

template <class Work>
std::system_error failure_of(Work work)
{
    try {
        work();
    } catch (const std::system_error& e) {
        return e;
    }
    FAIL("nothing was thrown");
    return std::system_error(std::error_code());
}

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

TEST_CASE("what was begun and not closed is there after reopening, step by step")
{
    test::TempDir folder;
    const auto file = folder / "journal.db";
    {
        Journal journal(file);
        const auto row = journal.begin(sample(), {{Step::accepted, ""}, {Step::decided, "pass"}});
        journal.steps(row, {{Step::volume, "v1"}, {Step::network, "n1"}, {Step::container, "c1"}});
        journal.step(row, Step::service, "s1");
        journal.step(row, Step::service, "s2");
        journal.step(row, Step::trace, "100", Journal::Durability::later);
        journal.step(row, Step::trace, "200", Journal::Durability::later);
        const auto other = journal.begin(sample(43));
        journal.close(other);
    }
    Journal journal(file);
    const auto jobs = journal.open_jobs();
    REQUIRE(jobs.size() == 1);
    const auto& job = jobs[0];
    CHECK(job.job.runner == "hardened-1");
    CHECK(job.job.gitlab == "https://gitlab.example.com:443");
    CHECK(job.job.job_id == 42);
    CHECK(job.job.project == "group/project");
    CHECK(job.job.job_name == "build");
    CHECK(job.job.secrets_file == "/run/ysnprunner/42");
    CHECK(job.job.nonce == "nonce-0123456789");
    CHECK(job.job.digest == "ysnp2:abc");
    CHECK(job.job.timeout == 3600);
    CHECK(job.steps.size() == 8);
    CHECK(job.steps[1].value == "pass");
    CHECK(job.last(Step::service) == "s2");
    CHECK(job.last(Step::trace) == "200");
    CHECK(job.reached(Step::container));
    CHECK_FALSE(job.reached(Step::result));
    CHECK_FALSE(job.last(Step::result));
    CHECK(std::chrono::abs(job.accepted_at - std::chrono::system_clock::now()) < std::chrono::minutes(1));
}

TEST_CASE("a job id is open once for each GitLab, and its digest is remembered after it closed [AC-I14]")
{
    test::TempDir folder;
    Journal journal(folder / "journal.db");
    const auto row = journal.begin(sample());
    const auto twice = failure_of([&] { journal.begin(sample()); });
    CHECK(twice.code() == Failure::conflict);
    auto elsewhere = sample();
    elsewhere.gitlab = "https://other.example.com:443";
    elsewhere.digest = "ysnp2:def";
    journal.begin(elsewhere);
    CHECK(journal.open_jobs().size() == 2);
    journal.close(row);
    CHECK(journal.remembered("https://gitlab.example.com:443", 42) == "ysnp2:abc");
    CHECK(journal.remembered("https://other.example.com:443", 42) == "ysnp2:def");
    CHECK_FALSE(journal.remembered("https://gitlab.example.com:443", 7));
    journal.begin(sample()); // a closed one is no obstacle: whoever asks decides
    CHECK(journal.open_jobs().size() == 2);
}

TEST_CASE("a failed begin leaves nothing of it behind")
{
    test::TempDir folder;
    Journal journal(folder / "journal.db");
    journal.begin(sample(), {{Step::accepted, "first"}});
    failure_of([&] { journal.begin(sample(), {{Step::accepted, "second"}}); });
    const auto row = journal.begin(sample(43));
    journal.step(row, Step::stage, "get_sources");
    REQUIRE(journal.open_jobs().size() == 2);
    CHECK(journal.open_jobs()[0].steps.size() == 1);
    CHECK(journal.open_jobs()[1].steps.size() == 1);
}

TEST_CASE("a runner killed at any step finds that step again, and all before it [AC-L03] [INV-15]")
{
    const Step life[] = {Step::accepted, Step::decided, Step::volume, Step::network, Step::container,
                         Step::started,  Step::stage,   Step::trace,  Step::result,  Step::reported};
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

TEST_CASE("a file of a newer version, or of another program, is refused and left alone")
{
    test::TempDir folder;
    const auto file = folder / "journal.db";
    {
        Journal journal(file);
    }
    {
        Database database(file);
        database.execute("PRAGMA user_version = 99");
    }
    const auto newer = failure_of([&] { Journal journal(file); });
    CHECK(newer.code() == Failure::invalid);
    CHECK(std::string(newer.what()).find("version 99") != std::string::npos);
    const auto other = folder / "other.db";
    {
        Database database(other);
        database.execute("CREATE TABLE notes (text TEXT)");
    }
    ::chmod(other.c_str(), 0600);
    CHECK(failure_of([&] { Journal journal(other); }).code() == Failure::invalid);
    Database database(other);
    CHECK(database.prepare("SELECT count(*) FROM notes").step());
}

TEST_CASE("the journal is the runner's alone: mode 0600, no writable one, no link, one process")
{
    test::TempDir folder;
    const auto file = folder / "journal.db";
    {
        Journal journal(file);
        journal.begin(sample());
        struct stat status {};
        REQUIRE(::stat(file.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
        REQUIRE(::stat((file.string() + "-wal").c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
        const auto second = failure_of([&] { Journal again(file); });
        CHECK(second.code() == Failure::transient);
        CHECK(std::string(second.what()).find("only one runner") != std::string::npos);
    }
    ::chmod(file.c_str(), 0666);
    CHECK(failure_of([&] { Journal journal(file); }).code() == Failure::untrusted);
    ::chmod(file.c_str(), 0600);
    const auto link = folder / "link.db";
    std::filesystem::create_symlink(file, link);
    CHECK(failure_of([&] { Journal journal(link); }).code() == Failure::untrusted);
    const auto nowhere = failure_of([&] { Journal journal(folder / "missing" / "journal.db"); });
    CHECK(nowhere.code() == Failure::denied);
    CHECK(std::string(nowhere.what()).find("state_dir") != std::string::npos);
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

TEST_CASE("closed jobs are forgotten after a while, open ones never")
{
    test::TempDir folder;
    Journal journal(folder / "journal.db");
    journal.begin(sample(1));
    journal.close(journal.begin(sample(2)));
    CHECK(journal.prune(std::chrono::hours(1)) == 0);
    CHECK(journal.prune(std::chrono::hours(-1)) == 1);
    CHECK(journal.open_jobs().size() == 1);
    CHECK_FALSE(journal.remembered(sample().gitlab, 2));
}

TEST_CASE("steps come from several threads at once")
{
    test::TempDir folder;
    Journal journal(folder / "journal.db");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&journal, i] {
            const auto row = journal.begin(sample(i));
            for (int k = 0; k < 25; ++k) journal.step(row, Step::stage, std::to_string(k), Journal::Durability::later);
        });
    for (auto& thread : threads) thread.join();
    const auto jobs = journal.open_jobs();
    REQUIRE(jobs.size() == 4);
    for (const auto& job : jobs) {
        REQUIRE(job.steps.size() == 25);
        CHECK(job.last(Step::stage) == "24");
    }
}

TEST_CASE("a whole job costs the journal little processor time")
{
    test::TempDir folder;
    Journal journal(folder / "journal.db");
    constexpr int jobs = 100;
    timespec begin{}, end{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    for (int i = 0; i < jobs; ++i) {
        const auto row = journal.begin(sample(i), {{Step::accepted, ""}, {Step::decided, "pass"}});
        journal.steps(row, {{Step::volume, "v"}, {Step::network, "n"}, {Step::container, "c"}});
        journal.step(row, Step::result, "success");
        journal.close(row);
    }
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    const double spent =
        static_cast<double>(end.tv_sec - begin.tv_sec) * 1e3 + static_cast<double>(end.tv_nsec - begin.tv_nsec) / 1e6;
    INFO("milliseconds a job: " << spent / jobs);
    CHECK(spent / jobs < 3);
}

} // namespace ysnp::state
