#include "net/failure.h"
#include "runner/policy/allow.h"
#include "runner/policy/amend.h"
#include "vault/client.h"

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;

constexpr const char* names[] = {"whitelist", "youshallnotpass_config", "ysnp_policy"};

/// What the store says about the documents, and at which version.
struct Read {
    ProjectDocuments documents;
    std::vector<vault::Document> versions; // in the order of `names`, then the groups' policies

    const vault::Document& version_of(std::string_view name) const
    {
        for (std::size_t i = 0; i < std::size(names); ++i)
            if (name == names[i]) return versions[i];
        return versions.front();
    }
};

awaitable<Read> read(vault::Client& client, const std::string& mount, const std::string& project, Deadline until)
{
    std::vector<std::string> paths;
    for (const char* name : names) paths.push_back(project + "/" + name);
    for (auto slash = project.rfind('/'); slash != std::string::npos && slash > 0;
         slash = project.rfind('/', slash - 1))
        paths.push_back(project.substr(0, slash) + "/ysnp_policy");
    Read result;
    result.versions = co_await client.read_all(paths, until);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        checks::Document document{mount + "/" + paths[i], result.versions[i].text, {}};
        if (i < std::size(names))
            named(result.documents, names[i]) = std::move(document);
        else
            result.documents.parent_policies.push_back(std::move(document));
    }
    co_return result;
}

vault::Fault changed_meanwhile(const std::string& document)
{
    return {http_status_code(409), "writing " + document, "another text than a moment ago",
            "the document that the entries were added to", "somebody else is editing it: look, then run this again"};
}

/// The version that must still be there when we write; nothing where the engine keeps none.
std::optional<std::uint64_t> expected_version(const vault::Document& document)
{
    if (document.version == 0 && document.text) return std::nullopt;
    return document.version;
}

awaitable<void> write(vault::Client& client, std::string mount, std::string path, std::string text,
                      vault::Document before, Deadline until)
{
    const auto only_at = expected_version(before);
    if (!only_at) {
        const vault::Document now = co_await client.read(path, until);
        if (now.text != before.text) throw changed_meanwhile(mount + "/" + path);
    }
    try {
        co_await client.write(path, std::move(text), only_at, until);
    } catch (const vault::Fault& fault) {
        if (fault.code() == Failure::conflict) throw changed_meanwhile(mount + "/" + path);
        throw;
    }
}

} // namespace

awaitable<Allowed> add_to_vault(vault::Client& client, std::string mount, ProjectPath project, Allowance allowance,
                                Deadline until)
{
    const Read now = co_await read(client, mount, project.text(), until);
    Amendment amendment = amend(now.documents, allowance);
    Allowed result{{}, std::move(amendment.added), std::move(amendment.present)};
    for (Amended& document : amendment.documents) {
        const std::string path = project.text() + "/" + document.name;
        co_await write(client, mount, path, std::move(document.text), now.version_of(document.name), until);
        result.written.push_back(mount + "/" + path);
    }
    co_return result;
}

} // namespace ysnp::policy
