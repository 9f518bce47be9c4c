#include "test/integration/attacks/engine_tap.h"
#include "net/task_group.h"
#include "test/integration/engine.h"
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <mutex>
#include <regex>
#include <string_view>
#include <thread>

namespace ysnp::test {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

/// Finds the request lines in what one connection sends.
class RequestLines {
public:
    explicit RequestLines(std::function<void(std::string)> found) : found_(std::move(found)) {}
    void operator()(std::string_view bytes)
    {
        for (const char c : bytes) {
            if (c != '\n') {
                if (line_.size() < 4096) line_ += c;
                continue;
            }
            // what a body ended with may stand before it
            static const std::regex request("((?:GET|HEAD|POST|PUT|DELETE|PATCH) /[^ ]*) HTTP/1\\.1\r$");
            std::smatch found;
            if (std::regex_search(line_, found, request)) found_(found[1]);
            line_.clear();
        }
    }

private:
    std::function<void(std::string)> found_;
    std::string line_;
};

/// Until one side ends; the other side then hears of it.
asio::awaitable<void> copy(Local::socket& from, Local::socket& to, std::function<void(std::string_view)> seen)
{
    std::array<char, 16384> buffer;
    for (;;) {
        const auto [error, size] = co_await from.async_read_some(asio::buffer(buffer), quietly);
        if (error) break;
        seen({buffer.data(), size});
        const auto [failed, written] = co_await asio::async_write(to, asio::buffer(buffer, size), quietly);
        if (failed) break;
    }
    boost::system::error_code gone;
    to.shutdown(Local::socket::shutdown_send, gone);
}

} // namespace

struct EngineTap::Impl {
    explicit Impl(const std::string& path)
        : acceptor(io, Local::endpoint(path)), tasks(io.get_executor()), thread([this] { io.run(); })
    {
        asio::post(io, [this] { tasks.spawn(accept()); });
    }
    ~Impl()
    {
        asio::post(io, [this] { tasks.cancel(); });
        work.reset();
        thread.join();
    }

    asio::awaitable<void> accept()
    {
        for (;;) {
            Local::socket client = co_await acceptor.async_accept(asio::use_awaitable);
            tasks.spawn(serve(std::move(client)));
        }
    }
    asio::awaitable<void> serve(Local::socket client)
    {
        using namespace asio::experimental::awaitable_operators;
        Local::socket engine(io);
        const auto [error] = co_await engine.async_connect(Local::endpoint(engine_socket()), quietly);
        if (error) co_return;
        const auto keep = std::make_shared<RequestLines>([this](std::string line) { // the callback is copied
            const std::lock_guard lock(mutex);
            requests.push_back(std::move(line));
        });
        co_await (copy(client, engine, [keep](std::string_view bytes) { (*keep)(bytes); }) &&
                  copy(engine, client, [](std::string_view) {}));
    }

    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    Local::acceptor acceptor;
    TaskGroup tasks;
    mutable std::mutex mutex; // of `requests`: the test's thread reads them
    std::vector<std::string> requests;
    std::thread thread;
};

EngineTap::EngineTap() : impl_(std::make_unique<Impl>(socket())) {}
EngineTap::~EngineTap() = default;

std::vector<std::string> EngineTap::requests() const
{
    const std::lock_guard lock(impl_->mutex);
    return impl_->requests;
}

std::vector<std::string> EngineTap::effects() const
{
    std::vector<std::string> changing = requests();
    std::erase_if(changing,
                  [](const std::string& line) { return line.starts_with("GET ") || line.starts_with("HEAD "); });
    return changing;
}

} // namespace ysnp::test
