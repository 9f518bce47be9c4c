#include "checks/approvals.h"
#include "checks/decide.h"
#include "checks/zone.h"
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

/// Whatever stands in a document, a policy with a fault allows nothing, and an entry must be in it to allow.
void check(const ysnp::checks::Documents& documents, bool legacy)
{
    using namespace ysnp::checks;
    JobFacts facts;
    facts.project_path = "group/project";
    facts.job_name = "job";
    facts.steps.push_back({"script", {"echo"}, "on_success", false});
    facts.image.emplace().name = "alpine@sha256:def822f9851ca422481ec6fee59a9966f12b351c62ccb9aca841526ffaa9f748";
    facts.local.legacy_profiles = legacy;
    const Policy policy = parse_policy(documents, legacy);
    const Decision decision = decide(policy, facts, Now{});
    if (!policy.faults.empty() && decision.verdict != Verdict::refuse) std::abort();
    if (policy.images.empty() && decision.image.checked && decision.allowed()) std::abort();
}

} // namespace

/// Input: a byte that says which document follows, then the document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ysnp::checks;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    Documents documents;
    Document* const places[] = {&documents.namespace_whitelist, &documents.project_whitelist,
                                &documents.namespace_config, &documents.project_config, &documents.project_policy};
    Document& place = *places[data[0] % 5];
    place.path = "document";
    place.text = std::string(text);
    check(documents, (data[0] & 64) != 0);
    ApprovalRecord record;
    read_approval(text, record);
    utc_offset(text, Now{});
    posix_offset(text, Now{});
    return 0;
}
