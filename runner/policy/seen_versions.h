#pragma once
#include "runner/state/version_file.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace ysnp::policy {

/// Remembers the highest version of each policy document, so that one who restores an older one cannot bring back what
/// it allowed.
class SeenVersions {
public:
    /// Opens the file; blocks. Throws what state::VersionFile throws.
    SeenVersions(boost::asio::thread_pool& pool, const std::filesystem::path& file) : pool_(pool), file_(file) {}

    /// Throws StoreFault (POL-STALE) where a document is older than one seen before; remembers the versions otherwise.
    boost::asio::awaitable<void> check(std::string place, std::vector<state::SeenVersion> now);

private:
    boost::asio::thread_pool& pool_;
    state::VersionFile file_;
};

/// The file in a state directory.
std::filesystem::path versions_file(const std::filesystem::path& state_dir);

} // namespace ysnp::policy
