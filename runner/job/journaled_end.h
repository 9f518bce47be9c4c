#pragma once
#include "gitlab-api/client.h"
#include "runner/state/journal.h"
#include <string>
#include <string_view>

namespace ysnp::job {

/// How a job ended, as Step::result keeps it from the end of the run until GitLab has heard it: "success", or the
/// reason that GitLab is told and, where there is one, the exit code: "script_failure 3".
std::string journaled_end(const gitlab::JobUpdate& end);

/// What a later start tells GitLab about a job that was left behind: the end that its run wrote down. Without one, or
/// with one that cannot be read, the job failed by the runner's fault: success is never guessed.
gitlab::JobUpdate end_of(const state::OpenJob& dead);

/// Whether the run of the job wrote its end down, so that only the report was missing.
bool ended(const state::OpenJob& dead);

} // namespace ysnp::job
