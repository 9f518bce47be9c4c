#include "runner/policy/gate.h"
#include "gitlab-api/payload.h"
#include "gitlab-api/payload_error.h"
#include "net/failure.h"
#include "runner/policy/approvals.h"
#include "runner/policy/facts.h"
#include "runner/policy/zones.h"
#include <chrono>

namespace ysnp::policy {
namespace {

using checks::Blame;
using checks::Decision;
using checks::Reason;

checks::Now wall_clock() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

std::string code_of(const std::error_code& error)
{
    if (error == Failure::cancelled) return "RUN-STATE";
    if (error == Failure::denied) return "VLT-AUTH";
    if (error == Failure::untrusted) return "VLT-TLS";
    if (error == Failure::protocol || error == Failure::too_large) return "VLT-REPLY";
    return "VLT-UNAVAIL";
}

Reason reason_of(const std::system_error& error, const std::string& store)
{
    return {{},
            code_of(error.code()),
            "policy store",
            "fresh policy from " + store,
            error.code().message(),
            "bring the store back, then retry the job",
            "",
            ""};
}

/// Of each document, in a fixed order; the enclosing groups' policies come last, nearest first.
std::string revisions(const checks::Documents& documents)
{
    std::vector<const checks::Document*> all{&documents.namespace_whitelist, &documents.project_whitelist,
                                             &documents.namespace_config, &documents.project_config,
                                             &documents.project_policy};
    for (const checks::Document& parent : documents.parent_policies) all.push_back(&parent);
    std::string text;
    for (const checks::Document* document : all)
        text += (text.empty() ? "" : ",") + (document->text ? document->revision : std::string("-"));
    return text;
}

/// A person cannot be asked where no approval can be written down.
void refuse_to_ask(Decision& decision, Store& store)
{
    if (decision.verdict != checks::Verdict::ask || store.approvals() != nullptr) return;
    decision.verdict = checks::Verdict::refuse;
    Reason reason{checks::Finding::refused,  "USR-DENIED", "approval", "a store that records approvals", store.name(),
                  store.without_approvals(), "",           ""};
    decision.reasons.push_back(std::move(reason));
}

Decision decide_on(const checks::Documents& documents, checks::JobFacts& facts, Store& store)
{
    const checks::Policy policy = checks::parse_policy(documents, facts.local.legacy_profiles);
    facts.zones = zones_of(policy);
    Decision decision = checks::decide(policy, facts, wall_clock());
    decision.policy_revision = revisions(documents);
    refuse_to_ask(decision, store);
    return decision;
}

using Asked = std::optional<checks::ApprovalRequest>;

/// What people wrote by now, once they were asked.
boost::asio::awaitable<void> add_approvals(Store& store, checks::JobFacts& facts, Asked asked, Deadline until)
{
    Approvals* const approvals = store.approvals();
    if (!asked || approvals == nullptr) co_return;
    facts.approval = co_await approvals->look(std::move(*asked), Approvals::Scope::everything, until);
}

boost::asio::awaitable<Decision> judge_facts(Store& store, checks::JobFacts facts, Asked asked, Deadline until)
{
    try {
        // what lies about itself is not looked up
        if (!facts.objections.empty()) co_return checks::decide(checks::Policy(), facts, wall_clock());
        const ProjectPath project(facts.project_path);
        co_await add_approvals(store, facts, std::move(asked), until);
        const checks::Documents documents = co_await store.read(project, until);
        store.testify(facts);
        co_return decide_on(documents, facts, store);
    } catch (const StoreFault& fault) {
        co_return checks::refusal(facts, reason_of(fault), Blame::system);
    } catch (const std::system_error& error) {
        co_return checks::refusal(facts, reason_of(error, store.name()), Blame::system);
    } catch (const std::exception& error) {
        co_return checks::refusal(facts, {{}, "RUN-STATE", "gate", "a decision", error.what(), "retry the job", "", ""},
                                  Blame::system);
    }
}

boost::asio::awaitable<Decision> judge_job(Store& store, const gitlab::Job& job, const Surroundings& around,
                                           Asked asked, Deadline until)
{
    checks::JobFacts facts;
    std::unique_ptr<Store> own;
    facts.job_id = job.id;
    try {
        facts = facts_of(job, around);
        own = store.for_job(job);
    } catch (const std::exception& error) {
        co_return checks::refusal(
            facts, {{}, "RUN-STATE", "gate", "the job's facts", error.what(), "retry the job", "", ""}, Blame::system);
    }
    Decision decision = co_await judge_facts(own ? *own : store, std::move(facts), std::move(asked), until);
    decision.configuration = around.configuration;
    decision.policy_place = around.gate.store_place();
    co_return decision;
}

} // namespace

Reason reason_of(const StoreFault& fault)
{
    return {{},
            fault.gate_code().empty() ? code_of(fault.code()) : fault.gate_code(),
            "policy store",
            fault.expected(),
            fault.found(),
            fault.remedy(),
            fault.document(),
            ""};
}

boost::asio::awaitable<Decision> judge(Store& store, checks::JobFacts facts, Deadline until)
{
    return judge_facts(store, std::move(facts), std::nullopt, until);
}

boost::asio::awaitable<Decision> judge(Store& store, const gitlab::Job& job, const Surroundings& around, Deadline until)
{
    return judge_job(store, job, around, std::nullopt, until);
}

boost::asio::awaitable<Decision> judge(Store& store, const gitlab::Job& job, const Surroundings& around,
                                       checks::ApprovalRequest asked, Deadline until)
{
    return judge_job(store, job, around, std::move(asked), until);
}

Decision refused_payload(std::int64_t job_id, const gitlab::PayloadError& error)
{
    checks::JobFacts facts;
    facts.job_id = job_id;
    const std::string place = error.path().empty() ? "the payload" : error.path();
    return checks::refusal(facts,
                           {{},
                            to_code(error.refusal()),
                            "payload",
                            error.expected(),
                            place + ": " + error.found(),
                            "run the pipeline again; if it stays, update the runner",
                            "",
                            ""},
                           Blame::job);
}

} // namespace ysnp::policy
