#pragma once
#include "checks/report.h"
#include "conf/config.h"
#include "gitlab-api/payload.h"
#include "runner/job/run.h"
#include "runner/job/serve.h"
#include "vault/options.h"
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace ysnp::job {

/// A job that no GitLab knows, with the engine and the gate of the service.
struct LocalJob {
    gitlab::Job job;
    std::function<Sources(const Run&)> sources;
    std::vector<std::string> undetermined; ///< what could not be evaluated: then it never passes under enforce
    std::optional<vault::Options> vault{}; ///< whose login reads the policy, where it lies in Vault; else the runner's
    checks::Charset charset = checks::Charset::utf8; ///< of the terminal that the log goes to
};

/// How it ended, as scripts want to know it.
enum class LocalResult { success, failed, denied, gate_unavailable, undetermined };

/// Judges and runs the job by the configuration's `runner`; its log goes to `out` as it grows, without time stamps.
/// SIGINT and SIGTERM end the job; the Engine holds nothing of it when this returns. Blocks.
LocalResult run_locally(const conf::Config& config, const conf::Runner& runner, LocalJob local, const Build& build,
                        std::ostream& out);

} // namespace ysnp::job
