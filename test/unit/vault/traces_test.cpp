#include "test/unit/vault/fixture.h"
#include "vault/login.h"
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <thread>

using namespace ysnp;
using namespace ysnp::test;
using vault::Auth;

namespace {

constexpr std::string_view marker = "not-to-be-found-in-freed-memory";
constexpr std::string_view piece = marker.substr(0, 12); // what a text that grew may leave behind
thread_local bool watching = false;
thread_local int traces = 0;

/// Memory that goes back while a test watches must not hold the credential.
[[maybe_unused]] void give_back(void* memory) noexcept
{
    if (watching && memory != nullptr) {
        const std::string_view left(static_cast<const char*>(memory), malloc_usable_size(memory));
        if (left.find(piece) != std::string_view::npos) ++traces;
    }
    std::free(memory);
}

/// One login at a server that lives on another thread and keeps what it reads off the heap.
class Desk {
public:
    Desk() : acceptor_(context_, {asio::ip::make_address("127.0.0.1"), 0}), thread_([this] { answer(); }) {}
    ~Desk() { thread_.join(); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
    std::string_view heard() const { return {heard_.data(), size_}; }

private:
    void answer()
    {
        asio::ip::tcp::socket peer(context_);
        acceptor_.accept(peer);
        while (heard().find('}') == std::string_view::npos)
            size_ += peer.read_some(asio::buffer(heard_.data() + size_, heard_.size() - size_));
        const std::string body = R"({"auth":{"client_token":"hvs.t","lease_duration":60,"renewable":true}})";
        const std::string reply =
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        asio::write(peer, asio::buffer(reply));
    }

    asio::io_context context_;
    asio::ip::tcp::acceptor acceptor_;
    std::array<char, 4096> heard_{};
    std::size_t size_ = 0;
    std::thread thread_;
};

} // namespace

#if __has_feature(thread_sanitizer) // whose runtime has these operators already
constexpr bool watched = false;
#else
constexpr bool watched = true;
void* operator new(std::size_t size)
{
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
#endif

TEST_CASE("a login leaves its credential in no memory that it gave back")
{
    if (!watched) SKIP("ThreadSanitizer has an operator delete of its own");
    for (const Auth::Method method : {Auth::Method::approle, Auth::Method::jwt, Auth::Method::userpass}) {
        Desk desk;
        vault::Options options = login_by(method, desk.url());
        options.auth.secret_id = options.auth.token = [] { return Secret(marker); };
        on_loop([&options](asio::any_io_executor executor) -> asio::awaitable<void> {
            vault::Client client(executor, options);
            traces = 0;
            watching = true;
            co_await client.log_in(soon());
            watching = false;
        });
        CHECK(traces == 0);
        CHECK(desk.heard().find(marker) != std::string_view::npos);
    }
}

TEST_CASE("a credential of any bytes is JSON still")
{
    const Auth auth{.method = Auth::Method::userpass, .mount = "userpass", .role = "alice", .secret_id = [] {
                        return Secret("a\"b\\c\nd\x01 \xc3\xa9");
                    }};
    const vault::LoginRequest request = vault::login_request(auth);
    CHECK(request.target == "/v1/auth/userpass/login/alice");
    CHECK(request.body.reveal() == "{\"password\":\"a\\\"b\\\\c\\u000ad\\u0001 \xc3\xa9\"}");
}
