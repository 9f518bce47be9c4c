#pragma once
#include "gitlab-api/payload.h"
#include "runner/job/flags.h"
#include "runner/job/layout.h"
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ysnp::job {

/// What the runner itself adds to a job's variables.
struct RunnerFacts {
    std::string image;       ///< CI_JOB_IMAGE, expanded; empty where the job names none
    std::string short_token; ///< CI_RUNNER_SHORT_TOKEN
    std::vector<std::pair<std::string, std::string>> environment; ///< the runner's `environment`
    Slot slot;
    std::int64_t timeout_seconds = 0;
    std::string ca_chain; ///< PEM; CI_SERVER_TLS_CA_FILE where GitLab is reached over TLS
    std::string version;  ///< CI_RUNNER_VERSION
    std::string revision; ///< CI_RUNNER_REVISION
};

/// A file that a stage finds in the job's temporary folder.
struct VariableFile {
    std::string path;
    std::string content;
};

/// All variables of a job in the order that decides (GitLab: "CI/CD variable precedence"; later ones win).
class Variables {
public:
    Variables(const gitlab::Job& job, const Flags& flags, const RunnerFacts& facts, Layout layout);

    /// The value as the job sees it: expanded where not raw, the path for a file; nullopt where there is none.
    std::optional<std::string> value(std::string_view name) const;
    /// Replaces $X and ${X} in `text` once; unknown names become nothing.
    std::string expand(std::string_view text) const;
    /// The same for a shell's script: what could mean more than text to a shell stays a reference, for the shell to
    /// replace. The digest covers the script and not every value, so no value may become a part of it.
    std::string expand_script(std::string_view script) const;

    /// NAME and value of everything a stage's processes get; each name once. `status` is CI_JOB_STATUS.
    std::vector<std::pair<std::string, std::string>> environment(std::string_view status) const;
    std::vector<VariableFile> files() const;
    /// Values that must not show in the trace.
    std::vector<std::string> masked() const;
    /// Names of masked variables whose values are so short that they mask innocent text too; each once.
    std::vector<std::string> barely_masked() const;
    /// Names that no shell accepts: left out of the environment, said once in the trace.
    const std::vector<std::string>& skipped() const noexcept { return skipped_; }
    /// The folder became another one (GIT_CLONE_PATH): CI_PROJECT_DIR and the files follow.
    void relocate(Layout layout);

private:
    const gitlab::Variable* find(std::string_view name) const noexcept;
    std::string seen(const gitlab::Variable& variable) const;
    std::string unexpanded(const gitlab::Variable& variable) const;
    std::string path_of(const gitlab::Variable& variable) const;
    void add(std::string key, std::string value, bool is_public = true, bool file = false);

    std::vector<gitlab::Variable> list_;
    std::vector<std::string> skipped_;
    Layout layout_;
};

} // namespace ysnp::job
