#include "test/bench/measures.h"
#include "test/bench/usage.h"
#include <random>

namespace ysnp::bench {
namespace {

namespace asio = boost::asio;

/// 200 MB in lines: one block made once, copied two hundred times.
const std::string print_200_mb = "yes 'one more line of a build that talks a lot about what it is doing just now' | "
                                 "head -c 1000000 > /tmp/block || true; "
                                 "i=0; while [ $i -lt 200 ]; do cat /tmp/block; i=$((i+1)); done";

std::string random_value(std::mt19937& random)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::string value;
    while (value.size() < 20 + value.size() % 3) value += letters[random() % letters.size()];
    return value;
}

struct Sample {
    std::vector<double> ms, cpu;
};

asio::awaitable<void> run_once(Site& site, int masked, Sample& sample)
{
    std::mt19937 random(7);
    test::PayloadSpec spec = site.job({print_200_mb});
    for (int index = 0; index < masked; ++index)
        spec.variables.push_back({"SECRET_" + std::to_string(index), random_value(random), false, true});
    const double before = cpu_seconds(site.pid());
    const JobTimes times = co_await site.run_job(std::move(spec));
    sample.ms.push_back(times.gone_ms);
    sample.cpu.push_back(cpu_seconds(site.pid()) - before);
}

void report(Bench& bench, const std::string& what, const Sample& sample, double floor)
{
    const double ms = median(sample.ms), cpu = median(sample.cpu);
    bench.rows.push_back(at_most("200 MB of output, " + what, in_ms(ms), ms / floor, 1.3, " x"));
    bench.rows.push_back(at_most("  CPU of the runner", number(cpu) + " s", cpu, 0.5, " s"));
}

} // namespace

asio::awaitable<void> measure_output(Bench& bench)
{
    Site cut(bench.executor, bench.events, bench.socket, {.name = "cut"});
    Site whole(bench.executor, bench.events, bench.socket, {.name = "whole", .output_limit = "400MiB"});
    Sample plain_cut, masked_cut, plain_whole, masked_whole;
    std::vector<double> floor;
    for (int round = 0; round < 3; ++round) {
        const Floor::Delivery bare = co_await bench.floor.delivery(print_200_mb);
        if (bare.bytes != 200'000'000) throw std::runtime_error("the Engine delivered " + std::to_string(bare.bytes));
        floor.push_back(bare.ms);
        co_await run_once(cut, 0, plain_cut);
        co_await run_once(cut, 200, masked_cut);
        co_await run_once(whole, 0, plain_whole);
        co_await run_once(whole, 200, masked_whole);
    }
    const double middle = median(floor);
    bench.rows.push_back(plain("the bare Engine: 200 MB over attach", in_ms(middle), "1"));
    report(bench, "4 MiB kept", plain_cut, middle);
    report(bench, "4 MiB kept, 200 masked values", masked_cut, middle);
    report(bench, "all kept", plain_whole, middle);
    report(bench, "all kept, 200 masked values", masked_whole, middle);
}

} // namespace ysnp::bench
