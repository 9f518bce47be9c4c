#include "docker/engine.h"
#include "docker/engine_impl.h"
#include "docker/objects_json.h"
#include "docker/reply_json.h"
#include "net/failure.h"
#include "net/url.h"
#include <algorithm>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

constexpr ApiVersion our_newest{1, 51};
constexpr ApiVersion our_oldest{1, 41};

net::ClientOptions client_options(const std::string& socket)
{
    net::ClientOptions options;
    options.origin = net::Origin{"unix", socket, 0};
    options.retry.attempts = 1; // a 500 of the Engine is an answer
    options.follow_redirects = false;
    options.max_idle = 32;
    return options;
}

std::string call_name(const Ask& ask)
{
    return ask.name.empty() ? ask.method + " " + ask.path.substr(0, ask.path.find('?')) : ask.name;
}

/// "client version 1.51 is too new. …", as JSON or as plain text.
bool version_refused(const net::Response& response)
{
    if (response.status != 400) return false;
    const std::string text = reply::message(response.body);
    return text.find("client version") != std::string::npos &&
           (text.find("too new") != std::string::npos || text.find("too old") != std::string::npos);
}

bool expected(const Ask& ask, const net::Response& response)
{
    return response.ok() || std::find(ask.answers.begin(), ask.answers.end(), response.status) != ask.answers.end();
}

EngineError unusable(std::string message) { return configuration_error("Docker Engine", std::move(message)); }

EngineVersion agree(EngineVersion version, std::string_view from_ping)
{
    const auto newest = parse_api_version(from_ping);
    if (!newest) throw protocol_error("HEAD /_ping", "no usable Api-Version in the reply: is this a Docker Engine?");
    version.newest = *newest;
    version.api = std::min(our_newest, version.newest);
    if (version.version.starts_with("Podman"))
        throw unusable(version.version + " answers at the socket; its compatibility API differs in what exit codes and "
                                         "attach mean. Point docker.host at a Docker Engine");
    if (version.newest < our_oldest)
        throw unusable("it speaks API " + to_string(version.newest) + " at most, at least " + to_string(our_oldest) +
                       " is needed: install Docker Engine 20.10 or newer");
    if (version.oldest > our_newest)
        throw unusable("it speaks API " + to_string(version.oldest) + " at least, at most " + to_string(our_newest) +
                       " is known here: install a newer ysnprunner");
    if (!version.os.empty() && version.os != "linux")
        throw unusable("it runs " + version.os + " containers, only Linux containers are supported");
    return version;
}

} // namespace

std::string segment(std::string_view text)
{
    if (text.empty() || text == "." || text == "..")
        throw configuration_error("Docker Engine", "\"" + std::string(text) + "\" is not a name");
    return net::percent_encode(text);
}

EngineError refusal(const Ask& ask, const net::Response& response)
{
    const std::string message = reply::message(response.body);
    return {http_status_code(response.status), call_name(ask), response.status, message,
            classify(ask.kind, response.status, message)};
}

Engine::Impl::Impl(asio::any_io_executor chosen_executor, EngineOptions chosen)
    : executor(chosen_executor), options(std::move(chosen)),
      client(chosen_executor, client_options(options.socket_path))
{
}

net::Request Engine::Impl::request(const Ask& ask, const std::string& prefix) const
{
    net::Request request;
    request.method = ask.method;
    request.target = prefix + ask.path;
    request.body = ask.body;
    request.stream = ask.stream;
    if (ask.stream)
        request.headers.push_back({"Content-Type", "application/x-tar"});
    else if (!ask.body.empty())
        request.headers.push_back({"Content-Type", "application/json"});
    if (ask.registry_auth && !ask.registry_auth->empty())
        request.credentials.emplace_back("X-Registry-Auth", ask.registry_auth);
    return request;
}

EngineError Engine::Impl::unreachable(const Ask& ask, const std::system_error& error) const
{
    std::string message = error.code().message() + ", at " + options.socket_path;
    if (error.code() == std::errc::no_such_file_or_directory)
        message += "; is the Docker Engine running, and is docker.host right?";
    if (error.code() == std::errc::permission_denied)
        message += "; the runner's user needs to be in the group that owns the socket (usually \"docker\")";
    return {error.code(), call_name(ask), 0, std::move(message), FailureReason::system};
}

asio::awaitable<net::Response> Engine::Impl::send(const Ask& ask, std::string prefix, Deadline until,
                                                  net::BodySink* sink)
{
    net::Request message = request(ask, prefix);
    try {
        if (sink) co_return co_await client.send(std::move(message), *sink, until);
        co_return co_await client.send(std::move(message), until);
    } catch (const EngineError&) {
        throw; // of the sink or the source
    } catch (const std::system_error& error) {
        throw unreachable(ask, error);
    }
}

asio::awaitable<net::Response> Engine::Impl::ask(Ask ask, Deadline until, net::BodySink* sink)
{
    for (bool again = true;; again = false) {
        if (!version) co_await negotiate(until);
        const std::string prefix = "/v" + to_string(version->api);
        net::Response response = co_await send(ask, prefix, until, sink);
        if (expected(ask, response)) co_return response;
        if (!again || !version_refused(response)) throw refusal(ask, response);
        version.reset(); // the Engine was exchanged under us
    }
}

asio::awaitable<net::Client::Upgraded> Engine::Impl::hijack(Ask ask, Deadline until)
{
    for (bool again = true;; again = false) {
        if (!version) co_await negotiate(until);
        net::Request message = request(ask, "/v" + to_string(version->api));
        net::Client::Upgraded upgraded;
        try {
            upgraded = co_await client.upgrade(std::move(message), until);
        } catch (const std::system_error& error) {
            throw unreachable(ask, error);
        }
        if (upgraded.stream) co_return upgraded;
        if (!again || !version_refused(upgraded.response)) throw refusal(ask, upgraded.response);
        version.reset();
    }
}

asio::awaitable<net::Response> Engine::Impl::ping(Deadline until)
{
    const Ask head{.method = "HEAD", .path = "/_ping"};
    net::Response response = co_await send(head, {}, until, nullptr);
    if (response.status != 404 && response.status != 405) {
        if (!response.ok()) throw refusal(head, response);
        co_return response;
    }
    const Ask get{.method = "GET", .path = "/_ping"}; // an old proxy in between
    response = co_await send(get, {}, until, nullptr);
    if (!response.ok()) throw refusal(get, response);
    co_return response;
}

asio::awaitable<EngineVersion> Engine::Impl::negotiate(Deadline until)
{
    const net::Response pong = co_await ping(until);
    const Ask get{.method = "GET", .path = "/version"};
    const net::Response reply = co_await send(get, {}, until, nullptr);
    if (!reply.ok()) throw refusal(get, reply);
    version = agree(parse_version(reply.body), pong.header("Api-Version"));
    co_return *version;
}

void Engine::Impl::expect_unstarted(const ContainerId& container, const char* call) const
{
    if (unstarted.contains(container)) return;
    throw EngineError(make_error_code(Error::invalid_value), call, 0,
                      "archives go only to and from containers that were created here and never started",
                      FailureReason::system);
}

Engine::Engine(asio::any_io_executor executor, EngineOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options)))
{
}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;

asio::awaitable<EngineVersion> Engine::negotiate(Deadline until) { co_return co_await impl_->negotiate(until); }

asio::awaitable<EngineInfo> Engine::info(Deadline until)
{
    const net::Response reply = co_await impl_->ask({.method = "GET", .path = "/info"}, until);
    co_return parse_info(reply.body);
}

} // namespace ysnp::docker
