#include "runner/policy/existing_projects.h"
#include "checks/pattern.h"
#include "net/failure.h"
#include "vault/client.h"
#include <algorithm>

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;

constexpr std::size_t most_folders = 300, most_projects = 200, most_examined = 20;

bool is_document(const std::string& name)
{
    return name == "whitelist" || name == "youshallnotpass_config" || name == "ysnp_policy";
}

/// Folders of ours that hold no projects.
bool is_ours(const std::string& folder, const std::string& name)
{
    return (!folder.empty() && (name == "approvals/" || name == "scratch/")) ||
           (folder.empty() && name == "ysnprunner/");
}

bool is_named_by(const std::vector<std::string>& patterns, const std::string& project)
{
    return patterns.empty() ||
           std::ranges::any_of(patterns, [&](const std::string& pattern) { return checks::matches(pattern, project); });
}

class Search {
public:
    Search(vault::Client& client, Deadline until) : client_(client), until_(until) {}

    awaitable<std::vector<std::string>> run()
    {
        const std::vector<std::string> top = co_await client_.list("", until_);
        sort_out("", top);
        for (std::size_t at = 0; at < folders_.size() && at < most_folders && found_.size() < most_projects; ++at) {
            const std::string folder = folders_[at];
            const std::vector<std::string> names = co_await names_in(folder);
            sort_out(folder, names);
        }
        co_return std::move(found_);
    }

private:
    awaitable<std::vector<std::string>> names_in(std::string folder)
    {
        try {
            co_return co_await client_.list(std::move(folder), until_);
        } catch (const vault::Fault& fault) {
            if (fault.code() != Failure::denied) throw;
        }
        co_return std::vector<std::string>();
    }

    /// A group that has documents for its projects has folders of them; a project has none but ours.
    void sort_out(const std::string& folder, const std::vector<std::string>& names)
    {
        const std::size_t before = folders_.size();
        for (const std::string& name : names)
            if (name.ends_with('/') && !is_ours(folder, name))
                folders_.push_back((folder.empty() ? "" : folder + "/") + name.substr(0, name.size() - 1));
        const bool deep = folder.find('/') != std::string::npos, leaf = folders_.size() == before;
        if (deep && leaf && std::ranges::any_of(names, is_document)) found_.push_back(folder);
    }

    vault::Client& client_;
    Deadline until_;
    std::vector<std::string> folders_, found_;
};

} // namespace

awaitable<std::vector<std::string>> existing_projects(vault::Client& client, Deadline until)
{
    Search search(client, until);
    co_return co_await search.run();
}

std::vector<std::string> first_of(const std::vector<std::string>& projects, const std::vector<std::string>& patterns,
                                  Named named)
{
    std::vector<std::string> first;
    for (const std::string& project : projects)
        if (is_named_by(patterns, project) == (named == Named::yes) && first.size() < most_examined)
            first.push_back(project);
    return first;
}

} // namespace ysnp::policy
