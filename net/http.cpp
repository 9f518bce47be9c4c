#include "net/http.h"
#include "net/ascii.h"
#include "net/connection.h"
#include "net/exchange.h"
#include "net/failure.h"
#include "net/pool.h"
#include "net/raw_stream.h"
#include "net/redirect.h"
#include "net/retry.h"
#include "net/tls.h"
#include "net/wait.h"
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <random>

namespace ysnp::net {

namespace asio = boost::asio;

std::string_view Response::header(std::string_view name) const noexcept
{
    for (const auto& header : headers)
        if (same_ignoring_case(header.name, name)) return header.value;
    return {};
}

namespace {

/// "GET host/path": neither query nor header nor body.
std::string where(const Origin& origin, const std::string& method, const std::string& target)
{
    const std::string host = origin.scheme == "unix" ? origin.host + ":" : origin.host_header();
    return method + " " + host + target.substr(0, target.find('?'));
}

/// what() of a system_error ends with its code's message: only what comes before is worth keeping.
std::string detail_of(const std::system_error& error)
{
    std::string what = error.what();
    const std::string message = error.code().message();
    if (what.ends_with(message)) what.resize(what.size() - message.size());
    if (what.ends_with(": ")) what.resize(what.size() - 2);
    return what.empty() ? what : ": " + what;
}

/// The peer closed or reset, or had closed, a connection that we believed to be alive.
bool was_stale(const std::error_code& code)
{
    return code == make_error_code(Error::unexpected_end) || code == std::errc::broken_pipe ||
           code == std::errc::connection_reset || code == std::errc::connection_aborted ||
           code == std::errc::not_connected;
}

/// RFC 9110 9.2.2: doing it twice is doing it once.
bool is_idempotent(std::string_view method)
{
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

double random_share()
{
    static thread_local std::minstd_rand source(std::random_device{}());
    return std::uniform_real_distribution<double>(0, 1)(source);
}

enum class Purpose { reply, upgrade };

} // namespace

struct Client::Impl {
    Impl(asio::any_io_executor on, ClientOptions given)
        : executor(std::move(on)), options(std::move(given)), trust(options.tls, options.warn),
          pool(options.max_idle, options.connection_max_age)
    {
    }

    asio::any_io_executor executor;
    ClientOptions options;
    Trust trust;
    Pool pool;
    bool retried = false;
    std::string chain;

