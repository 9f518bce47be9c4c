#pragma once
#include "runner/agent/stage.h"
#include "runner/job/run.h"
#include "runner/job/script.h"
#include "runner/job/workplace.h"

namespace ysnp::job {

/// One script for the job's shell.
struct ScriptCall {
    std::vector<ScriptPart> parts;
    std::string first_line;         ///< "Running after script..."; empty: none
    std::string status = "running"; ///< CI_JOB_STATUS
};

/// Runs it in the workplace, its output into the log. A script that exits, is stopped or runs out of time is a result;
/// throws when the container is gone.
boost::asio::awaitable<agent::StageResult> run_script(Run& run, Workplace& place, ScriptCall call, Deadline until);

/// Throws JobError (script_failure with the exit code, or a configuration error where it could not start) unless the
/// script succeeded.
void require_success(const agent::StageResult& result);

/// How long a script has between TERM and KILL.
inline constexpr std::chrono::milliseconds stop_grace{10'000};

} // namespace ysnp::job
