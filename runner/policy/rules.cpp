#include "runner/policy/rules.h"
#include "net/failure.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::policy {
namespace {

[[noreturn]] void refuse(const checks::Fault& fault)
{
    const std::string found = fault.path.empty() ? fault.found : fault.path + ": " + fault.found;
    throw StoreFault(make_error_code(Error::invalid_value), fault.document, found, fault.expected,
                     "repair it by hand first: " + fault.remedy);
}

} // namespace

Rules::Rules(const ProjectDocuments& now, const std::string& job) : now_(now)
{
    checks::Documents documents;
    documents.project_policy = now.native;
    documents.parent_policies = now.parent_policies;
    policy_ = checks::parse_policy(documents, false);
    if (has_parents() && !policy_.faults.empty()) refuse(policy_.faults.front());
    entry_ = policy_.native_job(job);
    name_ = policy_.native && policy_.native->jobs.contains(job) ? job : "default";
}

bool Rules::has_parents() const
{
    return std::ranges::any_of(now_.parent_policies,
                               [](const checks::Document& parent) { return parent.text.has_value(); });
}

bool Rules::frees(const std::vector<std::string>& names) const
{
    if (!entry_) return false;
    return std::ranges::all_of(names, [&](const std::string& name) {
        return std::ranges::find(entry_->free_variables, name) != entry_->free_variables.end();
    });
}

nlohmann::ordered_json Rules::written() const
{
    const checks::Document* document = &now_.native;
    for (const checks::Document& parent : now_.parent_policies)
        if (parent.path == entry_->document) document = &parent;
    return nlohmann::ordered_json::parse(document->text.value()).at("jobs").at(name_);
}

std::optional<std::string> Rules::inherited_from() const
{
    if (!entry_ || entry_->document == now_.native.path) return std::nullopt;
    return name_ + " of " + entry_->document;
}

} // namespace ysnp::policy
