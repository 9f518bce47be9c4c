#include "runner/agent/conversation.h"
#include "net/failure.h"
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace ysnp::agent {

namespace asio = boost::asio;
using wire::Type;

namespace {

constexpr std::size_t queue_room = 2 * wire::max_payload;
constexpr std::size_t acknowledge_each = 128u << 10;
constexpr std::size_t longest_noise = 300;
constexpr std::chrono::seconds last_words{1};

/// Printable ASCII of what a broken container said.
std::string printable(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes) text += c >= 0x20 && c < 0x7f ? c : ' ';
    return text;
}

/// So many answers in a row may be missing: a host that was suspended has not waited for them.
constexpr int answers_owed = 3;

std::chrono::milliseconds renewal(const Limits& limits)
{
    return std::min<std::chrono::milliseconds>(limits.lease, limits.silence) / answers_owed;
}

std::string_view half(const Secret& key, std::size_t which)
{
    return key.reveal().substr(which * wire::key_size / 2, wire::key_size / 2);
}

} // namespace

Conversation::Conversation(asio::any_io_executor executor, std::unique_ptr<ByteStream> stream)
    : stream_(std::move(stream)), wake_(executor), written_(executor), never_(executor)
{
}

void Conversation::open(const Secret& key, Limits limits)
{
    limits_ = limits;
    renew_at_ = in(renewal(limits));
    writer_.emplace(half(key, 0));
    reader_.emplace(half(key, 1), FrameReader::From::beginning);
}

/// The clock makes this connection's sequence continue after those of every connection before it.
void Conversation::take_over(const Secret& key, Limits limits, std::uint64_t received)
{
    limits_ = limits;
    renew_at_ = in(renewal(limits));
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    writer_.emplace(half(key, 0), std::chrono::duration_cast<std::chrono::microseconds>(since).count());
    reader_.emplace(half(key, 1), FrameReader::From::anywhere, received);
    acknowledged_ = received;
}

void Conversation::post(Type type, std::uint64_t offset, std::string_view payload)
{
    writer_->add(queue_, type, operation_, offset, payload);
    written_.reset();
    wake_.set();
}

void Conversation::post_raw(std::string_view bytes)
{
    queue_ += bytes;
    written_.reset();
    wake_.set();
}

void Conversation::post_renewal()
{
    post(Type::renew, 0, PayloadWriter().u32(static_cast<std::uint64_t>(limits_.lease.count())).bytes());
    renew_at_ = in(renewal(limits_));
}

asio::awaitable<bool> Conversation::room()
{
    while (!over_ && queue_.size() >= queue_room) {
        written_.reset();
        co_await written_.wait(never());
    }
    co_return !over_;
}

void Conversation::require_open() const
{
    if (!closed_ && writer_) return;
    throw std::system_error(make_error_code(Error::unexpected_end), "the session with the job's agent is over");
}

void Conversation::close() noexcept
{
    if (!closed_) stream_->close();
    closed_ = true;
}

void Conversation::lost() const
{
    std::string what = "the job's container ended, or the connection to it, before its agent answered";
    const std::string said = printable(noise_);
    if (!said.empty()) what += "; it printed: " + said;
    throw std::system_error(make_error_code(Error::unexpected_end), what);
}

void Conversation::goodbye(std::string_view payload) const
{
    PayloadReader fields(payload);
    const auto why = static_cast<wire::Goodbye>(fields.u32());
    const std::string text = "the job's agent gave up: " + printable(fields.text());
    const bool late = why == wire::Goodbye::deadline_passed || why == wire::Goodbye::lease_ended;
    throw std::system_error(make_error_code(late ? Error::deadline_passed : Error::malformed_reply), text);
}

/// Says whether the item ended the call.
asio::awaitable<bool> Conversation::take(Call& call, Item item)
{
    if (item.kind == Item::Kind::frame && item.header.type == Type::alive) co_return false;
    if (item.kind == Item::Kind::stray && noise_.size() < longest_noise)
        noise_ += item.bytes.substr(0, longest_noise - noise_.size());
    if (item.kind == Item::Kind::frame) {
        const bool last = call.answered(item.header, item.bytes);
        if (!last && item.header.type == Type::goodbye) goodbye(item.bytes);
        co_return last;
    }
    co_await call.output(item);
    acknowledge_from(acknowledge_each);
    co_return false;
}

