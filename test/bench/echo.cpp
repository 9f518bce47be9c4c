#include "test/bench/measures.h"
#include "test/bench/usage.h"

namespace ysnp::bench {
namespace {

namespace asio = boost::asio;

/// What one runner did in all rounds.
struct Sample {
    std::vector<double> result, gone, sourced, cpu, cpu_sourced;
};

asio::awaitable<void> run_round(Site& site, Sample& sample)
{
    const double before = cpu_seconds(site.pid());
    const JobTimes echo = co_await site.run_job(site.job({"echo hello"}));
    const double between = cpu_seconds(site.pid());
    const JobTimes sourced = co_await site.run_job(site.job({"echo hello"}, Site::Sources::with));
    sample.result.push_back(echo.result_ms);
    sample.gone.push_back(echo.gone_ms);
    sample.sourced.push_back(sourced.result_ms);
    sample.cpu.push_back((between - before) * 1000);
    sample.cpu_sourced.push_back((cpu_seconds(site.pid()) - between) * 1000);
}

void report_ours(Bench& bench, const Sample& ours, double floor)
{
    const double result = median(ours.result), gone = median(ours.gone), sourced = median(ours.sourced);
    bench.rows.push_back(at_most("echo job, to its result", in_ms(result), result / floor, 1.05, " x"));
    bench.rows.push_back(at_most("echo job, until its container is gone", in_ms(gone), gone / floor, 1.2, " x"));
    bench.rows.push_back(at_most("echo job with sources, to its result", in_ms(sourced), sourced / floor, 1.2, " x"));
    const double cpu = median(ours.cpu), with_sources = median(ours.cpu_sourced);
    bench.rows.push_back(at_most("CPU of the runner, an echo job", number(cpu) + " ms", cpu, 5, " ms"));
    bench.rows.push_back(plain("CPU of the runner, its git worker included", number(with_sources) + " ms"));
}

void report_foreign(Bench& bench, const Sample& theirs, double floor)
{
    const auto row = [&](const char* what, const std::vector<double>& sample) {
        bench.rows.push_back(
            plain(std::string("GITLAB_RUNNER: ") + what, in_ms(median(sample)), number(median(sample) / floor) + " x"));
    };
    row("echo job, to its result", theirs.result);
    row("echo job, until its containers are gone", theirs.gone);
    row("echo job with sources, to its result", theirs.sourced);
    bench.rows.push_back(plain("GITLAB_RUNNER: CPU, an echo job", number(median(theirs.cpu)) + " ms"));
}

} // namespace

asio::awaitable<void> measure_echo(Bench& bench, const std::string& foreign)
{
    Site ours(bench.executor, bench.events, bench.socket, {});
    std::optional<Site> theirs;
    if (!foreign.empty())
        theirs.emplace(bench.executor, bench.events, bench.socket, SiteOptions{.foreign = foreign, .name = "foreign"});
    Sample our_sample, their_sample, warm_up;
    std::vector<double> floor;
    co_await run_round(ours, warm_up);
    if (theirs) co_await run_round(*theirs, warm_up);
    for (int round = 0; round < bench.rounds; ++round) {
        const double cycle = co_await bench.floor.cycle();
        floor.push_back(cycle);
        co_await run_round(ours, our_sample);
        if (theirs) co_await run_round(*theirs, their_sample);
    }
    const double middle = median(floor);
    bench.rows.push_back(plain("the bare Engine: create, start, wait, remove", in_ms(middle), "1"));
    report_ours(bench, our_sample, middle);
    if (theirs) report_foreign(bench, their_sample, middle);
}

} // namespace ysnp::bench
