#pragma once
#include "net/failure.h"
#include "net/task_group.h"
#include "net/wait.h"
#include "test/double/fake_vault.h"
#include "test/double/run.h"
#include "vault/client.h"
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <functional>

namespace ysnp::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

inline vault::ReadSecret gives(std::string text)
{
    return [text] { return Secret(text); };
}

/// Options of a client that logs in by AppRole.
inline vault::Options options_for(const std::string& url)
{
    vault::Options options;
    options.address = url;
    options.mount = "cicd";
    options.auth.mount = "approle";
    options.auth.role_id = gives("role-id-of-runner");
    options.auth.secret_id = gives("secret-id-of-runner");
    options.auth.described = "the AppRole of /etc/role";
    options.timeout = 10s;
    options.attempts = 2;
    options.first_pause = 1ms;
    return options;
}

/// A fake and a client of it, for one coroutine.
struct Pair {
    explicit Pair(asio::any_io_executor executor, FakeVaultOptions fake_options = {},
                  const std::function<void(vault::Options&)>& adjust = {})
        : fake(executor, std::move(fake_options)), client(executor, adjusted(options_for(fake.url()), adjust))
    {
    }
    static vault::Options adjusted(vault::Options options, const std::function<void(vault::Options&)>& adjust)
    {
        if (adjust) adjust(options);
        return options;
    }
    FakeVault fake;
    vault::Client client;
};

inline Deadline soon() { return in(20s); }

/// The Fault that leaves a task; none: the test fails.
template <class T>
asio::awaitable<vault::Fault> fault_of(asio::awaitable<T> task)
{
    try {
        co_await std::move(task);
    } catch (const vault::Fault& fault) {
        UNSCOPED_INFO(fault.what() << " -> " << fault.remedy());
        CHECK_FALSE(fault.remedy().empty());
        co_return fault;
    }
    FAIL_CHECK("nothing was thrown");
    co_return vault::Fault({}, "", "", "", "");
}

/// Options for each way to log in at the fake.
inline vault::Options login_by(vault::Auth::Method method, const std::string& url)
{
    vault::Options options = options_for(url);
    options.auth.method = method;
    if (method == vault::Auth::Method::jwt) {
        options.auth.mount = "jwt";
        options.auth.role = "runner";
        options.auth.token = gives("header.payload.signature");
    }
    if (method == vault::Auth::Method::userpass) {
        options.auth.mount = "userpass";
        options.auth.role = "alice";
        options.auth.secret_id = gives("correct horse");
    }
    if (method == vault::Auth::Method::cert) {
        options.auth.mount = "cert";
        options.auth.role = "runner";
    }
    return options;
}

} // namespace ysnp::test
