#include "net/task_group.h"
#include "test/bench/measures.h"
#include "test/bench/usage.h"
#include <algorithm>

namespace ysnp::bench {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr int jobs = 200, at_once = 50;

struct Peak {
    double own = 0, all = 0;
    int running = 0;
};

/// Looks at the runner ten times a second.
asio::awaitable<void> watch(const Site& site, Peak& peak)
{
    for (;;) {
        const Resident now = resident_kib(site.pid());
        peak.own = std::max(peak.own, now.own);
        peak.all = std::max(peak.all, now.all);
        peak.running = std::max(peak.running, site.running());
        co_await sleep_until(in(100ms));
    }
}

} // namespace

asio::awaitable<void> measure_scale(Bench& bench)
{
    Site site(bench.executor, bench.events, bench.socket, {.concurrent = at_once});
    const JobTimes first = co_await site.run_job(site.job({"echo hello"}));
    (void)first;
    const Resident idle = resident_kib(site.pid());
    Peak peak;
    TaskGroup watcher(bench.executor);
    watcher.spawn(watch(site, peak));
    const double bare = co_await bench.floor.rate(at_once, at_once);
    const double seconds = co_await site.run_jobs(site.job({"echo hello", "sleep 3"}), jobs);
    watcher.cancel();
    co_await watcher.join();

    const double mib = 1024;
    bench.rows.push_back(at_most("resident memory, idle after a job",
                                 number(idle.all / mib) + " MiB (" + number(idle.own / mib) + " its own)",
                                 idle.all / mib, 16, " MiB"));
    const double each = (peak.all - idle.all) / mib / std::max(1, peak.running);
    bench.rows.push_back(at_most("  more for each of " + std::to_string(peak.running) + " running jobs",
                                 number(peak.all / mib) + " MiB at most", each, 1, " MiB"));
    bench.rows.push_back(plain("200 jobs at once of which 50 run, until all are gone", number(jobs / seconds) + "/s",
                               number(jobs / seconds / bare) + " x"));
}

asio::awaitable<void> measure_cancel(Bench& bench)
{
    Site site(bench.executor, bench.events, bench.socket, {});
    std::vector<double> took;
    for (int round = 0; round < std::max(3, bench.rounds / 3); ++round) {
        const std::uint64_t id = co_await site.run_until(site.job({"echo begun", "sleep 600"}), "begun");
        const double ms = co_await site.cancel(id);
        took.push_back(ms / 1000);
    }
    const double middle = median(took);
    bench.rows.push_back(at_most("a sleeping job, from its cancel to no container (1 s interval)",
                                 number(middle) + " s", middle, 2, " s"));
}

} // namespace ysnp::bench
