#include "runner/cli/allow_entry.h"
#include "checks/policy.h"
#include "checks/report.h"
#include "checks/utf8.h"
#include "runner/cli/session.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

[[noreturn]] void refuse(const char* flag, const char* expected, const std::string& found)
{
    throw CommandError(usage,
                       std::string(flag) + ": expected " + expected + ", found \"" + checks::printable(found) + "\"");
}

/// A whitelist of this one entry, by the gate's own reader; empty where it is none.
checks::Policy whitelist_of(const char* list, const std::string& entry)
{
    if (!checks::is_utf8(entry)) return {};
    checks::Documents documents;
    documents.project_whitelist.text = nlohmann::json{{list, nlohmann::json::array({entry})}}.dump();
    return checks::parse_policy(documents, false);
}

void add_script(const std::string& entry, policy::Allowance& allowance)
{
    const checks::Policy policy = whitelist_of("allowed_scripts", entry);
    if (policy.scripts.size() != 1 || !policy.scripts.front().native)
        refuse("--entry", "JOB@ysnp2:<43 characters>, copied whole from the refusal", entry);
    allowance.job = policy.scripts.front().job;
    allowance.digest = policy.scripts.front().digest;
}

void add_image(const std::string& entry, policy::Allowance& allowance)
{
    const checks::Policy policy = whitelist_of("allowed_images", entry);
    if (policy.images.size() != 1 || policy.images.front().name.empty())
        refuse("--image", "NAME@sha256:<64 lower-case hex digits>", entry);
    allowance.images.push_back(entry);
}

} // namespace

bool names_entries(const GateAllow& options) { return !options.entry.empty() || !options.images.empty(); }

policy::Allowance named_entries(const GateAllow& options)
{
    if (!options.job.empty() || !options.payload.empty() || !options.variables.empty() || options.working_tree)
        throw CommandError(usage,
                           "--entry and --image name what to add: no JOB, --payload, -e or --working-tree beside "
                           "them");
    if (options.project.empty())
        throw CommandError(usage, "name the project as GitLab calls it: --project group/project");
    policy::Allowance allowance;
    if (!options.entry.empty()) add_script(options.entry, allowance);
    for (const std::string& image : options.images) add_image(image, allowance);
    return allowance;
}

} // namespace ysnp::cli
