#pragma once
#include "test/bench/floor.h"
#include "test/bench/site.h"
#include "test/bench/table.h"

namespace ysnp::bench {

/// What every measurement works with.
struct Bench {
    boost::asio::any_io_executor executor;
    std::string socket;
    Floor floor;
    EngineEvents events;
    int rounds; ///< of short measurements; $BENCH_ROUNDS
    std::vector<Row> rows;
};

/// One container start, our echo job with and without sources, in turns; with `foreign`, the same on that
/// gitlab-runner.
boost::asio::awaitable<void> measure_echo(Bench& bench, const std::string& foreign);
/// Forty jobs, four at once, against the Engine's own rate; in turns.
boost::asio::awaitable<void> measure_throughput(Bench& bench);
/// 200 MB of output.
boost::asio::awaitable<void> measure_output(Bench& bench);
/// 200 jobs at once of which 50 run: time and memory.
boost::asio::awaitable<void> measure_scale(Bench& bench);
/// From a cancel to no container.
boost::asio::awaitable<void> measure_cancel(Bench& bench);
/// What a decision costs on a Vault over loopback: requests, time, and our own work for a large policy and script.
void measure_gate(Bench& bench);

} // namespace ysnp::bench
