#include "runner/policy/examine_rights.h"
#include "net/failure.h"
#include "runner/policy/examination.h"
#include "runner/policy/vault_anchors.h"
#include "runner/policy/vault_rights.h"
#include <functional>

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;
using Level = Finding::Level;

constexpr const char* sample_id = "1-ysnprunner";
constexpr const char* somebody = "00000000-0000-0000-0000-000000000000";

std::string answer_path(const std::string& project, const std::string& entity)
{
    return project + "/approvals/" + sample_id + "/approved/" + entity;
}

using Work = std::function<awaitable<void>(Examination&)>;

/// What Vault says against a question is a finding too.
awaitable<Findings> examine(vault::Client& client, std::string subject, Deadline until, Work work)
{
    Examination examination(client, std::move(subject), until);
    try {
        co_await work(examination);
    } catch (const vault::Fault& fault) {
        const bool known = fault.code() == Failure::denied;
        examination.say(known ? Level::fail : Level::unknown, fault.asked() + ": " + fault.found(), fault.remedy());
    }
    co_return examination.take();
}

awaitable<std::vector<std::string>> data_paths(Examination& of, std::vector<std::string> paths)
{
    std::vector<std::string> places;
    for (const std::string& path : paths) {
        const vault::Client::Places both = co_await of.client().places(path, of.until());
        places.push_back(both.data);
    }
    co_return places;
}

std::vector<std::string> answers_of(const Examined& on, const std::string& entity)
{
    std::vector<std::string> paths;
    for (const std::string& project : on.projects) paths.push_back(answer_path(project, entity));
    return paths;
}

std::vector<std::string> documents_of(const std::string& project)
{
    return {project + "/whitelist", project + "/youshallnotpass_config", project + "/ysnp_policy",
            project + "/approvals/" + sample_id + "/request"};
}

awaitable<void> writes_no_policy(Examination& of, std::vector<std::string> projects, Level otherwise)
{
    std::vector<std::string> documents, powers;
    const std::vector<Forbidden> all = co_await forbidden_to_write(of.client(), std::move(projects), of.until());
    for (const Forbidden& one : all) {
        if (one.what == "policy documents") documents.push_back(one.path);
        if (one.what != "policy documents" && one.what != "approvals") powers.push_back(one.path);
    }
    co_await of.changes_none(std::move(documents), "policy documents", otherwise);
    co_await of.changes_none(std::move(powers), "Vault's own policies, roles and identities", Level::fail);
}

awaitable<void> approves_nothing(Examination& of, Examined on, std::string own_entity, Level otherwise)
{
    std::vector<std::string> asked = answers_of(on, somebody);
    if (!own_entity.empty())
        for (std::string& path : answers_of(on, own_entity)) asked.push_back(std::move(path));
    std::vector<std::string> paths = co_await data_paths(of, std::move(asked));
    co_await of.changes_none(std::move(paths), "approvals", otherwise);
}

awaitable<void> sees_no_foreign(Examination& of, std::vector<std::string> foreign, Level otherwise)
{
    std::vector<std::string> documents;
    for (const std::string& project : foreign)
        for (std::string& path : documents_of(project)) documents.push_back(std::move(path));
    std::vector<std::string> paths = co_await data_paths(of, std::move(documents));
    const std::string others = foreign.size() == 1
                                   ? "another project, " + foreign.front()
                                   : std::to_string(foreign.size()) + " other projects, such as " + foreign.back();
    co_await of.reads_none(std::move(paths), "what belongs to " + others, otherwise);
}

