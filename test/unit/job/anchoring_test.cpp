#include "net/failure.h"
#include "net/task_group.h"
#include "runner/host/log.h"
#include "runner/job/anchoring.h"
#include "runner/policy/store.h"
#include "test/double/run.h"
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

using namespace ysnp;
using namespace ysnp::job;
using namespace std::chrono_literals;
using boost::asio::awaitable;
namespace fs = std::filesystem;

namespace {

/// A place in memory that fails as long as it is told to.
class Place final : public policy::AnchorPlace {
public:
    awaitable<std::optional<audit::Anchor>> read(std::string, Deadline) override
    {
        ++reads;
        if (trouble) throw fault();
        co_return anchor;
    }
    awaitable<void> write(audit::Anchor fresh, Deadline) override
    {
        if (trouble) throw fault();
        if (anchor && anchor->at.seq >= fresh.at.seq) {
            trouble = http_status_code(409);
            const policy::StoreFault conflict = fault();
            trouble.reset();
            throw conflict;
        }
        anchor = std::move(fresh);
        co_return;
    }
    policy::StoreFault fault() const { return {*trouble, "cicd/ysnprunner/audit/s_1", "no", "yes", "do something"}; }

    std::optional<audit::Anchor> anchor;
    std::optional<std::error_code> trouble;
    int reads = 0;
};

checks::Decision decision(checks::Verdict verdict)
{
    checks::Decision decision;
    decision.verdict = verdict;
    decision.job_id = 812;
    decision.project_path = "acme/shop";
    return decision;
}

struct Bench {
    explicit Bench(boost::asio::any_io_executor executor) : tasks(executor)
    {
        host::capture_log([this](std::string_view line) { log += std::string(line) + "\n"; });
        open(executor);
    }
    ~Bench()
    {
        host::capture_log({});
        host::set_up_log({});
    }
    /// Begins as after a start of the runner.
    void open(boost::asio::any_io_executor executor)
    {
        anchoring.reset();
        records.reset();
        records = std::make_unique<Records>(pool, Records::Places{.audit_file = file(),
                                                                  .journal_file = folder / "journal.db",
                                                                  .secrets_folder = folder / "secrets",
                                                                  .secrets_kind = state::SecretsFile::Folder::any});
        anchoring = std::make_unique<Anchoring>(executor, *records, "s_1");
    }
    fs::path file() const { return folder / "audit.jsonl"; }
    /// Whether a decision that passes is recorded.
    awaitable<bool> passes()
    {
        try {
            co_await records->decided(decision(checks::Verdict::pass));
        } catch (const std::system_error&) {
            co_return false;
        }
        co_return true;
    }
    awaitable<bool> until(std::function<bool()> holds)
    {
        const Deadline limit = in(10s);
        while (!holds() && std::chrono::steady_clock::now() < limit) co_await sleep_until(in(2ms));
        co_return holds();
    }

    test::TempDir folder;
    boost::asio::thread_pool pool{1};
    std::shared_ptr<Place> place = std::make_shared<Place>();
    std::unique_ptr<Records> records;
    std::unique_ptr<Anchoring> anchoring;
    TaskGroup tasks;
    std::string log;
};

template <class Work>
void on_bench(Work work)
{
    test::run([](Work inner) -> awaitable<void> {
        const auto executor = co_await boost::asio::this_coro::executor;
        Bench bench(executor);
        co_await inner(bench);
        bench.tasks.cancel();
        co_await bench.tasks.join();
    }(std::move(work)));
}

} // namespace

TEST_CASE("each refusal is anchored beside the job, a pass waits for the next one or the end")
{
    on_bench([](Bench& bench) -> awaitable<void> {
        bench.anchoring->use(bench.place);
        co_await bench.anchoring->compare();
        bench.tasks.spawn(bench.anchoring->run());
        co_await bench.records->decided(decision(checks::Verdict::refuse));
        const bool anchored = co_await bench.until([&] { return bench.place->anchor.has_value(); });
        REQUIRE(anchored);
        CHECK(bench.place->anchor->at.seq == 1);
        CHECK(bench.place->anchor->system_id == "s_1");
        CHECK_FALSE(bench.place->anchor->host.empty());
        co_await bench.records->decided(decision(checks::Verdict::pass));
        CHECK(bench.place->anchor->at.seq == 1);
        co_await bench.anchoring->finish(in(5s));
        CHECK(bench.place->anchor->at.seq == 2);
    });
}

TEST_CASE("a chain that lost the anchored record keeps the runner from starting [AC-L12]")
{
    on_bench([](Bench& bench) -> awaitable<void> {
        for (int i = 0; i < 3; ++i) co_await bench.records->decided(decision(checks::Verdict::refuse));
        const audit::Position head = co_await bench.records->head();
        bench.place->anchor = audit::Anchor{head, "s_1", "ci-7"};
        bench.anchoring.reset();
        bench.records.reset();
        std::ifstream in(bench.file());
        std::string first;
        std::getline(in, first);
        std::ofstream(bench.file()) << first << "\n";
        const auto executor = co_await boost::asio::this_coro::executor;
        bench.open(executor);
        bench.anchoring->use(bench.place);
        std::string why;
        try {
            co_await bench.anchoring->compare();
        } catch (const std::system_error& error) {
            why = error.what();
        }
        CHECK(why.find("anchored is record 3") != std::string::npos);
        CHECK(why.find("ci-7") != std::string::npos);
        const bool passed = co_await bench.passes();
        CHECK_FALSE(passed);
    });
}

