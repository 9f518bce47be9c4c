#include "runner/job/get_sources.h"
#include "net/all_of.h"
#include "net/failure.h"
#include "runner/host/log.h"
#include "runner/job/hooks.h"
#include "runner/job/outcome.h"
#include "runner/job/pipe.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using gitlab::FailureReason;
using namespace std::chrono_literals;

constexpr std::string_view section_name = "get_sources";
constexpr std::string_view section_title = "Getting source from Git repository";

/// Keeps what the worker says until its section of the log has begun.
class Progress final : public git::Events {
public:
    explicit Progress(Run& run) : run_(run) {}
    void progress(git::ProgressKind kind, std::string_view line) override
    {
        if (open_)
            print(kind, line);
        else
            waiting_.emplace_back(kind, line);
    }
    void open()
    {
        open_ = true;
        for (const auto& [kind, line] : std::exchange(waiting_, {})) print(kind, line);
    }

private:
    void print(git::ProgressKind kind, std::string_view line)
    {
        switch (kind) {
        case git::ProgressKind::step:
            return run_.line(trace::Style::script_notice, line);
        case git::ProgressKind::text:
            return run_.line(trace::Style::none, line);
        case git::ProgressKind::warning:
            return run_.line(trace::Style::script_warning, line);
        }
    }
    Run& run_;
    bool open_ = false;
    std::vector<std::pair<git::ProgressKind, std::string>> waiting_;
};

/// One attempt to bring the sources: the worker at one end of the pipe, the agent at the other.
class Attempt {
public:
    Attempt(Run& run, asio::any_io_executor executor) : run_(run), progress_(run), pipe_(std::move(executor)) {}

    asio::awaitable<void> fetch(Deadline until)
    {
        try {
            fetched_ = co_await run_.sources(progress_, pipe_, until);
        } catch (const std::system_error& error) {
            if (error.code() == Failure::cancelled || error.code() == Failure::timed_out) throw;
            fetched_.error = git::SourceError::host;
            fetched_.message = error.what();
            fetched_.exit_code = 128;
        }
        pipe_.finish();
        host::debug("The git worker has ended", {{"job", std::to_string(run_.job.id)},
                                                 {"received_bytes", std::to_string(fetched_.stats.received_bytes)},
                                                 {"duration_ms", std::to_string(fetched_.stats.total_ms)},
                                                 {"landlock", std::to_string(fetched_.stats.landlock)}});
    }

    asio::awaitable<void> unpack(Workplace& place, Deadline until)
    {
        progress_.open();
        std::exception_ptr silent;
        try {
            unpacked_ = co_await place.session().unpack("/", pipe_, {.keep_times = true}, until);
        } catch (const agent::Silence&) {
            silent = std::current_exception();
        }
        pipe_.close_reader();
        if (!silent) co_return;
        const JobError error = co_await place.lost(silent);
        throw error;
    }

    /// What both mean together: a stream that ended early is explained by the worker, not by the agent.
    bool ok() const { return fetched_.ok() && unpacked_.ok(); }
    JobError failure() const
    {
        const bool full = !unpacked_.ok() && (fetched_.ok() || fetched_.error == git::SourceError::host);
        if (full)
            return {FailureReason::script_failure, "the sources could not be written: " + unpacked_.message(), 128};
        const bool host = fetched_.error == git::SourceError::host;
        return {host ? FailureReason::runner_system_failure : FailureReason::script_failure,
                std::string(git::code_of(fetched_.error)) + ": " + fetched_.message, host ? 0 : fetched_.exit_code};
    }
    bool worth_another() const
    {
        return fetched_.error == git::SourceError::network || fetched_.error == git::SourceError::object;
    }

private:
    Run& run_;
    Progress progress_;
    Pipe pipe_;
    git::SourceResult fetched_;
    agent::UnpackResult unpacked_;
};

bool has_repository(const Run& run)
{
    return run.git.strategy == git::Strategy::clone || run.git.strategy == git::Strategy::fetch;
}

asio::awaitable<void> without_repository(Run& run, std::unique_ptr<Workplace>& place)
{
    place = co_await Workplace::make(run);
    const Section section(run.trace, std::string(section_name), section_title);
    const bool empty = run.git.strategy == git::Strategy::empty;
    run.line(trace::Style::script_notice, empty ? "Skipping Git repository setup and creating an empty build directory"
                                                : "Skipping Git repository setup");
    run.line(trace::Style::script_notice, "Skipping Git checkout");
    run.line(trace::Style::script_notice, "Skipping Git submodules setup");
}

/// The first attempt overlaps with the making of the workplace; the time for sources begins when that stands.
asio::awaitable<void> make_and_unpack(Run& run, std::unique_ptr<Workplace>& place, std::optional<Section>& section,
                                      Attempt& attempt, Deadline& until)
{
    place = co_await Workplace::make(run);
    if (const auto limit = run.station.runner.get_sources_timeout) until = std::min(run.deadline, in(*limit));
    section.emplace(run.trace, std::string(section_name), section_title);
    co_await run_hook(run, *place, Hook::pre_get_sources);
    co_await attempt.unpack(*place, until);
}

asio::awaitable<void> empty_and_pause(Run& run, Workplace& place, int number)
{
    run.line(trace::Style::warning, "Retrying...");
    const bool slow = run.flags.is_on("FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY");
    const std::chrono::seconds first = slow ? 5s : 1s, longest = slow ? 300s : 5s;
    const auto pause = std::min(longest, first * (1 << std::min(number - 1, 8)));
    co_await place.session().rest(std::min(run.deadline, in(pause)));
    const agent::FileResult emptied =
        co_await place.session().remove(run.layout.project_dir, agent::Session::Remove::contents, run.deadline);
    if (!emptied.ok()) throw JobError(FailureReason::runner_system_failure, emptied.message());
}

asio::awaitable<void> with_repository(Run& run, std::unique_ptr<Workplace>& place, Deadline& until)
{
    auto executor = co_await asio::this_coro::executor;
    auto attempt = std::make_unique<Attempt>(run, executor);
    std::optional<Section> section;
    co_await all_of(make_and_unpack(run, place, section, *attempt, until), attempt->fetch(run.deadline));
    for (int number = 1; !attempt->ok() && attempt->worth_another() && number < run.git.get_sources_attempts;
         ++number) {
        run.line(trace::Style::error, attempt->failure().what());
        co_await empty_and_pause(run, *place, number);
        section.reset();
        section.emplace(run.trace, std::string(section_name), section_title);
        run.line(trace::Style::script_notice, "Deleting all tracked and untracked files due to source fetch failure");
        attempt = std::make_unique<Attempt>(run, executor);
        co_await all_of(attempt->unpack(*place, until), attempt->fetch(until));
    }
    if (!attempt->ok()) throw attempt->failure();
    co_await run_hook(run, *place, Hook::post_get_sources);
}

} // namespace

asio::awaitable<void> prepare_with_sources(Run& run, std::unique_ptr<Workplace>& place)
{
    if (!has_repository(run)) co_return co_await without_repository(run, place);
    const auto limit = run.station.runner.get_sources_timeout;
    Deadline until = run.deadline;
    bool late = false;
    try {
        co_await with_repository(run, place, until);
    } catch (const std::system_error& error) {
        late = error.code() == Failure::timed_out && limit && std::chrono::steady_clock::now() >= until;
        if (!late) throw;
    }
    if (late) {
        throw JobError(FailureReason::job_execution_timeout,
                       "get sources timeout: exceeded timeout of " + conf::to_string(*limit));
    }
}

} // namespace ysnp::job
