#include "net/failure.h"
#include "runner/state/journal.h"
#include "runner/state/sqlite.h"
#include "test/double/run.h"
#include "test/unit/state/sample_job.h"
#include <catch2/catch_test_macros.hpp>
#include <ctime>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace ysnp::state {

TEST_CASE("a job waits for people as long as that is its last step")
{
    test::TempDir folder;
    Journal journal(folder / "journal.db");
    const auto row = journal.begin(sample(), {{Step::accepted, ""}, {Step::decided, "USR-NEEDED"}});
    CHECK_FALSE(journal.open_jobs().at(0).waits_for());
    journal.step(row, Step::asked, "42-0123456789ab");
    CHECK(journal.open_jobs().at(0).waits_for() == "42-0123456789ab");
    journal.step(row, Step::trace, "100", Journal::Durability::later);
    CHECK(journal.open_jobs().at(0).waits_for() == "42-0123456789ab");
    journal.step(row, Step::decided, "pass");
    CHECK_FALSE(journal.open_jobs().at(0).waits_for());
}

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

TEST_CASE("requests that nobody approved are counted over a restart, each once, until somebody approves [AC-A23]")
{
    test::TempDir folder;
    const auto file = folder / "journal.db";
    const auto counted = [](const Asks& asks) { return std::pair(asks.denied, asks.unanswered); };
    const auto start = std::chrono::system_clock::now();
    {
        Journal journal(file);
        CHECK(counted(journal.asks_before("deploy", "n1")) == std::pair<std::int64_t, std::int64_t>(0, 0));
        journal.ask("deploy", "n1");
        journal.ask("deploy", "n1"); // the same request, after a restart
        CHECK(counted(journal.asks_before("deploy", "n1")) == std::pair<std::int64_t, std::int64_t>(0, 0));
        journal.ask("deploy", "n2");
        journal.denied("n2");
        journal.ask("other", "n3");
    }
    Journal journal(file);
    const Asks asks = journal.asks_before("deploy", "n4");
    CHECK(counted(asks) == std::pair<std::int64_t, std::int64_t>(1, 1));
    CHECK(std::chrono::abs(asks.newest - start) < std::chrono::minutes(1));
    CHECK(counted(journal.asks_before("deploy", "n2")) == std::pair<std::int64_t, std::int64_t>(0, 1));
    journal.approved("deploy");
    CHECK(counted(journal.asks_before("deploy", "n5")) == std::pair<std::int64_t, std::int64_t>(0, 0));
    CHECK(counted(journal.asks_before("other", "n6")) == std::pair<std::int64_t, std::int64_t>(0, 1));
}

TEST_CASE("a file of the first version goes on with its jobs")
{
    test::TempDir folder;
    const auto file = folder / "journal.db";
    {
        Journal journal(file);
        journal.begin(sample());
    }
    {
        Database database(file);
        database.execute("DROP TABLE asks; PRAGMA user_version = 1");
    }
    Journal journal(file);
    CHECK(journal.open_jobs().size() == 1);
    journal.ask("deploy", "n1");
    CHECK(journal.asks_before("deploy", "n2").unanswered == 1);
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

TEST_CASE("the containers of a job that is over are known until the job is forgotten")
{
    test::TempDir folder;
    Journal journal(folder / "journal.db");
    const auto row = journal.begin(sample(1));
    journal.steps(row, {{Step::container, "ysnp-1-a"}, {Step::stage, "script"}, {Step::service, "ysnp-1-b"}});
    const auto made = [&](const char* name) { return journal.made_container(name); };
    CHECK((made("ysnp-1-a") && made("ysnp-1-b")));
    CHECK_FALSE((made("script") || made("ysnp-1")));
    journal.close(row);
    CHECK((made("ysnp-1-a") && made("ysnp-1-b")));
    journal.prune(std::chrono::hours(-1));
    CHECK_FALSE((made("ysnp-1-a") || made("ysnp-1-b")));
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
