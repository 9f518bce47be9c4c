#include "runner/policy/access_policies.h"
#include <algorithm>
#include <set>

namespace ysnp::policy {
namespace {

constexpr const char* documents[]{"whitelist", "youshallnotpass_config", "ysnp_policy"};

/// Writes the rules of one policy, where documents and their metadata lie as the engine's version has it.
class Rules {
public:
    Rules(const AccessWanted& wanted) : mount_(wanted.vault.mount), versioned_(wanted.kv_version == 2) {}

    void on(const std::string& path, const char* rights)
    {
        text_ += "path \"" + path + "\" { capabilities = [" + rights + "] }\n";
    }
    void data(const std::string& path, const char* rights)
    {
        on(mount_ + (versioned_ ? "/data/" : "/") + path, rights);
    }
    /// Lists a folder.
    void list(const std::string& folder) { on(mount_ + (versioned_ ? "/metadata/" : "/") + folder + "/", "\"list\""); }
    /// Lists the top of the engine.
    void list_engine() { on(mount_ + (versioned_ ? "/metadata/" : "/"), "\"list\""); }
    /// Writes a document and takes it back.
    void asks(const std::string& path)
    {
        data(path, versioned_ ? "\"create\", \"update\", \"read\"" : "\"create\", \"update\", \"read\", \"delete\"");
        if (versioned_) on(mount_ + "/metadata/" + path, "\"read\", \"delete\"");
    }
    /// Finds the documents of a folder, reads and deletes them; what KV v2 remembers of a deletion stays.
    void removes(const std::string& folder)
    {
        data(folder + "/+", "\"read\", \"delete\"");
        list(folder);
    }
    void remark(const std::string& text) { text_ += "# " + text + "\n"; }
    std::string text() && { return std::move(text_); }

private:
    std::string mount_;
    bool versioned_;
    std::string text_;
};

std::vector<std::string> paths_of(const std::vector<std::string>& patterns)
{
    return acl_paths(patterns.empty() ? std::vector<std::string>{"**"} : patterns);
}

/// The projects and the groups above them: a decision reads the documents of all.
std::set<std::string> folders_of(const std::vector<std::string>& projects)
{
    std::set<std::string> folders;
    for (std::string path : projects) {
        folders.insert(path);
        while (path.find('/') != std::string::npos) {
            path.resize(path.rfind('/'));
            folders.insert(path);
        }
    }
    return folders;
}

void reads_documents(Rules& rules, const std::vector<std::string>& projects, const char* rights)
{
    for (const std::string& folder : folders_of(projects))
        for (const char* document : documents) rules.data(folder + "/" + document, rights);
}

void reads_approvals(Rules& rules, const std::vector<std::string>& projects)
{
    for (const std::string& project : projects) {
        rules.data(project + "/approvals/+/request", "\"read\"");
        rules.data(project + "/approvals/+/approved/+", "\"read\"");
        rules.data(project + "/approvals/+/used/+", "\"read\"");
        rules.list(project);
        rules.list(project + "/approvals");
        rules.list(project + "/approvals/+/approved");
    }
}

AccessPolicy runner(const AccessWanted& wanted)
{
    Rules rules(wanted);
    const std::vector<std::string> projects = paths_of(wanted.served);
    rules.remark("policy documents of the projects served and of the groups above them");
    reads_documents(rules, projects, "\"read\"");
    rules.remark("asks for approvals, reads the answers and counts their uses; writes no answer");
    for (const std::string& project : projects) {
        rules.asks(project + "/approvals/+/request");
        rules.data(project + "/approvals/+/approved/+", "\"read\"");
        rules.list(project + "/approvals");
        rules.list(project + "/approvals/+/approved");
        rules.asks(project + "/approvals/+/used/+");
        rules.list(project + "/approvals/+/used");
        if (wanted.v1_scratch) rules.asks(project + "/scratch/+/+");
    }
    rules.remark("who has answered");
    rules.on("identity/entity/id/+", "\"read\"");
    rules.on("identity/group/id/+", "\"read\"");
    rules.remark("the head of its audit chain");
    rules.data("ysnprunner/audit/+", "\"create\", \"read\", \"update\"");
    return {"ysnp-runner", "the runner's own role, and nobody else", std::move(rules).text()};
}

AccessPolicy developer(const AccessWanted& wanted)
{
    Rules rules(wanted);
    const std::vector<std::string> projects = paths_of(wanted.projects);
    rules.remark("what the policy says about their projects, and what waits there");
    reads_documents(rules, projects, "\"read\"");
    reads_approvals(rules, projects);
    return {"ysnp-developer", "members of the projects, who ask why a job is refused", std::move(rules).text()};
}

AccessPolicy approver(const AccessWanted& wanted)
{
    Rules rules(wanted);
    const std::vector<std::string> projects = paths_of(wanted.projects);
    reads_documents(rules, projects, "\"read\"");
    reads_approvals(rules, projects);
    rules.remark("their own answer, and nobody else's: Vault fills in who they are");
    for (const std::string& project : projects)
        rules.data(project + "/approvals/+/approved/{{identity.entity.id}}", "\"create\", \"update\", \"read\"");
    if (wanted.v1_scratch) {
        rules.remark("removing a scratch code of YSNP v1 approves");
        for (const std::string& project : projects) rules.removes(project + "/scratch/+");
    }
    return {"ysnp-approver", "people who approve jobs", std::move(rules).text()};
}

AccessPolicy author(const AccessWanted& wanted)
{
    Rules rules(wanted);
    rules.remark("writes the policy; approves nothing");
    reads_documents(rules, paths_of(wanted.projects), "\"create\", \"read\", \"update\", \"delete\"");
    return {"ysnp-author", "people who write the policy", std::move(rules).text()};
}

AccessPolicy auditor(const AccessWanted& wanted)
{
    Rules rules(wanted);
    const std::vector<std::string> projects = paths_of(wanted.projects);
    rules.remark("reads everything, and the heads of the audit chains");
    reads_documents(rules, projects, "\"read\"");
    reads_approvals(rules, projects);
    rules.data("ysnprunner/audit/+", "\"read\"");
    rules.list("ysnprunner/audit");
    rules.remark("finds the projects there are, for gate doctor --token-file");
    rules.list_engine();
    for (const std::string& folder : folders_of(projects))
        if (std::ranges::find(projects, folder) == projects.end()) rules.list(folder);
    return {"ysnp-auditor", "people who verify what the gate did", std::move(rules).text()};
}

/// Vault fills the project in from the job's ID token.
AccessPolicy job(const AccessWanted& wanted)
{
    Rules rules(wanted);
    const std::string of_token = "{{identity.entity.aliases.ACCESSOR.metadata.";
    rules.remark("ACCESSOR: of the JWT method, from `vault auth list`; its role maps these claims to metadata");
    for (const char* claim : {"namespace_path}}", "project_path}}"})
        for (const char* document : documents) rules.data(of_token + claim + "/" + document, "\"read\"");
    return {"ysnp-job", "jobs that log in with their own ID token (job_id_token): read only", std::move(rules).text()};
}

} // namespace

std::vector<AccessPolicy> access_policies(const AccessWanted& wanted)
{
    AccessWanted all = wanted;
    if (all.projects.empty()) all.projects = all.served;
    const bool by_job = all.vault.auth.method == conf::VaultAuth::Method::job_id_token;
    return {by_job ? job(all) : runner(all), developer(all), approver(all), author(all), auditor(all)};
}

} // namespace ysnp::policy
