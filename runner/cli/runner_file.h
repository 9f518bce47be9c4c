#pragma once
#include "conf/config.h"
#include <filesystem>
#include <string>

namespace ysnp::cli {

/// What `register` writes about a runner.
struct NewRunner {
    std::string name, url, docker_image;
    net::TlsOptions tls; ///< absolute paths
    std::int64_t id = 0;
    Secret token;
    std::chrono::sys_seconds obtained_at;
    std::optional<std::chrono::sys_seconds> expires_at;
};

/// Where a runner's two files go: `runners.d/<name>.yml` and `tokens/<name>` beside the configuration, with what does
/// not belong into a file's name replaced; a number is added where a file of that name exists.
struct RunnerFiles {
    std::filesystem::path entry, token;
};
RunnerFiles files_for(const std::filesystem::path& config, const std::string& name);

/// The YAML text of the entry; it names `token_file`.
std::string entry_text(const NewRunner& runner, const std::filesystem::path& token_file);

/// Writes both files, and a minimal configuration where there is none yet. Throws system_error; then neither is there.
RunnerFiles write_runner(const std::filesystem::path& config, const NewRunner& runner);

/// Removes what `register` wrote for this entry. False where a person wrote it: then nothing is touched.
bool remove_runner(const conf::Runner& runner);

} // namespace ysnp::cli