/// Acknowledges output once that much of it waits for it.
void Conversation::acknowledge_from(std::size_t unacknowledged)
{
    if (received() - acknowledged_ < unacknowledged) return;
    acknowledged_ = received();
    post(Type::acknowledge, acknowledged_, {});
}

void Conversation::heard()
{
    owed_ = 0;
    heard_at_ = std::chrono::steady_clock::now();
}

/// Nobody listens to the agent while the job's log takes no more: then it owes nothing.
void Conversation::ask_for_life(const Call& call, Deadline now)
{
    if (taking_ || call.occupies()) heard();
    if (owed_ == answers_owed) throw Silence(std::chrono::duration_cast<std::chrono::milliseconds>(now - heard_at_));
    ++owed_;
    post_renewal();
}

asio::awaitable<void> Conversation::listen(Call& call)
{
    while (!over_) {
        for (Item item = reader_->next(); item.kind != Item::Kind::none && !over_; item = reader_->next()) {
            taking_ = true;
            const bool last = co_await take(call, item);
            taking_ = false;
            if (item.kind != Item::Kind::stray) heard(); // what the key did not make is no sign of the agent
            if (last) over_ = true;
            if (over_) break;
        }
        if (over_) break;
        const std::string_view bytes = co_await stream_->read(never());
        if (bytes.empty()) lost();
        reader_->feed(bytes);
    }
    written_.set();
    while (!idle()) { // what is queued goes out whole: no half frame remains on the stream
        written_.reset();
        co_await written_.wait(never());
    }
}

/// A write that fails is told a moment later: what the agent said before it went is the better explanation.
asio::awaitable<void> Conversation::write_outgoing()
{
    std::exception_ptr broken;
    try {
        co_await stream_->write(outgoing_, in(limits_.lease));
    } catch (const std::system_error& error) {
        if (error.code() == Failure::timed_out) throw Silence(limits_.lease); // nor did it read
        if (error.code() != Failure::transient) throw;
        broken = std::current_exception();
    }
    if (broken) {
        co_await sleep_until(in(last_words));
        std::rethrow_exception(broken);
    }
    outgoing_.clear();
    writing_ = false;
    written_.set();
}

/// Writes what is queued, keeps the lease and the call's time. Ends only by an exception or a cancellation.
asio::awaitable<void> Conversation::write_queue(Call& call)
{
    for (;;) {
        const Deadline now = std::chrono::steady_clock::now();
        if (now >= renew_at_) ask_for_life(call, now);
        if (now >= call.next_event()) call.on_time(now);
        wake_.reset();
        if (!queue_.empty()) {
            writing_ = true;
            outgoing_.swap(queue_);
            co_await write_outgoing();
            continue;
        }
        const Deadline until = std::min(renew_at_, call.next_event());
        co_await wake_.wait(until);
    }
}

asio::awaitable<void> Conversation::feed(Call& call)
{
    co_await call.send();
    co_await never_.wait(never());
}

/// Keeps the first exception and hides those of the tasks that are cancelled because the call is over.
asio::awaitable<void> Conversation::guard(asio::awaitable<void> task)
{
    try {
        co_await std::move(task);
    } catch (...) {
        if (!error_) error_ = std::current_exception();
    }
}

asio::awaitable<void> Conversation::hold(Call& call)
{
    using namespace asio::experimental::awaitable_operators;
    require_open();
    over_ = taking_ = false;
    error_ = nullptr;
    heard();
    const auto first = co_await (guard(listen(call)) || guard(write_queue(call)) || guard(feed(call)));
    static_cast<void>(first);
    if (over_ && idle()) co_return;
    close();
    if (over_) co_return; // the answer is there; only what should have followed it could not be sent
    if (error_) std::rethrow_exception(error_);
    throw std::system_error(make_error_code(Error::operation_cancelled), "a call to the job's agent");
}

asio::awaitable<void> Conversation::flush(Deadline until)
{
    require_open();
    outgoing_.swap(queue_);
    co_await stream_->write(outgoing_, until);
    outgoing_.clear();
}

} // namespace ysnp::agent