awaitable<void> runner(Examination& of, Examined on, bool serves_all)
{
    const vault::Identity identity = co_await of.who();
    if (!identity.renewable && (identity.lease.count() == 0 || identity.lease > std::chrono::hours(1)))
        of.say(Level::warn, "has a token that lives longer than an hour and is not renewed",
               "token_ttl=20m and token_max_ttl=24h on its role");
    for (const std::string& project : on.projects) {
        co_await of.needs(project + "/whitelist", {"read"}, "read the policy of " + project, Level::fail);
        co_await of.needs(project + "/approvals/" + sample_id + "/request", {"create", "read"},
                          "ask for approvals in " + project, Level::fail);
        co_await of.needs(answer_path(project, somebody), {"read"}, "read the answers in " + project, Level::fail);
        co_await of.needs(project + "/approvals/" + sample_id + "/used/1", {"create", "read"},
                          "count the uses of approvals (max_uses) in " + project, Level::fail);
        co_await of.needs(project + "/approvals/" + sample_id + "/used", {"list"},
                          "see the uses of approvals (max_uses) in " + project, Level::fail);
        const vault::Client::Places use =
            co_await of.client().places(project + "/approvals/" + sample_id + "/used/1", of.until());
        co_await of.needs_api(use.metadata, "delete", "give back a use that its job does not take in " + project,
                              Level::warn);
        co_await of.needs(project + "/approvals", {"list"}, "list the requests of " + project, Level::warn);
    }
    co_await of.needs_api(std::string("identity/entity/id/") + somebody, "read", "see who has answered", Level::fail);
    co_await writes_no_policy(of, on.projects, Level::fail);
    co_await approves_nothing(of, on, identity.entity_id, Level::fail);
    if (!serves_all) co_await sees_no_foreign(of, on.foreign, Level::warn);
    co_await of.needs(anchor_path("s_000000000000"), {"create", "read", "update"}, "anchor its audit chain",
                      Level::warn);
}

awaitable<void> approver(Examination& of, Examined on)
{
    const vault::Identity identity = co_await of.who();
    if (identity.entity_id.empty())
        co_return of.say(Level::fail, "has no entity, so that an approval could not be put in its name",
                         "log in by a method of its own (oidc, ldap, userpass), not with a bare token");
    for (const std::string& project : on.projects) {
        co_await of.needs(project + "/approvals/" + sample_id + "/request", {"read"}, "see what waits in " + project,
                          Level::fail);
        co_await of.needs(project + "/approvals/" + sample_id + "/used/0", {"read"},
                          "compare with what was approved before in " + project, Level::warn);
        co_await of.needs(answer_path(project, identity.entity_id), {"create", "update"},
                          "approve in " + project + " in the own name", Level::fail);
    }
    std::vector<std::string> others = co_await data_paths(of, answers_of(on, somebody));
    co_await of.changes_none(std::move(others), "approvals in somebody else's name", Level::fail);
    co_await writes_no_policy(of, on.projects, Level::warn);
}

awaitable<void> developer(Examination& of, Examined on)
{
    const vault::Identity identity = co_await of.who();
    co_await sees_no_foreign(of, on.foreign, Level::fail);
    co_await writes_no_policy(of, on.projects, Level::fail);
    co_await approves_nothing(of, on, identity.entity_id, Level::fail);
}

awaitable<void> author(Examination& of, Examined on)
{
    const vault::Identity identity = co_await of.who();
    for (const std::string& project : on.projects)
        co_await of.needs(project + "/whitelist", {"create", "update"}, "write the policy of " + project, Level::fail);
    co_await approves_nothing(of, on, identity.entity_id, Level::warn);
}

} // namespace

awaitable<Findings> examine_vault(vault::Client& client, Deadline until)
{
    const Work work = [](Examination& of) -> awaitable<void> {
        const vault::Health health = co_await of.client().health(of.until());
        if (!health.initialized) co_return of.say(Level::fail, "is not initialized", "vault operator init");
        if (health.sealed) co_return of.say(Level::fail, "is sealed", "vault operator unseal");
        if (health.standby)
            co_return of.say(Level::warn, "is a standby", "name the active address, or a load balancer's");
        of.say(Level::ok, "version " + health.version + ", unsealed");
    };
    return examine(client, "vault", until, work);
}

awaitable<Findings> examine_runner(vault::Client& client, Examined on, bool serves_all, Deadline until)
{
    return examine(client, "runner", until, [on, serves_all](Examination& of) { return runner(of, on, serves_all); });
}

awaitable<Findings> examine_approver(vault::Client& client, Examined on, Deadline until)
{
    return examine(client, "approver", until, [on](Examination& of) { return approver(of, on); });
}

awaitable<Findings> examine_developer(vault::Client& client, Examined on, Deadline until)
{
    return examine(client, "developer", until, [on](Examination& of) { return developer(of, on); });
}

awaitable<Findings> examine_author(vault::Client& client, Examined on, Deadline until)
{
    return examine(client, "author", until, [on](Examination& of) { return author(of, on); });
}

} // namespace ysnp::policy
