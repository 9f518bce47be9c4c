#pragma once

namespace ysnp::cli {

/// What the program's end means to scripts. Commands that gitlab-runner has too end with 0 or 1, and 2 for a flag that
/// does not exist.
enum ExitCode : int {
    success = 0,
    failure = 1, ///< also: the job failed
    usage = 2,
    configuration = 3,
    denied = 4,
    gate_unavailable = 5,
    gitlab_unavailable = 6,
    undetermined = 7, ///< pending or undetermined: not decided
    broken_integrity = 8,
};

} // namespace ysnp::cli
