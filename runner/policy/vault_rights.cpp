#include "runner/policy/vault_rights.h"
#include "net/failure.h"
#include "runner/policy/existing_projects.h"
#include "runner/policy/store.h"
#include "runner/policy/vault_fault.h"
#include "vault/client.h"
#include <algorithm>

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;
using Rights = std::map<std::string, std::vector<std::string>>;

constexpr const char* made_up = "ysnprunner-sample";
constexpr const char* entity = "00000000-0000-0000-0000-000000000000"; // a person's record

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// `*` and `**` become a name; what has one segment only gets a second.
std::string filled_in(std::string pattern)
{
    for (auto star = pattern.find('*'); star != std::string::npos; star = pattern.find('*', star)) {
        const auto end = pattern.find_first_not_of('*', star);
        pattern.replace(star, (end == std::string::npos ? pattern.size() : end) - star, made_up);
    }
    return pattern.find('/') == std::string::npos ? pattern + "/" + made_up : pattern;
}

awaitable<void> add(vault::Client& client, std::string path, std::string what, std::vector<Forbidden>& into,
                    Deadline until)
{
    vault::Client::Places places = co_await client.places(std::move(path), until);
    if (places.metadata != places.data) into.push_back({std::move(places.metadata), what});
    into.push_back({std::move(places.data), std::move(what)});
}

const std::vector<Forbidden>& powers_of_vault()
{
    static const std::vector<Forbidden> powers{{"sys/policies/acl/ysnprunner-sample", "Vault's policies"},
                                               {"sys/policy/ysnprunner-sample", "Vault's policies"},
                                               {"sys/auth/ysnprunner-sample", "ways to log in"},
                                               {"auth/approle/role/ysnprunner-sample", "roles"},
                                               {"auth/token/create", "tokens of its own"},
                                               {"identity/entity", "identities"},
                                               {"identity/entity-alias", "identities"},
                                               {"identity/group", "groups"}};
    return powers;
}

StoreFault too_many(const Forbidden& where, const std::vector<std::string>& rights, const std::string& who)
{
    return {
        http_status_code(403),
        who,
        joined(rights) + " on " + where.path + ": it could write " + where.what,
        "a token that reads policy and writes none",
        "take them out of the runner's ACL policy: path \"" + where.path +
            "\" { capabilities = [\"deny\"] }, or narrower wildcards; `ysnprunner gate policies` prints one that fits",
        "VLT-CAPS"};
}

/// A login with the rights that it needs may not list the engine: one that may is looked at more closely.
awaitable<std::vector<std::string>> existing_where_open(vault::Client& client, Deadline until)
{
    try {
        co_return co_await existing_projects(client, until);
    } catch (const vault::Fault& fault) {
        if (fault.code() != Failure::denied) throw;
    }
    co_return std::vector<std::string>();
}

} // namespace

std::vector<std::string> sample_projects(const std::vector<std::string>& patterns)
{
    std::vector<std::string> projects;
    for (const std::string& pattern : patterns) projects.push_back(filled_in(pattern));
    if (projects.empty()) projects.push_back(filled_in("*/*"));
    return projects;
}

bool changes_something(const std::vector<std::string>& rights)
{
    static constexpr std::string_view bad[]{"create", "update", "patch", "delete", "sudo", "root"};
    return std::ranges::any_of(rights,
                               [](const std::string& right) { return std::ranges::find(bad, right) != std::end(bad); });
}

awaitable<std::vector<Forbidden>> forbidden_to_write(vault::Client& client, std::vector<std::string> projects,
                                                     Deadline until)
{
    std::vector<Forbidden> all;
    for (const std::string& project : projects) {
        const std::string space = project.substr(0, project.rfind('/'));
        for (const std::string& folder : {space, project}) {
            for (const char* document : {"whitelist", "youshallnotpass_config", "ysnp_policy"})
                co_await add(client, folder + "/" + document, "policy documents", all, until);
        }
        co_await add(client, project + "/approvals/1-ysnprunner/approved/" + entity, "approvals", all, until);
    }
    all.insert(all.end(), powers_of_vault().begin(), powers_of_vault().end());
    co_return all;
}

awaitable<void> refuse_too_many_rights(vault::Client& client, std::string who, std::vector<std::string> patterns,
                                       Deadline until)
{
    try {
        const vault::Identity identity = co_await client.log_in(until);
        if (identity.is_root()) throw too_many({"*", "everything, as root"}, {"root"}, who);
        std::vector<std::string> projects = sample_projects(patterns);
        const std::vector<std::string> existing = co_await existing_where_open(client, until);
        std::ranges::copy(first_of(existing, patterns, Named::yes), std::back_inserter(projects));
        const std::vector<Forbidden> forbidden = co_await forbidden_to_write(client, std::move(projects), until);
        std::vector<std::string> paths;
        for (const Forbidden& one : forbidden) paths.push_back(one.path);
        const Rights rights = co_await client.rights(std::move(paths), until);
        for (const Forbidden& one : forbidden)
            if (changes_something(rights.at(one.path))) throw too_many(one, rights.at(one.path), who);
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
}

} // namespace ysnp::policy
