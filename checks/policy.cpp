#include "checks/policy.h"
#include "checks/document_reader.h"
#include "checks/jcs.h"
#include <algorithm>
#include <stdexcept>

namespace ysnp::checks {
namespace {

/// Calls `read` with the document's root; a document that is not JSON is a fault.
template <class Read>
void with_document(const Document& document, Policy& policy, Read read)
{
    if (!document.text) return;
    policy.exists = true;
    try {
        const nlohmann::json root = parse_strict(*document.text);
        read(Reader(root, document.path, "", policy.faults));
    } catch (const std::invalid_argument& error) {
        policy.faults.push_back({document.path, "", error.what(), "one JSON object", "repair the document"});
    }
}

/// Nearest first; a group's document counts only while every nearer one says `inherit`, or does not exist, and the
/// group's own says that it may be inherited.
void inherit(const Documents& documents, Policy& policy)
{
    for (const Document& parent : documents.parent_policies) {
        if (policy.native && !policy.native->inherit) return;
        if (!parent.text) continue;
        std::optional<NativePolicy> read;
        with_document(parent, policy, [&](const Reader& root) { read = read_native_policy(root); });
        if (!read || !read->inherit) return;
        if (!policy.native) policy.native = NativePolicy{true, std::nullopt, {}, parent.path};
        for (auto& [name, job] : read->jobs) policy.native->jobs.emplace(name, std::move(job)); // nearer ones stay
    }
}

} // namespace

const JobChecks* Policy::v1_checks(std::string_view job) const
{
    if (!v1_jobs) return nullptr;
    const auto named = [&](std::string_view name) {
        const auto at = std::find_if(v1_jobs->begin(), v1_jobs->end(), [&](auto& entry) { return entry.job == name; });
        return at == v1_jobs->end() ? nullptr : &*at;
    };
    const JobChecks* found = job.empty() ? nullptr : named(job);
    return found ? found : named("default");
}

const JobPolicy* Policy::native_job(std::string_view job) const
{
    if (!native) return nullptr;
    auto at = native->jobs.find(job);
    if (at == native->jobs.end()) at = native->jobs.find(std::string_view("default"));
    return at == native->jobs.end() ? nullptr : &at->second;
}

Policy parse_policy(const Documents& documents, bool legacy_profiles)
{
    Policy policy;
    const auto whitelist = [&](const Reader& root) { read_whitelist(root, policy); };
    with_document(documents.namespace_whitelist, policy, whitelist);
    with_document(documents.project_whitelist, policy, whitelist);
    with_document(documents.namespace_config, policy, [&](const Reader& root) { read_namespace_config(root, policy); });
    with_document(documents.project_config, policy,
                  [&](const Reader& root) { read_project_config(root, legacy_profiles, policy); });
    with_document(documents.project_policy, policy,
                  [&](const Reader& root) { policy.native = read_native_policy(root); });
    inherit(documents, policy);
    return policy;
}

} // namespace ysnp::checks