TEST_CASE("while the store does not answer nothing passes, refusals are recorded; when it is back, all is anchored")
{
    on_bench([](Bench& bench) -> awaitable<void> {
        bench.place->trouble = http_status_code(503);
        bench.anchoring->use(bench.place);
        co_await bench.anchoring->compare();
        bench.tasks.spawn(bench.anchoring->run());
        bool passed = co_await bench.passes();
        CHECK_FALSE(passed);
        co_await bench.records->decided(decision(checks::Verdict::refuse));
        CHECK(bench.log.find("no job passes") != std::string::npos);
        bench.place->trouble.reset();
        const bool anchored = co_await bench.until([&] { return bench.place->anchor.has_value(); });
        REQUIRE(anchored);
        CHECK(bench.place->anchor->at.seq == 1);
        passed = co_await bench.passes();
        CHECK(passed);
    });
}

TEST_CASE("a store that gives no right to anchor is loud in the log, and changes no decision")
{
    on_bench([](Bench& bench) -> awaitable<void> {
        bench.place->trouble = http_status_code(403);
        bench.anchoring->use(bench.place);
        co_await bench.anchoring->compare();
        const bool passed = co_await bench.passes();
        CHECK(passed);
        CHECK(bench.log.find("cannot be anchored") != std::string::npos);
        CHECK(bench.log.find("do something") != std::string::npos);
    });
}

TEST_CASE("a right to compare that comes later is used: a chain that is not the anchored one passes nothing any more "
          "[AC-L12]")
{
    on_bench([](Bench& bench) -> awaitable<void> {
        bench.place->trouble = http_status_code(403);
        bench.anchoring->use(bench.place);
        co_await bench.anchoring->compare();
        bool passed = co_await bench.passes();
        CHECK(passed);
        bench.place->anchor =
            audit::Anchor{{.seq = 7, .hash = "sha256:other", .time = "2026-11-30T00:00:00Z"}, "s_1", "h"};
        bench.place->trouble.reset();
        std::string why;
        try {
            co_await bench.anchoring->run();
        } catch (const std::system_error& error) {
            why = error.what();
        }
        CHECK(why.find("anchored is record 7") != std::string::npos);
        passed = co_await bench.passes();
        CHECK_FALSE(passed);
    });
}

TEST_CASE("an anchor that another chain moved on is noticed at the next write, and nothing passes any more [AC-L12]")
{
    on_bench([](Bench& bench) -> awaitable<void> {
        bench.anchoring->use(bench.place);
        co_await bench.anchoring->compare();
        bool passed = co_await bench.passes();
        CHECK(passed);
        bench.place->anchor =
            audit::Anchor{{.seq = 9, .hash = "sha256:other", .time = "2026-11-30T00:00:00Z"}, "s_1", "h"};
        co_await bench.records->decided(decision(checks::Verdict::refuse));
        std::string why;
        try {
            co_await bench.anchoring->run();
        } catch (const std::system_error& error) {
            why = error.what();
        }
        CHECK(why.find("anchored is record 9") != std::string::npos);
        passed = co_await bench.passes();
        CHECK_FALSE(passed);
    });
}

TEST_CASE("what a crash kept from being anchored is anchored at the next start")
{
    on_bench([](Bench& bench) -> awaitable<void> {
        co_await bench.records->decided(decision(checks::Verdict::refuse));
        const auto executor = co_await boost::asio::this_coro::executor;
        bench.open(executor);
        bench.anchoring->use(bench.place);
        co_await bench.anchoring->compare();
        bench.tasks.spawn(bench.anchoring->run());
        const bool anchored = co_await bench.until([&] { return bench.place->anchor.has_value(); });
        REQUIRE(anchored);
        CHECK(bench.place->anchor->at.seq == 1);
    });
}

TEST_CASE("a store without a place for anchors holds nothing up, and a listener that fails neither [AC-A30]")
{
    on_bench([](Bench& bench) -> awaitable<void> {
        bench.anchoring->use(nullptr);
        co_await bench.anchoring->compare();
        bench.records->notices().add(
            [](const audit::Record&, const audit::Position&) { throw std::runtime_error("the messenger is down"); });
        int heard = 0;
        bench.records->notices().add([&](const audit::Record& record, const audit::Position& position) {
            ++heard;
            CHECK(record.kind == "decision");
            CHECK(position.seq == 1);
        });
        co_await bench.records->decided(decision(checks::Verdict::refuse));
        const bool passed = co_await bench.passes();
        CHECK(passed);
        CHECK(heard == 1); // a pass is no news
        CHECK(bench.log.find("the messenger is down") != std::string::npos);
    });
}
