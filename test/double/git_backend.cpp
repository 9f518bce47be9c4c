#include "test/double/git_backend.h"
#include "net/ascii.h"
#include "test/double/process.h"
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <cstdlib>

namespace ysnp::test {

namespace asio = boost::asio;

namespace {

std::string query_of(const Recorded& request)
{
    const auto mark = request.target.find('?');
    return mark == std::string::npos ? std::string() : request.target.substr(mark + 1);
}

/// The CGI/1.1 environment (RFC 3875), and the few options of git that GitLab sets for its repositories.
std::vector<std::string> cgi_environment(const Recorded& request, const std::filesystem::path& repository,
                                         const std::string& path)
{
    const char* search = std::getenv("PATH");
    std::vector<std::string> out{std::string("PATH=") + (search ? search : "/usr/bin:/bin"),
                                 "HOME=/nonexistent",
                                 "GIT_CONFIG_NOSYSTEM=1",
                                 "GIT_HTTP_EXPORT_ALL=1",
                                 "GIT_PROJECT_ROOT=" + repository.string(),
                                 "PATH_INFO=" + path,
                                 "REQUEST_METHOD=" + request.method,
                                 "QUERY_STRING=" + query_of(request),
                                 "REMOTE_USER=gitlab-ci-token",
                                 "REMOTE_ADDR=127.0.0.1",
                                 "CONTENT_TYPE=" + std::string(request.header("Content-Type"))};
    const auto pass = [&](const char* name, std::string_view value) {
        if (!value.empty()) out.push_back(name + std::string("=") + std::string(value));
    };
    pass("CONTENT_LENGTH", request.header("Content-Length"));
    pass("HTTP_CONTENT_ENCODING", request.header("Content-Encoding"));
    pass("GIT_PROTOCOL", request.header("Git-Protocol"));
    const std::array<std::array<const char*, 2>, 4> config{{{"safe.directory", "*"},
                                                            {"uploadpack.allowAnySHA1InWant", "true"},
                                                            {"uploadpack.allowFilter", "true"},
                                                            {"http.receivepack", "true"}}};
    out.push_back("GIT_CONFIG_COUNT=" + std::to_string(config.size()));
    for (std::size_t at = 0; at < config.size(); ++at) {
        out.push_back("GIT_CONFIG_KEY_" + std::to_string(at) + "=" + config[at][0]);
        out.push_back("GIT_CONFIG_VALUE_" + std::to_string(at) + "=" + config[at][1]);
    }
    return out;
}

asio::awaitable<void> feed(Peer& peer, Process& child)
{
    boost::system::error_code code;
    for (;;) {
        const std::string piece = co_await peer.read_body();
        if (piece.empty()) break;
        // A child that has heard enough closes its end; the rest of the body is still taken off the connection.
        if (!code)
            co_await asio::async_write(child.input(), asio::buffer(piece),
                                       asio::redirect_error(asio::use_awaitable, code));
    }
    child.input().close(code);
}

asio::awaitable<std::string> read_output(Process& child)
{
    std::string piece(32768, '\0');
    boost::system::error_code code;
    const std::size_t size =
        co_await child.output().async_read_some(asio::buffer(piece), asio::redirect_error(asio::use_awaitable, code));
    piece.resize(size);
    co_return piece;
}

/// The CGI header as an HTTP one, without Content-Length: the body goes out in chunks.
std::string http_head(std::string_view cgi)
{
    std::string status = "200 OK", fields;
    while (!cgi.empty()) {
        const auto end = cgi.find('\n');
        auto line = cgi.substr(0, end);
        cgi = end == std::string_view::npos ? std::string_view() : cgi.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto name = line.substr(0, colon);
        if (net::same_ignoring_case(name, "Status"))
            status = std::string(line.substr(line.find_first_not_of(' ', colon + 1)));
        else if (!net::same_ignoring_case(name, "Content-Length"))
            fields.append(line).append("\r\n");
    }
    return "HTTP/1.1 " + status + "\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n";
}

asio::awaitable<void> answer(Peer& peer, Process& child)
{
    std::string head;
    std::size_t end = std::string::npos, gap = 4; // of CGI programs, some end lines with LF only
    while (end == std::string::npos) {
        const std::string piece = co_await read_output(child);
        if (piece.empty()) {
            co_await peer.send(reply(500, "git http-backend died"));
            co_return;
        }
        head += piece;
        end = head.find("\r\n\r\n");
        if (end != std::string::npos) continue;
        end = head.find("\n\n");
        gap = 2;
    }
    co_await peer.send(http_head(std::string_view(head).substr(0, end)));
    std::string piece = head.substr(end + gap);
    for (;;) {
        if (!piece.empty()) co_await peer.send(chunk(piece));
        piece = co_await read_output(child);
        if (piece.empty()) break;
    }
    co_await peer.send(chunk(""));
}

} // namespace

asio::awaitable<void> serve_git(Peer& peer, const Recorded& request, std::filesystem::path repository, std::string path)
{
    using namespace asio::experimental::awaitable_operators;
    const auto executor = co_await asio::this_coro::executor;
    Process child(executor, {"git", "http-backend"}, cgi_environment(request, repository, path));
    co_await (feed(peer, child) && answer(peer, child));
}

} // namespace ysnp::test
