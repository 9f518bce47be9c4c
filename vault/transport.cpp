#include "vault/transport.h"
#include "net/failure.h"
#include "net/wait.h"
#include "vault/fault.h"
#include "vault/path.h"
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>

namespace ysnp::vault {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

net::ClientOptions http_options(const Options& options)
{
    net::ClientOptions http;
    http.origin = net::parse_url(options.address).origin;
    http.tls = options.tls;
    http.proxy = options.proxy;
    http.retry = {options.attempts, options.first_pause,
                  std::max(options.first_pause, std::chrono::milliseconds(2000))};
    http.connect_timeout = std::chrono::ceil<std::chrono::seconds>(options.timeout);
    http.warn = options.warn;
    return http;
}

net::Request request_of(const Call& call, const Secret* token, const std::string& name_space)
{
    net::Request request;
    request.method = call.method;
    request.target = call.target;
    request.body = call.body;
    request.max_body = call.max_body;
    request.headers = {{"X-Vault-Request", "true"}};
    if (!call.secret_body.empty()) request.secret_body = &call.secret_body;
    if (!call.body.empty() || !call.secret_body.empty())
        request.headers.push_back({"Content-Type", "application/json"});
    if (!name_space.empty()) request.headers.push_back({"X-Vault-Namespace", name_space});
    if (token != nullptr) request.credentials.emplace_back("X-Vault-Token", token);
    return request;
}

std::string remedy_for(const std::error_code& code)
{
    if (code == make_error_code(Error::redirect_refused))
        return "name the address that answers itself (gate.vault.address): credentials stay with one origin";
    if (code == Failure::untrusted) return "correct the certificate, or name its authority in gate.vault.ca_file";
    if (code == Failure::timed_out) return "look at Vault's load and at the network, then retry the job";
    if (code == Failure::too_large) return "remove what does not belong there";
    if (code == Failure::protocol) return "look for a proxy or portal between the runner and Vault";
    return "bring Vault back, then retry the job";
}

/// What the connection threw, as a Fault; a cancellation stays what it is.
[[noreturn]] void fail_transport(const Call& call, const std::system_error& error)
{
    if (error.code() == Failure::cancelled) throw error;
    throw Fault(error.code(), call.question.asked, error.what(), "an answer of Vault's", remedy_for(error.code()));
}

/// Doing it twice is doing it once, and the peer was not there: worth one more connection.
bool worth_repeating(const Call& call, const std::error_code& code)
{
    return call.method == "GET" && code == Failure::transient && !(code == Failure::timed_out);
}

void check_address(const Options& options)
{
    const net::Origin origin = net::parse_url(options.address).origin;
    const bool loopback = origin.host == "localhost" || origin.host == "::1" || origin.host.starts_with("127.");
    if (origin.secure() || (origin.scheme == "http" && loopback)) return;
    throw Fault(make_error_code(Error::invalid_value), "connecting to Vault", origin.to_string(), "https",
                "http would send the credential in the clear; correct gate.vault.address");
}

Options checked(Options options)
{
    try {
        check_address(options);
    } catch (const Fault&) {
        throw;
    } catch (const std::system_error& error) {
        throw Fault(error.code(), "connecting to Vault", "an address that is no URL", "https://HOST:PORT",
                    "correct gate.vault.address");
    }
    if (!is_path(options.mount) || options.kv_version < 0 || options.kv_version > 2)
        throw Fault(make_error_code(Error::invalid_value), "connecting to Vault", "a mount that is no path",
                    "the path of a KV engine", "correct gate.vault.mount");
    return options;
}

} // namespace

Transport::Transport(asio::any_io_executor executor, Options options)
    : options_(checked(std::move(options))), http_(std::move(executor), http_options(options_))
{
}

awaitable<net::Response> Transport::attempt(const Call& call, const Secret* token, Deadline until)
{
    net::Request request = request_of(call, token, options_.vault_namespace);
    co_return co_await http_.send(std::move(request), until);
}

awaitable<net::Response> Transport::send(const Call& call, const Secret* token, Deadline until)
{
    const Deadline bound = std::min(until, in(options_.timeout));
    for (int made = 1;; ++made) {
        try {
            co_return co_await attempt(call, token, bound);
        } catch (const std::system_error& error) {
            if (made > 1 || !worth_repeating(call, error.code())) fail_transport(call, error);
        }
        const Deadline next = std::min(bound, in(options_.first_pause));
        co_await sleep_until(next);
    }
}

} // namespace ysnp::vault
