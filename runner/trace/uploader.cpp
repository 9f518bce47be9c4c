#include "runner/trace/uploader.h"
#include <algorithm>
#include <memory>
#include <system_error>

namespace ysnp::trace {

namespace asio = boost::asio;
using gitlab::PatchDisposition;

Uploader::Uploader(asio::any_io_executor executor, JobApi& api, Trace& trace, UploaderOptions options,
                   UploaderEvents events)
    : api_(api), trace_(trace), options_(options), events_(std::move(events)), wake_(executor), stopped_(executor),
      interval_(options.interval)
{
    trace_.on_growth([this] { note_growth(); });
}

Uploader::~Uploader() { trace_.on_growth({}); }

std::chrono::milliseconds Uploader::lasting(std::chrono::seconds time) const noexcept
{
    return options_.second * time.count();
}

/// The first bytes after `first_look`, later ones an interval after the ones before, a backlog at once.
Deadline Uploader::next_send() const noexcept
{
    if (!pending()) return never();
    if (backlog() && !refused_) return Deadline::min();
    return last_send_ + (progress_.sent == 0 && !refused_ ? options_.first_look : lasting(interval_));
}

Deadline Uploader::next_touch() const noexcept { return last_contact_ + lasting(touch_after(interval_)); }

/// Wakes the sender only where the new bytes are due before it would wake anyway.
void Uploader::note_growth()
{
    if (running_ && next_send() < planned_) wake_.set();
}

void Uploader::learn(std::optional<std::chrono::seconds> interval) noexcept
{
    if (interval) interval_ = *interval;
}

/// An abort beats a cancel, and each is told once. What comes while the end is reported changes nothing any more.
void Uploader::heed(gitlab::JobStatus status, bool job_lost)
{
    if (over()) return;
    if (job_lost) {
        lost_ = true;
        if (events_.on_abort) events_.on_abort();
    } else if (status == gitlab::JobStatus::canceling && !canceled_) {
        canceled_ = true;
        if (events_.on_cancel) events_.on_cancel();
    }
}

asio::awaitable<void> Uploader::run()
{
    const auto leave = [](Uploader* self) {
        self->running_ = false;
        self->stopped_.set();
    };
    const std::unique_ptr<Uploader, decltype(leave)> left(this, leave);
    running_ = true;
    last_send_ = last_contact_ = std::chrono::steady_clock::now();
    while (!over()) {
        planned_ = std::min(next_send(), next_touch());
        const bool woken = co_await wake_.wait(planned_);
        if (woken) wake_.reset();
        if (!over() && next_send() <= std::chrono::steady_clock::now()) co_await send_pending();
        if (!over() && next_touch() <= std::chrono::steady_clock::now()) co_await touch();
    }
}

/// One chunk, and more while the backlog is large. A 416 is followed at once where it names a new offset.
asio::awaitable<void> Uploader::send_pending()
{
    const std::uint64_t before = progress_.sent;
    do {
        const gitlab::PatchReply reply = co_await send_chunk();
        heed(reply.job_status, lost(reply));
        refused_ = reply.disposition != PatchDisposition::accepted &&
                   (reply.disposition != PatchDisposition::moved || progress_.same_range > 1);
        const auto now = std::chrono::steady_clock::now();
        last_send_ = now;
        if (reply.disposition == PatchDisposition::accepted) last_contact_ = now;
        if (!refused_ && reply.disposition == PatchDisposition::moved) continue;
        if (refused_ || !backlog()) break;
    } while (!over() && pending());
    if (!over() && progress_.sent != before && events_.on_sent) co_await events_.on_sent(progress_.sent);
}

asio::awaitable<gitlab::PatchReply> Uploader::send_chunk()
{
    std::string bytes;
    try {
        bytes = trace_.read(progress_.sent, largest_patch);
    } catch (const std::system_error&) {
        progress_.given_up = true; // the disk took it; the job's result still counts
        co_return gitlab::PatchReply{};
    }
    const auto offset = progress_.sent;
    const gitlab::PatchReply reply =
        co_await api_.patch(std::move(bytes), offset, options_.debug_trace, in(options_.call_limit));
    advance(progress_, reply, trace_.size());
    learn(reply.interval);
    co_return reply;
}

asio::awaitable<void> Uploader::touch()
{
    const gitlab::JobUpdate update{gitlab::JobState::running, {}, 0, trace_.checksum(), trace_.size()};
    const gitlab::UpdateReply reply = co_await api_.update(update, in(options_.call_limit));
    last_contact_ = std::chrono::steady_clock::now();
    learn(reply.interval);
    heed(reply.job_status, lost(reply));
}

} // namespace ysnp::trace
