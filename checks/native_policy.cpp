#include "checks/document_reader.h"
#include "checks/variables.h"

namespace ysnp::checks {
namespace {

OnFail read_on_fail(const Reader& item)
{
    const auto member = item.member("onFail");
    const auto text = member ? member->text() : std::nullopt;
    if (!text || *text == "refuse") return OnFail::refuse;
    if (*text == "ask") return OnFail::ask;
    member->fault("another word", "refuse or ask", "choose one of them");
    return OnFail::refuse;
}

std::optional<Check> read_check(const Reader& item)
{
    if (!item.is_object()) return std::nullopt;
    const auto name_member = item.member("name");
    const auto name = name_member ? name_member->text().value_or("") : "";
    Check check;
    check.document = item.document();
    check.path = item.path();
    if (name == "imageHash" || name == "scriptHash") {
        item.only({"name", "onFail"});
        check.kind = name == "imageHash" ? CheckKind::image_hash : CheckKind::script_hash;
    } else if (name == "dateTimeCheck") {
        item.only({"name", "onFail", "scale", "intervals", "time", "tolerance", "timezone"});
        check.kind = CheckKind::date_time;
        check.window = read_window(item, "UTC");
    } else if (name == "mfaRequired") {
        item.only({"name"});
        check.kind = CheckKind::mfa_required;
    } else {
        item.fault("an unknown check", "imageHash, scriptHash, mfaRequired or dateTimeCheck", "correct `name`");
        return std::nullopt;
    }
    check.on_fail = read_on_fail(item);
    return check;
}

void read_source(const Reader& source, JobPolicy& job)
{
    if (!source.is_object()) return;
    source.only({"binding", "commits"});
    const auto member = source.member("binding");
    const auto binding = member ? member->text().value_or("") : "";
    if (binding == "any") {
        job.source = SourceBinding::any;
    } else if (binding == "protected") {
        job.source = SourceBinding::protected_ref;
    } else if (binding == "sha") {
        job.source = SourceBinding::sha;
    } else {
        source.fault("no binding", "binding: any, protected or sha", "choose one of them");
    }
    if (const auto commits = source.member("commits")) job.commits = commits->texts();
    if (job.source == SourceBinding::sha && job.commits.empty())
        source.fault("no commits", "with binding sha, the full commit ids in `commits`", "list them");
}

ApprovalRule read_approval(const Reader& approval)
{
    ApprovalRule rule;
    if (!approval.is_object()) return rule;
    approval.only({"quorum", "groups", "not_requester", "valid_for", "max_uses"});
    rule.quorum = 1;
    if (const auto quorum = approval.member("quorum"))
        rule.quorum = static_cast<int>(quorum->integer(1, 20).value_or(1));
    if (const auto groups = approval.member("groups")) rule.groups = groups->texts();
    if (const auto other = approval.member("not_requester")) rule.not_requester = other->boolean().value_or(true);
    const auto valid = approval.member("valid_for"), uses = approval.member("max_uses");
    if (valid) rule.valid_for = valid->integer(60, 365 * 86400).value_or(0);
    if (uses) rule.max_uses = uses->integer(1, 1000).value_or(0);
    if (valid.has_value() != uses.has_value())
        approval.fault("valid_for and max_uses are not both there",
                       "both, for how long and for how many later jobs an approval may serve, or neither",
                       "add the one that is missing");
    return rule;
}

void read_free(const Reader& free, JobPolicy& job)
{
    for (const Reader& item : free.items()) {
        const auto name = item.text();
        if (!name) continue;
        if (!is_variable_name(*name)) item.fault("no variable name", "a name of letters, digits and _", "correct it");
        job.free_variables.push_back(*name);
    }
}

JobPolicy read_job(const Reader& item)
{
    JobPolicy job;
    job.document = item.document();
    job.path = item.path();
    if (!item.is_object()) return job;
    item.only({"checks", "refs", "protected", "sources", "users", "free_variables", "source", "image_repository",
               "approval"});
    if (const auto checks = item.member("checks")) {
        job.checks.emplace();
        for (const Reader& check : checks->items())
            if (auto read = read_check(check)) job.checks->push_back(std::move(*read));
        if (checks->json().empty())
            checks->fault("an empty list", "at least one check, or no `checks` at all", "add a check");
    }
    if (const auto refs = item.member("refs")) job.refs = refs->texts();
    if (const auto is_protected = item.member("protected")) job.protected_ref = is_protected->boolean();
    if (const auto sources = item.member("sources")) job.sources = sources->texts();
    if (const auto users = item.member("users")) job.users = users->texts();
    if (const auto free = item.member("free_variables")) read_free(*free, job);
    if (const auto source = item.member("source")) read_source(*source, job);
    if (const auto repository = item.member("image_repository"))
        job.image_repository = repository->boolean().value_or(true);
    if (const auto approval = item.member("approval")) job.approval = read_approval(*approval);
    return job;
}

} // namespace

NativePolicy read_native_policy(const Reader& root)
{
    NativePolicy policy;
    policy.document = root.document();
    if (!root.is_object()) return policy;
    root.only({"$schema", "version", "project_id", "inherit", "jobs"});
    const auto version = root.member("version");
    if (!version) root.fault("no version", "\"version\": 1", "add it");
    if (version) version->integer(1, 1);
    if (const auto id = root.member("project_id")) policy.project_id = id->integer(1, 9007199254740991);
    if (const auto inherit = root.member("inherit")) policy.inherit = inherit->boolean().value_or(false);
    const auto jobs = root.member("jobs");
    if (!jobs || !jobs->is_object()) return policy;
    for (auto at = jobs->json().begin(); at != jobs->json().end(); ++at)
        if (const auto job = jobs->member(at.key())) policy.jobs.emplace(at.key(), read_job(*job));
    return policy;
}

} // namespace ysnp::checks
