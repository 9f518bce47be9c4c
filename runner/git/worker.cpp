#include "runner/git/worker.h"
#include "net/failure.h"
#include "net/wait.h"
#include "runner/git/child_process.h"
#include "runner/git/frames.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <optional>

namespace ysnp::git {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

namespace {

constexpr std::uint64_t most_progress = 1000; // lines; the worker has about six to say

/// What the host may have set for OpenSSL's trust store is all that the worker gets to know of our environment.
std::vector<std::string> clean_environment()
{
    std::vector<std::string> environment{"LC_ALL=C.UTF-8", "HOME=/nonexistent", "PATH=/nonexistent"};
    for (const char* name : {"SSL_CERT_FILE", "SSL_CERT_DIR"})
        if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
    return environment;
}

/// The worker closed its pipe before its last word.
struct WorkerGone {};

void expect_worker(const boost::system::error_code& code)
{
    if (code == asio::error::eof || code == asio::error::broken_pipe) throw WorkerGone{};
    if (code) throw boost::system::system_error(code, "the git worker's pipe");
}

asio::awaitable<void> send_frame(asio::writable_pipe& pipe, FrameType type, std::string_view payload)
{
    const auto header = encode_header({type, static_cast<std::uint32_t>(payload.size())});
    boost::system::error_code code;
    co_await asio::async_write(pipe, asio::buffer(header), asio::redirect_error(asio::use_awaitable, code));
    expect_worker(code);
    co_await asio::async_write(pipe, asio::buffer(payload), asio::redirect_error(asio::use_awaitable, code));
    expect_worker(code);
}

asio::awaitable<FrameType> receive_frame(asio::readable_pipe& pipe, std::string& payload)
{
    std::array<char, frame_header_size> bytes{};
    boost::system::error_code code;
    co_await asio::async_read(pipe, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, code));
    expect_worker(code);
    const FrameHeader header = decode_header(bytes.data());
    payload.resize(header.size);
    co_await asio::async_read(pipe, asio::buffer(payload), asio::redirect_error(asio::use_awaitable, code));
    expect_worker(code);
    co_return header.type;
}

void report(const std::string& payload, Events& events)
{
    const bool known = !payload.empty() && payload[0] >= 0 && payload[0] <= static_cast<char>(ProgressKind::warning);
    if (!known) throw std::system_error(make_error_code(Error::malformed_reply), "the git worker's progress");
    events.progress(static_cast<ProgressKind>(payload[0]), std::string_view(payload).substr(1));
}

/// One conversation with the worker.
struct Conversation {
    ChildProcess& child;
    const SourceRequest& request;
    Events& events;
    net::BodySink& tar;
    std::optional<SourceResult> result;
    bool worker_ended = false; // it closed its pipe before the result
    std::exception_ptr failure;

    asio::awaitable<void> hold();
    asio::awaitable<void> talk();
    asio::awaitable<void> listen();
};

asio::awaitable<void> Conversation::listen()
{
    std::string payload;
    std::uint64_t lines = 0;
    while (!result) {
        const FrameType type = co_await receive_frame(child.output(), payload);
        if (type == FrameType::tar) {
            co_await tar.write(payload);
        } else if (type == FrameType::progress && ++lines <= most_progress) {
            report(payload, events);
        } else if (type == FrameType::result) {
            result = result_from_json(payload);
        } else {
            throw std::system_error(make_error_code(Error::malformed_reply), "a frame of the git worker");
        }
    }
}

asio::awaitable<void> Conversation::talk()
{
    const std::string encoded = to_json(request);
    co_await send_frame(child.input(), FrameType::request, encoded);
    co_await send_frame(child.input(), FrameType::token, request.token.reveal());
    tar.begin(200);
    co_await listen();
}

/// Never throws: what ends it is kept, so that the race with the deadline ends either way.
asio::awaitable<void> Conversation::hold()
{
    try {
        co_await talk();
    } catch (const WorkerGone&) {
        worker_ended = true;
    } catch (...) {
        failure = std::current_exception();
    }
}

/// Kills the child and waits for its end, also where the caller is being cancelled.
asio::awaitable<std::string> put_down(ChildProcess& child)
{
    child.kill();
    co_await child.ended(in(std::chrono::seconds(10)));
    co_return child.reap();
}

SourceResult crashed(const std::string& how)
{
    SourceResult result;
    result.error = SourceError::host;
    result.exit_code = 1;
    result.message = "the git worker ended without a result, by " + how;
    return result;
}

} // namespace

asio::awaitable<SourceResult> fetch(SourceRequest request, Events& events, net::BodySink& tar, Deadline until,
                                    WorkerOptions options)
{
    const auto executor = co_await asio::this_coro::executor;
    ChildProcess child(executor, options.executable, {"ysnprunner", "git-worker"}, clean_environment());
    Conversation conversation{child, request, events, tar, std::nullopt, false, nullptr};
    auto race = conversation.hold() || sleep_until(until);
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto first = co_await std::move(race);
    const bool cancelled = (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;

    if (conversation.worker_ended) { // it is about to end by itself: its own end says more than our signal
        auto natural = child.ended(in(std::chrono::seconds(2)));
        co_await asio::co_spawn(executor, std::move(natural),
                                asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
    }
    auto end = put_down(child);
    const std::string how = co_await asio::co_spawn(
        executor, std::move(end), asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
    co_await asio::this_coro::throw_if_cancelled(true);

    if (conversation.result) co_return std::move(*conversation.result);
    if (cancelled) throw std::system_error(make_error_code(Error::operation_cancelled), "fetch the sources");
    if (first.index() == 1) throw std::system_error(make_error_code(Error::deadline_passed), "fetch the sources");
    if (conversation.worker_ended) co_return crashed(how);
    std::rethrow_exception(conversation.failure);
}

} // namespace ysnp::git
