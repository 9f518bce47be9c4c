#include "net/task_group.h"
#include "test/bench/measures.h"
#include "test/integration/engine.h"
#include "test/integration/program.h"
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

/// Prints one table of what a job costs, each figure as a ratio to what the bare Engine needs in the same run.
/// usage: bench [PART...], of: echo throughput output scale cancel gate
namespace {

using namespace ysnp;
using namespace ysnp::bench;
namespace asio = boost::asio;

using Part = std::pair<std::string, std::function<asio::awaitable<void>(Bench&)>>;

std::string text_of(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::vector<Part> parts()
{
    const std::string foreign = text_of("GITLAB_RUNNER");
    return {{"echo", [foreign](Bench& bench) { return measure_echo(bench, foreign); }},
            {"throughput", measure_throughput},
            {"output", measure_output},
            {"scale", measure_scale},
            {"cancel", measure_cancel},
            {"gate", [](Bench& bench) -> asio::awaitable<void> {
                 measure_gate(bench);
                 co_return;
             }}};
}

bool wanted(const std::vector<std::string>& chosen, const std::string& part)
{
    return chosen.empty() || std::ranges::find(chosen, part) != chosen.end();
}

asio::awaitable<void> measure_parts(Bench& bench, std::vector<std::string> chosen)
{
    co_await bench.floor.open();
    for (const auto& [name, run] : parts()) {
        if (!wanted(chosen, name)) continue;
        std::fprintf(stderr, "bench: %s\n", name.c_str());
        co_await run(bench);
    }
}

asio::awaitable<int> measure(asio::any_io_executor executor, std::vector<std::string> chosen)
{
    const std::string socket = test::engine_socket(), rounds = text_of("BENCH_ROUNDS");
    Bench bench{.executor = executor,
                .socket = socket,
                .floor = Floor(executor, socket, test::busybox),
                .events = EngineEvents(executor, socket),
                .rounds = rounds.empty() ? 15 : std::stoi(rounds),
                .rows = {}};
    TaskGroup followers(executor);
    followers.spawn(bench.events.follow());
    std::exception_ptr failure;
    try {
        co_await measure_parts(bench, std::move(chosen));
    } catch (...) {
        failure = std::current_exception();
    }
    co_await bench.floor.close();
    followers.cancel();
    co_await followers.join();
    const int missed = print(bench.rows); // what there is, also where a part failed
    if (failure) std::rethrow_exception(failure);
    co_return missed;
}

} // namespace

int main(int count, char** arguments)
{
    try {
        std::signal(SIGPIPE, SIG_IGN);
        test::make_images();
        asio::io_context io(1);
        const std::vector<std::string> chosen(arguments + 1, arguments + count);
        const int missed = test::run(io, measure(io.get_executor(), chosen), std::chrono::hours(1));
        std::printf("\n%s, %d budget(s) missed\n", test::program().c_str(), missed);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench: %s\n", error.what());
        return 1;
    }
}
