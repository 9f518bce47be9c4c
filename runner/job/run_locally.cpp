#include "runner/job/run_locally.h"
#include "gitlab-api/support.h"
#include "net/failure.h"
#include "runner/agent/session.h"
#include "runner/host/log.h"
#include "runner/host/signals.h"
#include "runner/host/system_id.h"
#include "runner/job/assemble.h"
#include "runner/job/execute.h"
#include "runner/job/job_log.h"
#include "runner/job/runtime_folder.h"
#include "runner/policy/facts.h"
#include "runner/policy/vault_store.h"
#include "runner/trace/terminal_text.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

/// Prints what the trace has gained, as it stands there: masked, repaired, bounded; nothing of it steers the terminal.
class Printer {
public:
    Printer(trace::Trace& trace, std::ostream& out) : trace_(trace), out_(out)
    {
        trace_.on_growth([this] { print(); });
    }
    ~Printer() { trace_.on_growth({}); }
    Printer(const Printer&) = delete;
    Printer& operator=(const Printer&) = delete;

    void print()
    {
        for (;;) {
            const std::string bytes = trace_.read(printed_, 256u << 10);
            if (bytes.empty()) break;
            out_ << shown_(bytes);
            printed_ += bytes.size();
        }
        out_.flush();
    }
    void finish()
    {
        print();
        out_ << shown_.finish();
        out_.flush();
    }

private:
    trace::Trace& trace_;
    std::ostream& out_;
    trace::TerminalText shown_;
    std::uint64_t printed_ = 0;
};

class LocalRun {
public:
    LocalRun(Plant& plant, std::shared_ptr<const conf::Config> config, const conf::Runner& runner, LocalJob& local,
             std::ostream& out)
        : plant_(plant), local_(local), station_(plant, std::move(config), runner), stop_(plant.executor),
          flags_(local.job, runner.feature_flags, runner.environment),
          trace_(open_trace(station_, local.job, flags_, Timestamps::off)), printer_(*trace_, out)
    {
        if (local.vault)
            station_.store = std::make_unique<policy::VaultStore>(plant.executor, *local.vault, conf::IdToken());
    }

    asio::awaitable<LocalResult> run(host::Signals& signals)
    {
        LocalResult result = LocalResult::failed;
        const auto first = co_await (judge_and_run() || stopped(signals));
        if (first.index() == 0) result = std::get<0>(first);
        trace_->close();
        printer_.finish();
        co_await station_.stop(in(30s));
        co_return result;
    }

private:
    /// Never ends by itself: a signal ends the job, and the job's end ends this.
    asio::awaitable<void> stopped(host::Signals& signals)
    {
        for (;;) {
            const host::Wish wish = co_await signals.next();
            if (wish == host::Wish::reload) continue;
            if (wish == host::Wish::leave) co_return;
            stop_.end(Why::interrupted, "interrupted");
        }
    }

    asio::awaitable<checks::Decision> judge()
    {
        checks::JobFacts facts = policy::facts_of(local_.job, station_.surroundings());
        facts.undetermined = local_.undetermined;
        co_return co_await policy::judge(*station_.store, std::move(facts), in(60s));
    }

    asio::awaitable<LocalResult> judge_and_run()
    {
        std::exception_ptr error;
        try {
            print_header(*trace_, station_, flags_);
            const checks::Decision decision = co_await judge();
            const audit::Position position = co_await plant_.records.decided(decision);
            print_decision(*trace_, local_.job, decision, position, local_.charset);
            if (!decision.allowed()) co_return refusal(decision);
            co_return co_await execute_approved(decision);
        } catch (...) {
            error = std::current_exception();
        }
        const Outcome outcome = outcome_of(error);
        trace_->verdict_line(trace::Style::error, outcome.verdict());
        co_return LocalResult::failed;
    }

