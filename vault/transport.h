#pragma once
#include "net/http.h"
#include "vault/options.h"
#include "vault/reply.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace ysnp::vault {

/// One request to Vault.
struct Call {
    std::string method;
    std::string target;
    std::string body = {};
    Question question;
    std::size_t max_body = 1u << 20;
    Secret secret_body = {}; ///< instead of body, where it is not empty
};

/// The connection to Vault: requests in, replies of any status out. What the connection throws becomes a Fault; a
/// cancellation stays what it is.
class Transport {
public:
    /// Throws Fault (Failure::invalid) for options that cannot be used.
    Transport(boost::asio::any_io_executor executor, Options options);

    const Options& options() const noexcept { return options_; }
    /// A GET that found nobody there is sent once more.
    boost::asio::awaitable<net::Response> send(const Call& call, const Secret* token, Deadline until);

private:
    boost::asio::awaitable<net::Response> attempt(const Call& call, const Secret* token, Deadline until);

    Options options_;
    net::Client http_;
};

} // namespace ysnp::vault