    asio::awaitable<Upgraded> call(Request request, BodySink* sink, Purpose purpose, Deadline until);
    asio::awaitable<Response> send(Request request, BodySink* sink, Deadline until);
    asio::awaitable<Upgraded> follow(Request& request, BodySink* sink, Purpose purpose, Deadline until);
    asio::awaitable<Upgraded> with_retries(const Request& request, BodySink* sink, Purpose purpose, Deadline until);
    asio::awaitable<Upgraded> attempt(const Request& request, BodySink* sink, Purpose purpose, Deadline until);
    asio::awaitable<Pooled> open(Deadline until);
    HeadOptions head_options() const;
};

asio::awaitable<Pooled> Client::Impl::open(Deadline until)
{
    Route route{options.origin, proxy_for(options.proxy, options.origin), options.connect_timeout};
    auto context = options.origin.secure() ? trust.context() : nullptr;
    Pooled made;
    made.stream = co_await connect(executor, std::move(route), std::move(context), until);
    made.born = std::chrono::steady_clock::now();
    chain = made.stream->peer_chain();
    co_return made;
}

HeadOptions Client::Impl::head_options() const
{
    HeadOptions head;
    head.origin = options.origin;
    head.user_agent = options.user_agent;
    if (options.origin.secure()) return head;
    if (const auto proxy = proxy_for(options.proxy, options.origin)) {
        head.absolute_target = true;
        head.proxy_authorization = proxy->authorization;
    }
    return head;
}

asio::awaitable<Client::Upgraded> Client::Impl::attempt(const Request& request, BodySink* sink, Purpose purpose,
                                                        Deadline until)
{
    if (options.origin.secure() && trust.changed()) pool.clear();
    std::optional<Pooled> kept = pool.take();
    for (;;) {
        const bool fresh = !kept;
        if (fresh) kept = co_await open(until);
        Exchange exchange(*kept->stream, request, head_options(), until);
        Upgraded result;
        try {
            if (purpose == Purpose::reply)
                result.response = co_await exchange.run(sink);
            else
                result.response = co_await exchange.run_upgrade();
        } catch (const std::system_error& e) {
            const bool harmless = is_idempotent(request.method) || !exchange.sent_all();
            if (fresh || exchange.answered() || !harmless || !was_stale(e.code())) throw;
            pool.clear();
            kept.reset();
            continue;
        }
        if (exchange.switched())
            result.stream = raw_stream(std::move(kept->stream), exchange.leftover());
        else if (exchange.reusable())
            pool.give(std::move(*kept));
        co_return result;
    }
}

asio::awaitable<Client::Upgraded> Client::Impl::with_retries(const Request& request, BodySink* sink, Purpose purpose,
                                                             Deadline until)
{
    for (int made = 1;; ++made) {
        if (std::chrono::steady_clock::now() >= until) throw std::system_error(make_error_code(Error::deadline_passed));
        Upgraded result = co_await attempt(request, sink, purpose, until);
        if (!worth_retrying(result.response.status) || made >= options.retry.attempts) co_return result;
        const auto now = std::chrono::system_clock::now();
        const Deadline next = in(retry_pause(options.retry, made, result.response, now, random_share()));
        if (next >= until) co_return result;
        retried = true;
        co_await sleep_until(next);
    }
}

asio::awaitable<Client::Upgraded> Client::Impl::follow(Request& request, BodySink* sink, Purpose purpose,
                                                       Deadline until)
{
    for (int followed = 0;; ++followed) {
        Upgraded result = co_await with_retries(request, sink, purpose, until);
        if (!options.follow_redirects) co_return result;
        auto next = redirected_target(options.origin, request.target, result.response);
        if (!next) co_return result;
        if (followed == max_redirects)
            throw std::system_error(make_error_code(Error::redirect_refused), "more than 10 redirects in a row");
        request.target = std::move(*next);
    }
}

asio::awaitable<Client::Upgraded> Client::Impl::call(Request request, BodySink* sink, Purpose purpose, Deadline until)
{
    retried = false;
    const std::string name = where(options.origin, request.method, request.target);
    try {
        co_return co_await follow(request, sink, purpose, until);
    } catch (const boost::system::system_error& e) {
        throw std::system_error(static_cast<std::error_code>(e.code()), name);
    } catch (const std::system_error& e) {
        throw std::system_error(e.code(), name + detail_of(e));
    }
}

asio::awaitable<Response> Client::Impl::send(Request request, BodySink* sink, Deadline until)
{
    Upgraded result = co_await call(std::move(request), sink, Purpose::reply, until);
    co_return std::move(result.response);
}

Client::Client(asio::any_io_executor executor, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options)))
{
}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

asio::awaitable<Response> Client::send(Request request, Deadline until)
{
    return impl_->send(std::move(request), nullptr, until);
}

asio::awaitable<Response> Client::send(Request request, BodySink& sink, Deadline until)
{
    return impl_->send(std::move(request), &sink, until);
}

asio::awaitable<Client::Upgraded> Client::upgrade(Request request, Deadline until)
{
    return impl_->call(std::move(request), nullptr, Purpose::upgrade, until);
}

const Origin& Client::origin() const noexcept { return impl_->options.origin; }
bool Client::was_retried() const noexcept { return impl_->retried; }
std::string Client::peer_chain() const { return impl_->chain; }
void Client::close_idle() { impl_->pool.clear(); }

} // namespace ysnp::net
