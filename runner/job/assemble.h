#pragma once
#include "runner/job/run.h"
#include <memory>

namespace ysnp::job {

/// What a run is made of besides the payload.
struct RunParts {
    Station& station;
    const gitlab::Job& job;
    const checks::Decision& decision;
    trace::Trace& trace;
    Stop& stop;
    Slot slot;
    std::function<Sources(const Run&)> sources; ///< empty: from the payload's repository by the git worker
    std::function<boost::asio::awaitable<void>(std::vector<state::Journal::Entry>)> record;
    Secret frame_key;
    Deadline deadline; ///< end of the job's whole time
};

/// Reads settings and variables, says in the log what is wrong with them, and decides where the job lies. The parts'
/// references must outlive the run. Throws JobError (configuration) for a folder outside of builds_dir.
std::unique_ptr<Run> assemble(RunParts parts, const Flags& flags);

} // namespace ysnp::job
