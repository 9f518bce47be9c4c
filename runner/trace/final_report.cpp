#include "runner/trace/uploader.h"
#include <algorithm>

/// The end of a job: the rest of its trace, then its state (gitlab-api.md 4.5).
namespace ysnp::trace {

namespace asio = boost::asio;
using gitlab::PatchDisposition;
using gitlab::UpdateDisposition;

namespace {

constexpr std::chrono::seconds final_interval{3};
constexpr int most_resends = 2; // of the whole trace, when GitLab says that its checksum differs
constexpr int most_waits = 100; // while GitLab stores the trace; it takes five minutes at most

} // namespace

asio::awaitable<Reported> Uploader::finish(gitlab::JobState state, std::string reason, int exit_code)
{
    finishing_ = true;
    trace_.on_growth({});
    trace_.close();
    wake_.set();
    if (running_) co_await stopped_.wait(never());
    if (lost_) co_return Reported::lost;
    interval_ = final_interval;
    gitlab::JobUpdate update;
    update.state = state;
    if (state == gitlab::JobState::failed) {
        if (!reason.empty()) update.failure_reason = std::move(reason);
        update.exit_code = exit_code;
    }
    update.checksum = trace_.checksum();
    update.size = trace_.size();
    co_return co_await try_until_reported(std::move(update));
}

asio::awaitable<Reported> Uploader::try_until_reported(gitlab::JobUpdate update)
{
    int failures = 0, waits = 0;
    for (;;) {
        Step step = co_await flush_and_report(update);
        if (step == Step::done) co_return Reported::yes;
        if (step == Step::again && ++waits > most_waits) step = Step::failed;
        if (step == Step::failed && ++failures >= options_.final_tries) co_return Reported::gave_up;
        const auto rest = step == Step::failed ? final_pause(failures) : interval_;
        const bool in_time = co_await pause(rest);
        if (!in_time) co_return Reported::gave_up;
    }
}

asio::awaitable<Uploader::Step> Uploader::flush_and_report(const gitlab::JobUpdate& update)
{
    const Step flushed = co_await flush();
    if (flushed != Step::done) co_return flushed;
    co_return co_await report(update);
}

/// Sends the trace to its end, or to where nobody wants it any more.
asio::awaitable<Uploader::Step> Uploader::flush()
{
    while (pending()) {
        const gitlab::PatchReply reply = co_await send_chunk();
        switch (reply.disposition) {
        case PatchDisposition::accepted:
            break;
        case PatchDisposition::moved:
            if (!progress_.given_up && progress_.same_range > 1) co_return Step::again;
            break;
        case PatchDisposition::aborted:
        case PatchDisposition::missing:
            progress_.given_up = true;
            break;
        case PatchDisposition::failed:
            co_return Step::failed;
        }
    }
    co_return Step::done;
}

asio::awaitable<Uploader::Step> Uploader::report(gitlab::JobUpdate update)
{
    const gitlab::UpdateReply reply = co_await api_.update(std::move(update), in(options_.call_limit));
    learn(reply.interval);
    switch (reply.disposition) {
    case UpdateDisposition::done:
    case UpdateDisposition::aborted:
        co_return Step::done;
    case UpdateDisposition::again:
        co_return Step::again;
    case UpdateDisposition::resend_trace:
        if (++resends_ > most_resends) co_return Step::failed;
        progress_ = {};
        co_return Step::again;
    case UpdateDisposition::rejected:
    case UpdateDisposition::failed:
        break;
    }
    co_return Step::failed;
}

/// Sleeps; false, at once, when a try after that would come too late for the job's token.
asio::awaitable<bool> Uploader::pause(std::chrono::seconds time)
{
    const auto until = in(lasting(time));
    if (until >= options_.token_expires) co_return false;
    co_await sleep_until(until);
    co_return true;
}

} // namespace ysnp::trace
