#include "net/resolve.h"
#include "net/failure.h"
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace ysnp::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// One look-up, shared with its completion handler, which may come after the caller has gone.
struct LookUp {
    explicit LookUp(const asio::any_io_executor& executor) : resolver(executor), answered(executor) {}
    tcp::resolver resolver;
    asio::steady_timer answered;
    boost::system::error_code code;
    std::vector<StreamEndpoint> found;
    bool done = false;
};

void start(const std::shared_ptr<LookUp>& look_up, const std::string& host, std::uint16_t port)
{
    look_up->resolver.async_resolve(
        host, std::to_string(port), tcp::resolver::numeric_service,
        [look_up](boost::system::error_code code, const tcp::resolver::results_type& results) {
            look_up->done = true;
            look_up->code = code;
            for (const auto& entry : results) look_up->found.emplace_back(entry.endpoint());
            look_up->answered.cancel();
        });
}

} // namespace

asio::awaitable<std::vector<StreamEndpoint>> resolve_host(std::string host, std::uint16_t port, Deadline until)
{
    boost::system::error_code code;
    if (const auto address = asio::ip::make_address(host, code); !code)
        co_return std::vector<StreamEndpoint>{StreamEndpoint(tcp::endpoint(address, port))};
    const auto executor = co_await asio::this_coro::executor;
    const auto look_up = std::make_shared<LookUp>(executor);
    look_up->answered.expires_at(until);
    start(look_up, host, port);
    co_await look_up->answered.async_wait(asio::redirect_error(asio::use_awaitable, code));
    if (!look_up->done) {
        look_up->resolver.cancel();
        throw std::system_error(make_error_code(code ? Error::operation_cancelled : Error::deadline_passed),
                                "look up " + host);
    }
    if (look_up->code) throw std::system_error(look_up->code, "look up " + host);
    co_return std::move(look_up->found);
}

} // namespace ysnp::net
