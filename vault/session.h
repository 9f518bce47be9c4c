#pragma once
#include "net/wait.h"
#include "vault/login.h"
#include "vault/transport.h"
#include <exception>

namespace ysnp::vault {

/// The connection and the login behind a Client. A token is got once for all who need one at the same time.
class Session {
public:
    Session(boost::asio::any_io_executor executor, Options options);

    const Options& options() const noexcept { return transport_.options(); }
    /// Sends with our token. A 403 is Vault's last word only where the token is still good: where it is not, logs in
    /// again, once, and repeats.
    boost::asio::awaitable<net::Response> send(Call call, Deadline until);
    /// Sends without a token.
    boost::asio::awaitable<net::Response> send_anonymously(Call call, Deadline until);
    /// A login that is good now. Shared: a newer one may replace it while requests with it are still on their way.
    boost::asio::awaitable<std::shared_ptr<const Login>> logged_in(Deadline until);
    /// Client::withdrawn.
    boost::asio::awaitable<std::optional<std::string>> withdrawn(Deadline until);
    /// Logs in with a credential that is not ours and gives that login back.
    boost::asio::awaitable<void> try_login(Auth auth, Deadline until);
    boost::asio::awaitable<void> keep();
    boost::asio::awaitable<void> revoke(Deadline until);

private:
    using Shared = std::shared_ptr<const Login>;
    boost::asio::awaitable<bool> still_good(Shared login, Deadline until);
    boost::asio::awaitable<Login> log_in(Deadline until);
    boost::asio::awaitable<Login> log_in_with(Auth auth, Secret unwrapped, Deadline until);
    boost::asio::awaitable<void> give_back(Secret token, Deadline until);
    boost::asio::awaitable<Login> take_token(Deadline until);
    boost::asio::awaitable<void> log_in_for_all(Deadline until);
    boost::asio::awaitable<void> renew(Shared login);
    boost::asio::awaitable<bool> refresh(Shared login);
    void replace(Shared login);
    void look_at_token();
    void warn(const std::string& text) const;

    Transport transport_;
    Shared login_;
    bool logging_in_ = false;
    bool cut_short_ = false; // Vault refused a token of ours before its lease ended, and we have had none since
    std::exception_ptr login_failure_; // of the login that just ended, for those who waited for it
    Event changed_;                    // login_ was replaced, or a login has ended
};

} // namespace ysnp::vault
