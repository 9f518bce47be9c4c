#include "test/integration/attacks/engine_tap.h"
#include "net/task_group.h"
#include "test/double/fault.h"
#include "test/integration/engine.h"
#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <list>
#include <mutex>
#include <optional>
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

/// "POST /v1.41/x" as "POST /x".
std::string without_version(const std::string& line)
{
    static const std::regex version(" /v1\\.[0-9]+/");
    return std::regex_replace(line, version, " /");
}

/// The request that begins here, "METHOD /path"; a client sends one at a time. Empty: none does.
std::string begun(std::string_view bytes)
{
    static const std::regex request("^(?:GET|HEAD|POST|PUT|DELETE) /[^ ]* HTTP/1\\.1\r");
    const std::string head(bytes.substr(0, bytes.find('\n')));
    return std::regex_search(head, request) ? without_version(head.substr(0, head.rfind(' '))) : "";
}

struct Line {
    explicit Line(asio::io_context& io) : client(io), engine(io) {}
    Local::socket client, engine;

    void close()
    {
        boost::system::error_code gone;
        client.close(gone);
        engine.close(gone);
    }
};

void end(Local::socket& socket)
{
    boost::system::error_code gone;
    socket.shutdown(Local::socket::shutdown_send, gone);
}

asio::awaitable<void> answer(Local::socket& client, const std::string& reply)
{
    const auto [failed, written] = co_await asio::async_write(client, asio::buffer(reply), quietly);
    end(client);
    std::array<char, 16384> rest; // unread bytes would turn the end into a reset
    for (bool more = !failed; more;) {
        const auto [error, size] = co_await client.async_read_some(asio::buffer(rest), quietly);
        more = !error;
    }
}

/// Until the Engine's side ends; the client then hears of it.
asio::awaitable<void> copy_replies(Line& line)
{
    std::array<char, 16384> buffer;
    for (;;) {
        const auto [error, size] = co_await line.engine.async_read_some(asio::buffer(buffer), quietly);
        if (error) break;
        const auto [failed, written] = co_await asio::async_write(line.client, asio::buffer(buffer, size), quietly);
        if (failed) break;
    }
    end(line.client);
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
            if (!away) tasks.spawn(serve(std::move(client)));
        }
    }
    asio::awaitable<void> serve(Local::socket client)
    {
        using namespace asio::experimental::awaitable_operators;
        const auto line = lines.emplace(lines.end(), io);
        line->client = std::move(client);
        const auto [error] = co_await line->engine.async_connect(Local::endpoint(engine_socket()), quietly);
        if (!error) co_await (copy_requests(*line) && copy_replies(*line));
        lines.erase(line);
    }
    asio::awaitable<void> copy_requests(Line& line)
    {
        RequestLines keep([this](std::string request) {
            const std::lock_guard lock(mutex);
            requests.push_back(std::move(request));
        });
        std::array<char, 16384> buffer;
        for (;;) {
            const auto [error, size] = co_await line.client.async_read_some(asio::buffer(buffer), quietly);
            if (error) break;
            keep({buffer.data(), size});
            const auto what = take({buffer.data(), size});
            if (what && what->before) what->before();
            if (what && !what->reply.empty()) {
                co_await answer(line.client, what->reply);
                break;
            }
            const auto [failed, written] = co_await asio::async_write(line.engine, asio::buffer(buffer, size), quietly);
            if (failed) break;
        }
        end(line.engine);
    }
    std::optional<Interception> take(std::string_view bytes)
    {
        const std::string request = begun(bytes);
        if (request.empty()) return std::nullopt;
        const std::lock_guard lock(mutex);
        for (Interception& one : interceptions) {
            if (one.times == 0 || !glob_matches(one.request, request)) continue;
            if (one.times > 0) --one.times;
            return one;
        }
        return std::nullopt;
    }
    /// Done in the tap's thread when it returns.
    void in_thread(const std::function<void()>& what)
    {
        std::promise<void> done;
        asio::post(io, [&] {
            what();
            done.set_value();
        });
        done.get_future().wait();
    }

    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    Local::acceptor acceptor;
    TaskGroup tasks;
    std::list<Line> lines;
    bool away = false;
    mutable std::mutex mutex; // of the next two: the test's thread uses them as well
    std::vector<std::string> requests;
    std::vector<Interception> interceptions;
    std::thread thread;
};

EngineTap::EngineTap() : impl_(std::make_unique<Impl>(socket())) {}
EngineTap::~EngineTap() = default;

std::vector<std::string> EngineTap::requests() const
{
    const std::lock_guard lock(impl_->mutex);
    return impl_->requests;
}

int EngineTap::count(const std::string& request) const
{
    const std::vector<std::string> all = requests();
    return static_cast<int>(std::ranges::count_if(
        all, [&](const std::string& line) { return glob_matches(request, without_version(line)); }));
}

void EngineTap::intercept(Interception what)
{
    const std::lock_guard lock(impl_->mutex);
    impl_->interceptions.push_back(std::move(what));
}

void EngineTap::restart(const std::function<void()>& meanwhile)
{
    impl_->in_thread([this] {
        impl_->away = true;
        for (Line& line : impl_->lines) line.close();
    });
    meanwhile();
    impl_->in_thread([this] { impl_->away = false; });
}

std::vector<std::string> EngineTap::effects() const
{
    std::vector<std::string> changing = requests();
    std::erase_if(changing,
                  [](const std::string& line) { return line.starts_with("GET ") || line.starts_with("HEAD "); });
    return changing;
}

} // namespace ysnp::test
