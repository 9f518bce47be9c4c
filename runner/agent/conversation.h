#pragma once
#include "net/wait.h"
#include "runner/agent/frames.h"
#include "runner/agent/session.h"
#include <exception>
#include <optional>

namespace ysnp::agent {

/// One call of a session, from its first frame to its result.
class Call {
public:
    virtual ~Call() = default;
    /// The answer the call waits for, or another frame. True ends the call.
    virtual bool answered(const wire::Header& header, std::string_view payload) = 0;
    /// Bytes of the job, framed or not.
    virtual boost::asio::awaitable<void> output(const Item& item) = 0;
    /// What the call sends; it may be cancelled at any wait once the call has its answer.
    virtual boost::asio::awaitable<void> send() = 0;
    /// Called when the moment of next_event() has come. Throws to give up.
    virtual void on_time(Deadline now) = 0;
    virtual Deadline next_event() const = 0;
    /// Whether the agent does nothing else meanwhile, so that it cannot say that it lives.
    virtual bool occupies() const { return false; }
};

/// The two directions of a session's stream, which run at the same time: what is sent is queued and written by one
/// task, so that frames never mix; what arrives is read by another; the lease is renewed meanwhile.
class Conversation {
public:
    Conversation(boost::asio::any_io_executor executor, std::unique_ptr<ByteStream> stream);

    void open(const Secret& key, Limits limits);
    void take_over(const Secret& key, Limits limits, std::uint64_t received);

    /// Queues a frame and wakes the writer.
    void post(wire::Type type, std::uint64_t offset, std::string_view payload);
    /// Queues bytes that no frame covers.
    void post_raw(std::string_view bytes);
    void post_renewal();
    Deadline next_renewal() const noexcept { return renew_at_; }
    /// Waits until little is queued. False once the call has its answer: nothing more should be sent.
    boost::asio::awaitable<bool> room();
    /// Runs the call to its answer. Any other end closes the conversation and throws.
    boost::asio::awaitable<void> hold(Call& call);
    /// Writes what is queued.
    boost::asio::awaitable<void> flush(Deadline until);

    void begin_operation() { ++operation_; }
    void set_operation(std::uint32_t operation) { operation_ = operation; }
    std::uint32_t operation() const noexcept { return operation_; }
    std::uint64_t received() const noexcept { return reader_ ? reader_->received() : 0; }
    void acknowledge_from(std::size_t unacknowledged);
    void require_open() const;
    void close() noexcept;

private:
    boost::asio::awaitable<void> listen(Call& call);
    boost::asio::awaitable<bool> take(Call& call, Item item);
    void heard();
    void ask_for_life(const Call& call, Deadline now);
    boost::asio::awaitable<void> write_queue(Call& call);
    boost::asio::awaitable<void> write_outgoing();
    boost::asio::awaitable<void> feed(Call& call);
    boost::asio::awaitable<void> guard(boost::asio::awaitable<void> task);
    [[noreturn]] void lost() const;
    void goodbye(std::string_view payload) const;
    bool idle() const noexcept { return queue_.empty() && !writing_; }

    std::unique_ptr<ByteStream> stream_;
    std::optional<FrameReader> reader_;
    std::optional<FrameWriter> writer_;
    Limits limits_;
    std::string queue_, outgoing_;
    Event wake_, written_, never_;
    bool writing_ = false, closed_ = false, over_ = false, taking_ = false;
    Deadline renew_at_ = never(), heard_at_;
    int owed_ = 0; ///< answers to renewals since the agent was heard
    std::uint32_t operation_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::string noise_; // the first bytes that were nobody's, for the message when the agent never spoke
    std::exception_ptr error_;
};

} // namespace ysnp::agent
