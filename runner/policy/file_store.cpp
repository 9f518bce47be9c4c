#include "runner/policy/file_store.h"
#include "checks/digest.h"
#include "net/on_pool.h"
#include "runner/policy/trusted_folder.h"
#include <vector>

namespace ysnp::policy {
namespace {

using Folder = std::optional<TrustedFolder>;

checks::Document document(const Folder& folder, const std::filesystem::path& place, const std::string& name)
{
    checks::Document result;
    result.path = (place / name).string();
    if (folder) result.text = folder->read(name);
    if (result.text) result.revision = checks::base64url(checks::sha256(*result.text)).substr(0, 12);
    return result;
}

std::vector<std::string> segments(std::string_view path)
{
    std::vector<std::string> parts;
    for (;;) {
        const auto slash = path.find('/');
        parts.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return parts;
        path.remove_prefix(slash + 1);
    }
}

} // namespace

checks::Documents read_documents(const std::filesystem::path& root, const ProjectPath& project)
{
    checks::Documents documents;
    const auto names = segments(project.text());
    Folder folder = TrustedFolder::open(root);
    std::filesystem::path place = root;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (folder) folder = folder->child(names[i]);
        place /= names[i];
        const bool is_project = i + 1 == names.size(), is_namespace = i + 2 == names.size();
        auto& whitelist = is_project ? documents.project_whitelist : documents.namespace_whitelist;
        auto& config = is_project ? documents.project_config : documents.namespace_config;
        if (is_project || is_namespace) {
            whitelist = document(folder, place, "whitelist.json");
            config = document(folder, place, "youshallnotpass_config.json");
        }
        auto policy = document(folder, place, "ysnp_policy.json");
        if (is_project) {
            documents.project_policy = std::move(policy);
        } else {
            documents.parent_policies.insert(documents.parent_policies.begin(), std::move(policy));
        }
    }
    return documents;
}

FileStore::FileStore(std::filesystem::path root, boost::asio::thread_pool& pool) : root_(std::move(root)), pool_(pool)
{
}

boost::asio::awaitable<checks::Documents> FileStore::read(const ProjectPath& project, Deadline)
{
    auto work = [root = root_, project] { return read_documents(root, project); };
    checks::Documents documents = co_await on_pool(pool_, std::move(work));
    co_return documents;
}

std::string FileStore::name() const { return "file store " + root_.string(); }

} // namespace ysnp::policy
