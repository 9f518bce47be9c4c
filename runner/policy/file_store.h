#pragma once
#include "runner/policy/store.h"
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace ysnp::policy {

/// Policy as JSON documents in a directory: `<root>/<namespace>/whitelist.json`,
/// `<root>/<namespace>/<project>/whitelist.json`, `youshallnotpass_config.json` and `ysnp_policy.json` beside them.
/// Refuses what somebody else could have written: a file or folder on the way that group or others can write, that
/// belongs neither to root nor to the user running, or that is a symbolic link; and documents above 4 MiB.
class FileStore final : public Store {
public:
    FileStore(std::filesystem::path root, boost::asio::thread_pool& pool);
    boost::asio::awaitable<checks::Documents> read(const ProjectPath& project, Deadline until) override;
    std::string name() const override;

private:
    std::filesystem::path root_;
    boost::asio::thread_pool& pool_;
};

/// The blocking read behind the store.
checks::Documents read_documents(const std::filesystem::path& root, const ProjectPath& project);

/// What `gate allow` changed.
struct Allowed {
    std::filesystem::path file;
    std::vector<std::string> added;   ///< entries as written
    std::vector<std::string> present; ///< entries that were there already
    bool created = false;
};

/// Adds a script entry (`job@ysnp2:…`) and image entries (`name@sha256:…`) to the project's whitelist. Keeps all else
/// that is in the document. Atomic: a temporary file beside it, fsync, rename. Creates folders (0755) that are missing.
Allowed add_to_whitelist(const std::filesystem::path& root, const ProjectPath& project, const std::string& script_entry,
                         const std::vector<std::string>& image_entries);

} // namespace ysnp::policy
