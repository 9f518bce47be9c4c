#pragma once
#include "runner/policy/store.h"
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <string>

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

} // namespace ysnp::policy
