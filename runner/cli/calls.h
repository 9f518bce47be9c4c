#pragma once
#include "conf/config.h"
#include "gitlab-api/client.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>

namespace ysnp::cli {

/// The calls of one command: a loop of its own, driven call by call. SIGINT and SIGTERM cancel the running call, which
/// then throws (Failure::cancelled), so that the command can clean up; one that comes between two calls cancels the
/// next.
class Calls {
public:
    Calls();
    ~Calls();
    Calls(const Calls&) = delete;
    Calls& operator=(const Calls&) = delete;

    boost::asio::any_io_executor executor();
    /// Runs one call to its end and gives its result or rethrows.
    template <class T>
    T run(boost::asio::awaitable<T> call)
    {
        std::optional<T> result;
        auto keep = [](boost::asio::awaitable<T> inner, std::optional<T>& into) -> boost::asio::awaitable<void> {
            into.emplace(co_await std::move(inner));
        };
        run(keep(std::move(call), result));
        return std::move(*result);
    }
    void run(boost::asio::awaitable<void> call);
    /// From now on a signal no longer cancels: for the clean-up.
    void ignore_signals();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// How long one command's call may take, the retries of the lower layer included.
inline Deadline call_deadline() { return in(std::chrono::minutes(5)); }

/// A client for one GitLab with this host's identity.
gitlab::Client client_for(Calls& calls, const std::string& url, const net::TlsOptions& tls,
                          const std::string& system_id);

/// One sentence for whatever a call threw: ApiError's own text, else the code's message. Holds no source path.
std::string describe(const std::exception& error);

} // namespace ysnp::cli
