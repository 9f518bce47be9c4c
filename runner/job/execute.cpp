#include "runner/job/execute.h"
#include "net/failure.h"
#include "runner/job/get_sources.h"
#include "runner/job/stopped.h"
#include "runner/job/user_stages.h"
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

asio::awaitable<Outcome> stages(Run& run)
{
    std::unique_ptr<Workplace> place;
    co_await prepare_with_sources(run, place);
    Outcome outcome = co_await run_user_stages(run, *place);
    const Section section(run.trace, "cleanup_file_variables",
                          "Cleaning up project directory and file based variables");
    co_return outcome;
}

/// An outcome in every case: a branch of `||` that threw would leave the other one waiting.
asio::awaitable<Outcome> guarded(Run& run)
{
    std::exception_ptr error;
    try {
        co_return co_await stages(run);
    } catch (...) {
        error = std::current_exception();
    }
    co_return outcome_of(error);
}

Outcome ended(const Run& run, Why why) { return stopped(why, run.stop.detail(), run.timeout); }

} // namespace

asio::awaitable<Outcome> execute(Run& run)
{
    auto first = co_await (guarded(run) || run.stop.wait(run.deadline));
    if (first.index() == 0) {
        const Outcome& outcome = std::get<0>(first);
        // What was stopped in the middle ends with an error of its own that explains nothing.
        if (run.stop.why() != Why::none) co_return ended(run, run.stop.why());
        co_return outcome;
    }
    const bool asked = std::get<1>(first);
    co_return ended(run, asked ? run.stop.why() : Why::timed_out);
}

} // namespace ysnp::job
