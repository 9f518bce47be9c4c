#include "net/resolve.h"
#include "net/failure.h"
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace ysnp::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Names that are looked up at the same time. Nobody has so many: then they all hang.
constexpr std::size_t most_names = 16;

struct Answer {
    boost::system::error_code code;
    std::vector<asio::ip::address> found;
};

/// One caller. It leaves when it has its answer or wants none any more.
struct Waiter {
    asio::any_io_executor executor;
    asio::steady_timer* answered = nullptr; // null: has left
    std::optional<Answer> answer;
};

/// In a thread of its own, which nothing may leave.
Answer look_up(const std::string& host) noexcept
{
    Answer answer;
    try {
        asio::io_context own;
        tcp::resolver resolver(own);
        for (const auto& entry : resolver.resolve(host, "0", tcp::resolver::numeric_service, answer.code))
            answer.found.push_back(entry.endpoint().address());
    } catch (const std::exception&) {
        answer = {.code = make_error_code(boost::system::errc::not_enough_memory), .found = {}};
    }
    return answer;
}

/// Where look-ups are under way: one thread a name, shared by all who ask for it meanwhile. getaddrinfo cannot be
/// stopped, so the threads belong to nobody: a name server that never answers holds up neither other names nor the
/// program's end.
class Desk {
public:
    void ask(const std::string& host, const std::shared_ptr<Waiter>& waiter)
    {
        const std::lock_guard lock(mutex_);
        const auto [name, fresh] = under_way_.try_emplace(host);
        try {
            if (under_way_.size() > most_names)
                throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again),
                                        "look up " + host + ": too many names without an answer");
            name->second.push_back(waiter);
            if (fresh) std::thread([this, host] { answer(host, look_up(host)); }).detach();
        } catch (...) {
            if (fresh) under_way_.erase(name);
            throw;
        }
    }
    void leave(Waiter& waiter)
    {
        const std::lock_guard lock(mutex_);
        waiter.answered = nullptr;
    }

private:
    /// Whoever has not left has an executor that still runs.
    void answer(const std::string& host, const Answer& answer)
    {
        const std::lock_guard lock(mutex_);
        const auto node = under_way_.extract(host);
        for (const auto& waiter : node.mapped()) {
            if (waiter->answered == nullptr) continue;
            asio::post(waiter->executor, [waiter, answer] {
                waiter->answer = answer;
                if (waiter->answered != nullptr) waiter->answered->cancel();
            });
        }
    }

    std::mutex mutex_;
    std::map<std::string, std::vector<std::shared_ptr<Waiter>>> under_way_; // shared with those who wait
};

/// Never destroyed: a thread may outlive main().
Desk& desk()
{
    static Desk& one = *new Desk;
    return one;
}

/// A caller's place at the desk.
class Place {
public:
    Place(asio::any_io_executor executor, asio::steady_timer& answered) : waiter_(std::make_shared<Waiter>())
    {
        waiter_->executor = std::move(executor);
        waiter_->answered = &answered;
    }
    ~Place() { desk().leave(*waiter_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    const std::shared_ptr<Waiter>& waiter() const noexcept { return waiter_; }

private:
    std::shared_ptr<Waiter> waiter_; // shared with the desk
};

} // namespace

asio::awaitable<std::vector<StreamEndpoint>> resolve_host(std::string host, std::uint16_t port, Deadline until)
{
    boost::system::error_code code;
    if (const auto address = asio::ip::make_address(host, code); !code)
        co_return std::vector<StreamEndpoint>{StreamEndpoint(tcp::endpoint(address, port))};
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer answered(executor, until);
    const Place place(executor, answered);
    desk().ask(host, place.waiter());
    co_await answered.async_wait(asio::redirect_error(asio::use_awaitable, code));
    const std::optional<Answer>& answer = place.waiter()->answer;
    if (!answer)
        throw std::system_error(make_error_code(code ? Error::operation_cancelled : Error::deadline_passed),
                                "look up " + host);
    if (answer->code) throw std::system_error(answer->code, "look up " + host);
    std::vector<StreamEndpoint> found;
    for (const auto& address : answer->found) found.emplace_back(tcp::endpoint(address, port));
    co_return found;
}

} // namespace ysnp::net
