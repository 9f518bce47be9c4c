#include "test/unit/vault/live_server.h"
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::test {

using nlohmann::json;

namespace {

constexpr const char* dev_token = "root-of-a-test";

/// vault and bao are started in development mode; ours prints where it listens.
bool prints_its_address(const std::string& program)
{
    const std::string name = std::filesystem::path(program).filename().string();
    return name != "vault" && name != "bao";
}

std::string free_address(const asio::any_io_executor& executor)
{
    const asio::ip::tcp::acceptor probe(executor, {asio::ip::make_address("127.0.0.1"), 0});
    return "127.0.0.1:" + std::to_string(probe.local_endpoint().port());
}

std::vector<std::string> arguments_for(const std::string& program, const std::string& address)
{
    if (prints_its_address(program)) return {program, address};
    return {program,
            "server",
            "-dev",
            "-dev-no-store-token",
            std::string("-dev-root-token-id=") + dev_token,
            "-dev-listen-address=" + address};
}

} // namespace

std::string LiveServer::program()
{
    const char* path = std::getenv("YSNP_VAULTD");
    return path != nullptr ? path : "";
}

LiveServer::LiveServer(asio::any_io_executor executor, const std::vector<std::string>& arguments)
    : executor_(executor), process_(executor, arguments, {"HOME=/nonexistent", "PATH=/usr/bin:/bin"})
{
}

asio::awaitable<std::unique_ptr<LiveServer>> LiveServer::start(asio::any_io_executor executor)
{
    const std::string address = free_address(executor);
    std::unique_ptr<LiveServer> server(new LiveServer(executor, arguments_for(program(), address)));
    server->url_ = "http://" + address;
    server->root_token_ = dev_token;
    if (prints_its_address(program())) {
        std::string line;
        co_await asio::async_read_until(server->process_.output(), asio::dynamic_buffer(line), '\n',
                                        asio::use_awaitable);
        const json said = json::parse(line.substr(0, line.find('\n')));
        server->url_ = said.at("address").get<std::string>();
        server->root_token_ = said.at("root_token").get<std::string>();
    }
    net::ClientOptions options;
    options.origin = net::parse_url(server->url_).origin;
    server->http_ = std::make_unique<net::Client>(executor, std::move(options));
    co_return server;
}

asio::awaitable<std::string> LiveServer::wrapped(std::string path, std::string body)
{
    const std::string reply = co_await administer("POST", std::move(path), std::move(body), "60s");
    co_return json::parse(reply).at("wrap_info").at("token").get<std::string>();
}

asio::awaitable<std::string> LiveServer::administer(std::string method, std::string path, std::string body,
                                                    std::string wrap_ttl)
{
    const Secret token(root_token_);
    const Deadline limit = in(60s);
    std::string why;
    while (std::chrono::steady_clock::now() < limit) {
        net::Request request;
        request.method = method;
        request.target = "/v1/" + path;
        request.body = body;
        request.credentials.emplace_back("X-Vault-Token", &token);
        if (!wrap_ttl.empty()) request.headers.push_back({"X-Vault-Wrap-TTL", wrap_ttl});
        try {
            const net::Response response = co_await http_->send(std::move(request), limit);
            if (response.ok()) co_return response.body;
            why = response.body;
        } catch (const std::system_error& error) {
            why = error.what(); // not listening yet
        }
        co_await sleep_until(in(50ms));
    }
    throw std::runtime_error(method + " " + path + ": " + why);
}

vault::Options LiveServer::options(const std::string& mount) const
{
    vault::Options options = options_for(url_);
    options.mount = mount;
    options.timeout = 30s;
    return options;
}

std::unique_ptr<vault::Client> LiveServer::root(const std::string& mount) const
{
    vault::Options as_root = options(mount);
    as_root.auth.method = vault::Auth::Method::token;
    as_root.auth.token = root_token();
    as_root.auth.described = "the root token";
    return std::make_unique<vault::Client>(executor_, std::move(as_root));
}

} // namespace ysnp::test
