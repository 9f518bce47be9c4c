#include "checks/approval_request.h"
#include "checks/approvals.h"
#include "checks/claims.h"
#include "checks/digest.h"
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace ysnp::checks;

constexpr Now now{std::chrono::seconds(1'800'000'000)};

/// What is accepted is exactly one text, and its digest is that of its document.
void check_request(std::string_view text)
{
    ApprovalRequest request, again;
    if (!read_request(text, request).empty()) return;
    if (request.digest != digest_of_document(request.document) || request.nonce.size() != 22) std::abort();
    const std::string written = write_request(request);
    if (!read_request(written, again).empty() || write_request(again) != written) std::abort();
}

/// A record grants only what it names: this digest, this request, in its time.
void check_record(std::string_view text)
{
    ApprovalRecord record, again;
    if (!read_approval(text, record).empty()) return;
    const std::string written = write_approval(record);
    if (!read_approval(written, again).empty() || write_approval(again) != written) std::abort();
    JobFacts facts;
    facts.project_path = record.project = "group/project";
    facts.job_id = 812;
    ApprovalEvidence& evidence = facts.approval.emplace();
    evidence.request.digest = "ysnp2:this";
    evidence.request.nonce = "0123456789abcdefghijkl";
    evidence.request.project = facts.project_path;
    evidence.request.job_id = facts.job_id;
    evidence.request.created = record.request_created = now - std::chrono::seconds(60);
    evidence.request.expires = now + std::chrono::seconds(60);
    record.entity = record.login = "alice";
    evidence.records.push_back(record);
    ApprovalRule rule;
    rule.quorum = 1;
    const bool names_it = record.digest == "ysnp2:this" &&
                          (record.nonce == evidence.request.nonce || (record.until && now <= *record.until));
    const auto outcome = tally_approvals(rule, facts, "ysnp2:this", now).outcome;
    if (outcome == Tally::Outcome::granted && !(names_it && record.approves)) std::abort();
    if (outcome == Tally::Outcome::denied && (record.approves || record.nonce != evidence.request.nonce)) std::abort();
}

void check_token(std::string_view text)
{
    Claims claims;
    if (!read_claims(text, claims).empty()) return;
    if (text.size() > largest_id_token || claims.user_login.empty() || claims.job_id <= 0) std::abort();
}

} // namespace

/// Input: a byte that says what follows (the text of a request, of a record, an ID token), then the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 3 == 0) check_request(text);
    if (data[0] % 3 == 1) check_record(text);
    if (data[0] % 3 == 2) check_token(text);
    job_of_request(text);
    return 0;
}