    LocalResult refusal(const checks::Decision& decision)
    {
        const bool unknown = decision.verdict == checks::Verdict::undetermined;
        const Outcome outcome{.text = unknown ? "parts of it cannot be evaluated here; see above" : decision.code(),
                              .kind = unknown ? "undetermined" : "denied by policy"};
        trace_->verdict_line(trace::Style::error, outcome.verdict());
        if (decision.verdict == checks::Verdict::undetermined || decision.verdict == checks::Verdict::ask) {
            return LocalResult::undetermined;
        }
        return decision.blame == checks::Blame::system ? LocalResult::gate_unavailable : LocalResult::denied;
    }

    asio::awaitable<LocalResult> execute_approved(const checks::Decision& decision)
    {
        for (const gitlab::Unsupported& need : gitlab::unsupported(local_.job)) {
            throw JobError(gitlab::FailureReason::runner_configuration_error, need.field + ": " + need.why);
        }
        station_.watch.start();
        if (station_.networks) station_.networks->start();
        const auto numbers = plant_.numbers.take(station_.runner.name, local_.job.job_info.project_id);
        RunParts parts{.station = station_,
                       .job = local_.job,
                       .decision = decision,
                       .trace = *trace_,
                       .stop = stop_,
                       .slot = numbers.slot(),
                       .sources = local_.sources,
                       .record = [](auto) -> asio::awaitable<void> { co_return; },
                       .frame_key = agent::new_key(),
                       .deadline = in(local_.job.runner_info.timeout)};
        const std::unique_ptr<Run> run = assemble(std::move(parts), flags_);
        const Outcome outcome = co_await execute(*run);
        trace_->verdict_line(outcome.success ? trace::Style::info : trace::Style::error, outcome.verdict());
        co_return outcome.success ? LocalResult::success : LocalResult::failed;
    }

    Plant& plant_;
    LocalJob& local_;
    Station station_;
    Stop stop_;
    Flags flags_;
    std::unique_ptr<trace::Trace> trace_;
    Printer printer_;
};

/// A service with the same configuration writes its own chain for as long as it runs.
std::filesystem::path local_chain(const std::filesystem::path& of_service)
{
    std::filesystem::path beside = of_service;
    return beside.replace_filename(of_service.stem().string() + ".exec" + of_service.extension().string());
}

/// With what SQLite keeps beside it.
void forget(const std::filesystem::path& journal)
{
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(journal.string() + suffix, ignored);
}

/// What left it, if anything did.
std::exception_ptr to_the_end(asio::io_context& io, asio::awaitable<LocalResult> work, LocalResult& result)
{
    std::exception_ptr ended;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, LocalResult value) {
        ended = std::move(error);
        result = value;
        io.stop();
    });
    io.run();
    return ended;
}

} // namespace

LocalResult run_locally(const conf::Config& config, const conf::Runner& runner, LocalJob local, const Build& build,
                        std::ostream& out)
{
    // The caller's configuration outlives the run: nothing is shared.
    const std::shared_ptr<const conf::Config> shared(std::shared_ptr<const conf::Config>(), &config);
    const std::filesystem::path runtime = runtime_folder();
    prepare_folders(config, runtime);
    asio::io_context io(1);
    asio::thread_pool pool(2);
    host::Signals signals(io.get_executor());
    const std::filesystem::path journal = runtime / ("local-" + random_suffix() + ".db");
    Records records(
        pool,
        {.audit_file = local_chain(config.audit_file), .journal_file = journal, .secrets_folder = runtime / "secrets"});
    Slots slots(io.get_executor(), 1);
    SlotNumbers numbers;
    WaitingRoom waiting(io.get_executor());
    Plant plant{.executor = io.get_executor(),
                .pool = pool,
                .records = records,
                .slots = slots,
                .numbers = numbers,
                .waiting = waiting,
                .version = build.version,
                .revision = build.revision,
                .system_id = host::system_id(config.state_dir).value,
                .running = {},
                .state_dir = config.state_dir,
                .runtime_dir = runtime};
    LocalRun run(plant, shared, runner, local, out);
    LocalResult result = LocalResult::failed;
    const std::exception_ptr ended = to_the_end(io, run.run(signals), result);
    pool.join();
    forget(journal);
    if (ended) std::rethrow_exception(ended);
    return result;
}

} // namespace ysnp::job
