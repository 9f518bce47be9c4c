#pragma once
#include "net/secret.h"
#include <filesystem>
#include <optional>
#include <string>

namespace ysnp::state {

/// What a job that waits for people, and has not begun, is taken up from after a restart.
struct WaitingJob {
    Secret payload;     ///< as GitLab sent it
    Secret request;     ///< text of the request for approval
    Secret log;         ///< what the job's log holds
    bool asked = false; ///< the request stood in the store
};

/// What a restarted runner needs to talk for a job and to its agent, and what must never reach a disk.
struct JobSecrets {
    Secret job_token;
    Secret frame_key;
    std::optional<WaitingJob> waiting;
};

/// One file per job, mode 0600, in a folder that lives in memory (the unit's runtime directory): a restart of the
/// runner finds it, a reboot loses it with the job. All calls block briefly and throw system_error that says what is
/// wrong: Failure::missing, Failure::untrusted (wrong owner, mode, type or link count), Failure::invalid (not our
/// format).
class SecretsFile {
public:
    enum class Folder { in_memory, any };
    /// Checks that the folder is ours alone (owner, no access for others) and, with `in_memory`, that it is on tmpfs or
    /// ramfs. Creates it, mode 0700, where it is missing.
    explicit SecretsFile(std::filesystem::path folder, Folder kind = Folder::in_memory);

    /// Writes atomically; returns the file's path, which the journal keeps.
    std::filesystem::path write(const std::string& name, const JobSecrets& secrets) const;
    /// Reads one file of this folder back; nothing outside it, no link.
    JobSecrets read(const std::filesystem::path& file) const;
    /// Overwrites and removes it; a missing file is fine.
    void remove(const std::filesystem::path& file) const;

private:
    std::filesystem::path inside(const std::filesystem::path& file) const;

    std::filesystem::path folder_;
};

} // namespace ysnp::state
