#include "runner/job/belated_report.h"
#include "net/wait.h"
#include "runner/job/journaled_end.h"
#include "runner/trace/lines.h"
#include "runner/trace/rhythm.h"
#include <algorithm>
#include <charconv>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using gitlab::UpdateDisposition;
using state::OpenJob;
using state::Step;

constexpr std::string_view cut_short =
    "Job failed (system failure): the runner was stopped while the job ran; the job's container is gone";
constexpr std::string_view cut_before =
    "Job failed (system failure): the runner was stopped before the job began; nothing of it has run";
constexpr std::string_view cut_report =
    "The runner was stopped after the job's end and before GitLab heard of it; the last lines of this log may be lost";

std::uint64_t number(const std::string& text)
{
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string reason_for(const OpenJob& dead)
{
    if (ended(dead)) return trace::line(trace::Style::warning, cut_report);
    return trace::line(trace::Style::error, dead.reached(Step::started) ? cut_short : cut_before);
}

bool over(const gitlab::UpdateReply& reply)
{
    return reply.disposition == UpdateDisposition::done || reply.disposition == UpdateDisposition::aborted;
}

std::chrono::system_clock::time_point last_word(const OpenJob& dead)
{
    return dead.accepted_at + std::chrono::seconds(dead.job.timeout) + 1h;
}

/// Where GitLab has more or less of the log than the journal knows of, GitLab says so.
asio::awaitable<bool> append_reason(trace::JobApi& api, const OpenJob& dead)
{
    const std::string text = "\n" + reason_for(dead);
    std::uint64_t offset = number(dead.last(Step::trace).value_or("0"));
    for (int attempt = 0; attempt < 2; ++attempt) {
        const gitlab::PatchReply reply = co_await api.patch(text, offset, trace::JobApi::DebugTrace::off, in(1min));
        if (reply.disposition == gitlab::PatchDisposition::accepted) co_return true;
        if (reply.disposition != gitlab::PatchDisposition::moved) co_return false;
        offset = reply.offset;
    }
    co_return false;
}

} // namespace

bool is_past_hearing(const OpenJob& dead, std::chrono::system_clock::time_point now) { return now >= last_word(dead); }

Deadline heard_until(const OpenJob& dead, std::chrono::system_clock::time_point now)
{
    constexpr std::chrono::seconds least = 5min;
    return in(std::max(least, std::chrono::duration_cast<std::chrono::seconds>(last_word(dead) - now)));
}

asio::awaitable<bool> report_belatedly(trace::JobApi& api, const OpenJob& dead, Deadline until,
                                       std::chrono::milliseconds second)
{
    bool explained = false;
    for (int attempt = 1; attempt == 1 || std::chrono::steady_clock::now() < until; ++attempt) {
        // GitLab may never have heard the acknowledgement, and takes no result before it.
        const gitlab::UpdateReply known = co_await api.update({.state = gitlab::JobState::running}, in(1min));
        if (known.disposition == UpdateDisposition::aborted) co_return true;
        if (!explained) explained = co_await append_reason(api, dead);
        const gitlab::UpdateReply reply = co_await api.update(end_of(dead), in(2min));
        if (over(reply)) co_return true;
        const std::chrono::seconds pause = std::min<std::chrono::seconds>(trace::final_pause(attempt), 1min);
        co_await sleep_until(std::min(until, in(std::max(pause, reply.interval.value_or(0s)).count() * second)));
    }
    co_return false;
}

} // namespace ysnp::job
