#pragma once
#include "checks/decide.h"
#include "gitlab-api/payload.h"
#include "runner/git/settings.h"
#include "runner/git/worker.h"
#include "runner/job/flags.h"
#include "runner/job/layout.h"
#include "runner/job/settings.h"
#include "runner/job/station.h"
#include "runner/job/stop.h"
#include "runner/job/variables.h"
#include "runner/trace/trace.h"
#include <functional>
#include <string>
#include <vector>

namespace ysnp::job {

/// Brings the job's sources once: streams them as tar to `into`, says what it does to `events`. As the agent unpacks
/// them, they belong to the job's user.
using Sources =
    std::function<boost::asio::awaitable<git::SourceResult>(git::Events& events, net::BodySink& into, Deadline until)>;

/// One job on its way through the stages: what was decided, where it lies, what it is made of. Lives in one frame; all
/// parts of the job refer to it.
struct Run {
    Station& station;
    const gitlab::Job& job;
    const checks::Decision& decision;
    trace::Trace& trace;
    Stop& stop;
    Sources sources;
    /// Records steps before their effect; does nothing for a local run.
    std::function<boost::asio::awaitable<void>(std::vector<state::Journal::Entry>)> record;
    Secret frame_key;

    Flags flags;
    Settings settings;
    git::Settings git;
    Layout layout;
    Variables variables;
    Deadline deadline; ///< the job's whole time
    std::chrono::seconds timeout;

    void line(trace::Style style, std::string_view text) { trace.runner_line(style, text); }
};

/// A section of the job's log, as long as it lives.
class Section {
public:
    Section(trace::Trace& trace, std::string name, std::string_view title) : trace_(trace), name_(std::move(name))
    {
        trace_.section_start(name_, title);
    }
    ~Section() { trace_.section_end(name_); }
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;

private:
    trace::Trace& trace_;
    std::string name_;
};

} // namespace ysnp::job
