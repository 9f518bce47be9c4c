#pragma once
#include "test/bench/site.h"

namespace ysnp::bench {

/// The command that starts the site's runner and what it finds in its environment; writes its configuration below
/// `folder` first.
struct Launch {
    std::vector<std::string> command, environment;
};
Launch launch_ours(const std::filesystem::path& folder, const std::string& url, const std::string& socket,
                   const SiteOptions& options);
Launch launch_foreign(const std::filesystem::path& folder, const std::string& url, const std::string& socket,
                      const SiteOptions& options);

std::string random_token();

/// Where a site's runner keeps what never goes to a disk.
std::filesystem::path runtime_folder(const std::filesystem::path& folder);

/// A bare repository with one branch and a few files, for jobs with sources.
std::filesystem::path make_repository(const std::filesystem::path& folder);

} // namespace ysnp::bench
