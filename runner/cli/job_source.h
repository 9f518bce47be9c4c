#pragma once
#include "conf/config.h"
#include "gitlab-api/payload.h"
#include "runner/cli/local_project.h"
#include "runner/cli/session.h"
#include "runner/policy/gate.h"
#include <optional>
#include <string>
#include <vector>

namespace ysnp::cli {

/// Which job a command speaks of.
struct JobChoice {
    std::string job, payload, project;
    Files files = Files::commit;
    std::vector<std::string> variables{}; ///< NAME=VALUE each; they win over those of the file
    ExitCode refused = configuration;     ///< how the command ends on a payload that no runner would take
};

/// The job, and the runner of the configuration that would run it.
struct ChosenJob {
    gitlab::Job job;
    std::vector<std::string> undetermined; ///< why GitLab's job may differ from this one
    std::optional<LocalProject> project;   ///< unless it came as a payload
    conf::Runner* runner = nullptr;        ///< in `config`; the one whose GitLab it is, else a local one
};

/// Reads the payload, or builds the job of the local .gitlab-ci.yml. `config` gets an entry for local jobs where it has
/// none. Notices go to the log. Throws CommandError (configuration) for what cannot be used.
ChosenJob choose_job(const JobChoice& choice, conf::Config& config);

/// The runner of the configuration that local commands stand on: its first, else one that is made up.
conf::Runner* local_runner(conf::Config& config);

/// What the gate is told about the job's surroundings.
policy::Surroundings surroundings_of(const ChosenJob& chosen);

} // namespace ysnp::cli
