#include "test/bench/measures.h"

namespace ysnp::bench {

boost::asio::awaitable<void> measure_throughput(Bench& bench)
{
    constexpr int jobs = 40, at_once = 4;
    Site ours(bench.executor, bench.events, bench.socket, {.concurrent = at_once});
    const double warm_up = co_await ours.run_jobs(ours.job({"echo hello"}), at_once);
    (void)warm_up;
    std::vector<double> rates, engine;
    for (int round = 0; round < 3; ++round) {
        const double bare = co_await bench.floor.rate(jobs, at_once);
        engine.push_back(bare);
        const double seconds = co_await ours.run_jobs(ours.job({"echo hello"}), jobs);
        rates.push_back(jobs / seconds);
    }
    const double bare = median(engine), rate = median(rates);
    bench.rows.push_back(plain("the bare Engine: 40 containers, four at once", number(bare) + "/s", "1"));
    bench.rows.push_back(
        at_least("40 jobs, four at once, until all are gone", number(rate) + "/s", rate / bare, 0.85, " x"));
}

} // namespace ysnp::bench
