#include "runner/agent/session.h"
#include "net/failure.h"
#include "net/wait.h"
#include "runner/agent/calls.h"
#include "runner/agent/running.h"
#include <algorithm>
#include <openssl/rand.h>

namespace ysnp::agent {

namespace asio = boost::asio;
using wire::Type;

/// A frame of a few bytes; an agent that does not read it is gone.
constexpr std::chrono::seconds write_time{30};

Secret new_key()
{
    std::string bytes(wire::key_size, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw std::system_error(std::make_error_code(std::errc::io_error), "no random bytes for the key of a job");
    return take_secret(bytes);
}

std::string FileResult::message() const
{
    const std::string why = std::system_category().message(error);
    return path.empty() ? why : path + ": " + why;
}

Silence::Silence(std::chrono::milliseconds time)
    : std::system_error(make_error_code(Error::deadline_passed)), time_(time),
      text_("the job's agent fell silent: it gave no answer for " +
            std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count()) + " s")
{
}

struct Session::Impl {
    Impl(asio::any_io_executor executor, std::unique_ptr<ByteStream> stream) : talk(executor, std::move(stream)) {}

    Conversation talk;
    Running* running = nullptr; // the call of run() or rejoin() while it waits
};

Session::Session(asio::any_io_executor executor, std::unique_ptr<ByteStream> stream)
    : impl_(std::make_unique<Impl>(executor, std::move(stream)))
{
}

Session::~Session()
{
    if (impl_) impl_->talk.close();
}

Session::Session(Session&&) noexcept = default;

void Session::close() noexcept { impl_->talk.close(); }

std::uint64_t Session::received() const noexcept { return impl_->talk.received(); }

asio::awaitable<Hello> Session::start(const Secret& key, Limits limits, Deadline until)
{
    impl_->talk.open(key, limits);
    PayloadWriter start;
    start.raw(key.reveal()).u32(wire::version).u32(limits.lease.count()).u32(limits.deadline.count());
    impl_->talk.post(Type::start, 0, start.bytes());
    Hello hello;
    Answer answer(until, Type::hello, [&hello](PayloadReader& fields) {
        hello.version = fields.u32();
        hello.uid = fields.u32();
        hello.gid = fields.u32();
        hello.processes = fields.u32();
        hello.proc_mounted = fields.u32() != 0;
    });
    co_await impl_->talk.hold(answer);
    co_return hello;
}

asio::awaitable<Resumed> Session::resume(const Secret& key, Limits limits, std::uint64_t received, Deadline until)
{
    Conversation& talk = impl_->talk;
    talk.take_over(key, limits, received);
    talk.post_raw(std::string(wire::header_size + wire::max_payload, '\0')); // the rest of a frame that was cut
    talk.post(Type::resume, received, {});
    talk.post_renewal();
    Resumed resumed;
    Answer answer(until, Type::resumed, [&](PayloadReader& fields) {
        resumed.running = static_cast<wire::State>(fields.u32()) == wire::State::running;
        talk.set_operation(fields.u32());
    });
    answer.ignore_others();
    co_await talk.hold(answer);
    co_return resumed;
}

asio::awaitable<StageResult> Session::run(const Stage& stage, OutputSink& sink, Deadline until)
{
    require_startable(stage);
    impl_->talk.begin_operation();
    Running call(impl_->talk, &stage, sink, stage.grace, until);
    co_await call.hold(impl_->running);
    co_return call.result();
}

asio::awaitable<StageResult> Session::rejoin(OutputSink& sink, std::chrono::milliseconds grace, Deadline until)
{
    Running call(impl_->talk, nullptr, sink, grace, until);
    co_await call.hold(impl_->running);
    co_return call.result();
}

bool Session::request_stop(std::chrono::milliseconds grace)
{
    if (impl_->running == nullptr) return false;
    impl_->running->stop(grace, wire::StopReason::cancelled);
    return true;
}

asio::awaitable<UnpackResult> Session::unpack(std::string directory, net::BodySource& archive, UnpackOptions options,
                                              Deadline until)
{
    impl_->talk.begin_operation();
    Unpacking call(impl_->talk, std::move(directory), archive, options, until);
    co_await impl_->talk.hold(call);
    co_return call.result();
}

static asio::awaitable<FileResult> change(Conversation& talk, Type type, std::string payload, Deadline until)
{
    talk.require_open();
    talk.begin_operation();
    talk.post(type, 0, payload);
    FileResult result;
    Answer answer(until, Type::done, [&result](PayloadReader& fields) {
        result.error = static_cast<int>(fields.u32());
        result.path = fields.text();
    });
    answer.expect_long_work();
    co_await talk.hold(answer);
    co_return result;
}

asio::awaitable<FileResult> Session::make_directory(std::string path, unsigned mode, Deadline until)
{
    std::string payload = PayloadWriter().u32(mode).text(path).bytes();
    co_return co_await change(impl_->talk, Type::make_dir, std::move(payload), until);
}

asio::awaitable<FileResult> Session::remove(std::string path, Remove what, Deadline until)
{
    const std::uint32_t flags = what == Remove::contents ? wire::contents_only : 0;
    std::string payload = PayloadWriter().u32(flags).text(path).bytes();
    co_return co_await change(impl_->talk, Type::remove, std::move(payload), until);
}

asio::awaitable<void> Session::renew(Deadline until)
{
    impl_->talk.require_open();
    impl_->talk.post_renewal();
    co_await impl_->talk.flush(until);
}

asio::awaitable<void> Session::rest(Deadline until)
{
    while (std::chrono::steady_clock::now() < until) {
        const Deadline renewal = impl_->talk.next_renewal();
        co_await sleep_until(std::min(until, renewal));
        if (renewal < until) co_await renew(in(write_time));
    }
}

asio::awaitable<void> Session::finish(Deadline until)
{
    impl_->talk.require_open();
    impl_->talk.post(Type::leave, 0, {});
    Answer answer(until, Type::goodbye, [](PayloadReader&) {});
    answer.ignore_others();
    try {
        co_await impl_->talk.hold(answer);
    } catch (const std::system_error& error) {
        if (error.code() != make_error_code(Error::unexpected_end)) throw; // gone is what was asked for
    }
    impl_->talk.close();
}

} // namespace ysnp::agent
