#include "gitlab-api/job_reply.h"
#include "gitlab-api/reply_text.h"
#include "net/http.h"
#include <algorithm>
#include <charconv>
#include <utility>

namespace ysnp::gitlab {
namespace {

constexpr std::size_t longest_last_update = 1024;
constexpr std::chrono::seconds longest_interval = std::chrono::minutes(15);

// An opaque token: what is not one is dropped, so that it cannot come back to GitLab as something else.
std::optional<std::string> last_update_of(const net::Response& response)
{
    const auto text = response.header("X-GitLab-Last-Update");
    const bool fit = !text.empty() && text.size() <= longest_last_update &&
                     std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!fit) return std::nullopt;
    return std::string(text);
}

template <class Integer>
std::optional<Integer> whole_number(std::string_view text)
{
    Integer value{};
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::chrono::seconds> interval_of(const net::Response& response)
{
    const auto seconds = whole_number<std::int64_t>(response.header("X-GitLab-Trace-Update-Interval"));
    if (!seconds || *seconds <= 0) return std::nullopt;
    return std::min(std::chrono::seconds(*seconds), longest_interval);
}

// "0-13": how many bytes GitLab holds. Anything else means: from the start.
std::uint64_t stored_bytes(std::string_view range)
{
    const auto dash = range.find('-');
    if (dash == std::string_view::npos || !whole_number<std::uint64_t>(range.substr(0, dash))) return 0;
    return whole_number<std::uint64_t>(range.substr(dash + 1)).value_or(0);
}

bool ends_the_job(JobStatus status) { return status == JobStatus::canceled || status == JobStatus::failed; }

JobOutcome outcome_of(unsigned status)
{
    switch (status) {
    case 201:
        return JobOutcome::job;
    case 204:
        return JobOutcome::none;
    case 409:
        return JobOutcome::conflict;
    case 400:
    case 403:
    case 422:
        return JobOutcome::refused;
    default:
        break;
    }
    return status == 408 || status == 429 || status >= 500 ? JobOutcome::unavailable : JobOutcome::rejected;
}

UpdateDisposition update_disposition(unsigned status, JobStatus job)
{
    if (ends_the_job(job)) return UpdateDisposition::aborted;
    switch (status) {
    case 200:
        return UpdateDisposition::done;
    case 202:
        return UpdateDisposition::again;
    case 400:
        return UpdateDisposition::rejected;
    case 403:
    case 404:
        return UpdateDisposition::aborted;
    case 412:
        return UpdateDisposition::resend_trace;
    default:
        return UpdateDisposition::failed;
    }
}

PatchDisposition patch_disposition(unsigned status, JobStatus job)
{
    if (ends_the_job(job)) return PatchDisposition::aborted;
    switch (status) {
    case 202:
        return PatchDisposition::accepted;
    case 403:
        return PatchDisposition::aborted;
    case 404:
        return PatchDisposition::missing;
    case 416:
        return PatchDisposition::moved;
    default:
        return PatchDisposition::failed;
    }
}

} // namespace

JobStatus job_status_of(std::string_view header) noexcept
{
    constexpr std::pair<std::string_view, JobStatus> known[] = {
        {"", JobStatus::absent},           {"pending", JobStatus::pending},
        {"running", JobStatus::running},   {"canceling", JobStatus::canceling},
        {"canceled", JobStatus::canceled}, {"failed", JobStatus::failed},
        {"success", JobStatus::success}};
    for (const auto& [text, status] : known)
        if (text == header) return status;
    return JobStatus::other;
}

JobReply judge_job_reply(net::Response response)
{
    JobReply reply;
    reply.status = response.status;
    reply.outcome = outcome_of(response.status);
    reply.healthy = reply.outcome != JobOutcome::refused;
    reply.last_update = last_update_of(response);
    reply.long_polling = response.header("Gitlab-Ci-Builds-Polling") == "yes";
    reply.request_id = printable_header(response.header("X-Request-Id"));
    reply.json = is_json(response);
    if (reply.outcome == JobOutcome::job)
        reply.body = std::move(response.body);
    else if (reply.outcome != JobOutcome::none)
        reply.message = explain(response);
    return reply;
}

UpdateReply judge_update(const net::Response& response)
{
    UpdateReply reply;
    reply.status = response.status;
    reply.job_status = job_status_of(response.header("Job-Status"));
    reply.disposition = update_disposition(response.status, reply.job_status);
    reply.interval = interval_of(response);
    reply.request_id = printable_header(response.header("X-Request-Id"));
    return reply;
}

PatchReply judge_patch(const net::Response& response, std::uint64_t first, std::size_t size)
{
    PatchReply reply;
    reply.status = response.status;
    reply.job_status = job_status_of(response.header("Job-Status"));
    reply.disposition = patch_disposition(response.status, reply.job_status);
    reply.interval = interval_of(response);
    reply.request_id = printable_header(response.header("X-Request-Id"));
    reply.offset = first;
    if (reply.disposition == PatchDisposition::accepted) reply.offset = first + size;
    if (reply.disposition == PatchDisposition::moved) reply.offset = stored_bytes(response.header("Range"));
    return reply;
}

Acknowledgement judge_acknowledgement(const UpdateReply& reply) noexcept
{
    if (reply.disposition == UpdateDisposition::aborted) return Acknowledgement::drop;
    if (reply.cancel_requested()) return Acknowledgement::canceled;
    if (reply.disposition == UpdateDisposition::rejected) return Acknowledgement::repeat;
    return Acknowledgement::start;
}

} // namespace ysnp::gitlab
