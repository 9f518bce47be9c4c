#include "net/failure.h"
#include "net/resolve.h"
#include "test/double/run.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <cstring>
#include <dlfcn.h>
#include <mutex>
#include <netdb.h>

using namespace ysnp;
using namespace std::chrono_literals;

namespace {

/// A name server that never answers, until it is let go.
struct Hanging {
    std::mutex mutex;
    std::condition_variable changed;
    bool hangs = true;
    int waiting = 0, asked = 0;
    void hold()
    {
        std::unique_lock lock(mutex);
        ++waiting, ++asked;
        changed.notify_all();
        changed.wait(lock, [this] { return !hangs; });
        --waiting;
        changed.notify_all();
    }
    void let_go()
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return waiting > 0; });
        hangs = false;
        changed.notify_all();
        changed.wait(lock, [this] { return waiting == 0; });
    }
};

Hanging hanging;

} // namespace

/// Stands before the system's own in this program.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found)
{
    using Call = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const Call real = reinterpret_cast<Call>(dlsym(RTLD_NEXT, "getaddrinfo"));
    if (node != nullptr && std::strstr(node, ".hangs.test") != nullptr) {
        hanging.hold();
        return EAI_AGAIN;
    }
    return real(node, service, hints, found);
}

TEST_CASE("a name server that never answers holds up neither other names, nor addresses, nor the end [AC-E06]")
{
    const auto begin = std::chrono::steady_clock::now();
    {
        boost::asio::io_context context{1};
        for (int i = 0; i < 3; ++i) {
            try {
                (void)test::run(context, net::resolve_host("vault.hangs.test", 80, in(50ms)));
                FAIL_CHECK("nothing was thrown");
            } catch (const std::system_error& error) {
                CHECK(error.code() == Failure::timed_out);
            }
        }
        CHECK_FALSE(test::run(context, net::resolve_host("localhost", 80, in(10s))).empty());
        CHECK(test::run(context, net::resolve_host("192.0.2.7", 80, in(10s))).size() == 1);
    }
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    hanging.let_go();
    CHECK(hanging.asked == 1); // who asks again joins the look-up that is under way
}
