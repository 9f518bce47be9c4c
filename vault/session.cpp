#include "vault/session.h"
#include "net/failure.h"
#include "vault/wrapped.h"
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>

namespace ysnp::vault {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

[[noreturn]] void refuse_login(const Question& question, const net::Response& response, const char* expected,
                               const char* remedy)
{
    const auto code = http_status_code(403);
    if (errors_of(response).empty()) throw Fault(code, question.asked, status_of(response), expected, remedy);
    throw LoginRefused(code, question.asked, status_of(response), expected, remedy);
}

} // namespace

Session::Session(asio::any_io_executor executor, Options options)
    : transport_(executor, std::move(options)), changed_(executor)
{
}

awaitable<net::Response> Session::send_anonymously(Call call, Deadline until)
{
    co_return co_await transport_.send(call, nullptr, until);
}

awaitable<net::Response> Session::send(Call call, Deadline until)
{
    for (int round = 1;; ++round) {
        const Shared login = co_await logged_in(until);
        net::Response response = co_await transport_.send(call, &login->token, until);
        if (response.status != 403 || round == 2) co_return response;
        const bool good = co_await still_good(login, until);
        if (good) co_return response;
        if (login_ == login) replace(nullptr);
    }
}

awaitable<bool> Session::still_good(Shared login, Deadline until)
{
    if (login_ != login) co_return false; // somebody has found out already
    const Call call{"GET", "/v1/auth/token/lookup-self", {}, {"asking whether our token is still good", {}}};
    const net::Response response = co_await transport_.send(call, &login->token, until);
    if (response.status != 200 && response.status != 403) fail(call.question, response);
    if (response.status == 200 || login_ != login) co_return response.status == 200;
    cut_short_ = login->usable(std::chrono::steady_clock::now()) && !errors_of(response).empty();
    co_return false;
}

awaitable<std::optional<std::string>> Session::withdrawn(Deadline until)
{
    const Shared login = login_;
    if (login && login->usable(std::chrono::steady_clock::now())) {
        const bool good = co_await still_good(login, until);
        if (good || login_ != login) co_return std::nullopt;
        replace(nullptr);
        if (!cut_short_) fail_reply({"asking whether our token is still good", {}}, "a 403", "one of Vault's own");
    }
    if (!cut_short_) co_return std::nullopt;
    try {
        co_await logged_in(until);
    } catch (const LoginRefused& refusal) {
        co_return refusal.found();
    }
    co_return std::nullopt;
}

void Session::replace(Shared login)
{
    login_ = std::move(login);
    if (login_) cut_short_ = false;
    changed_.set();
    changed_.reset();
}

void Session::warn(const std::string& text) const
{
    if (options().warn) options().warn(text);
}

/// A token file that has changed counts from now on.
void Session::look_at_token()
{
    if (options().auth.method != Auth::Method::token || !login_) return;
    const Secret now = read_credential(options().auth, options().auth.token, "token");
    if (now.reveal() != login_->token.reveal()) replace(nullptr);
}

awaitable<Session::Shared> Session::logged_in(Deadline until)
{
    look_at_token();
    bool waited = false;
    while (!login_ || !login_->usable(std::chrono::steady_clock::now())) {
        if (!logging_in_) {
            if (waited && login_failure_) std::rethrow_exception(login_failure_);
            co_await log_in_for_all(until);
            continue;
        }
        waited = true;
        const bool woken = co_await changed_.wait(until);
        if (!woken)
            throw Fault(make_error_code(Error::deadline_passed), "logging in", "no answer in time", "a login",
                        "look at Vault's load and at the network, then retry the job");
    }
    co_return login_;
}

/// Logs in while others wait. However that ends, they are woken; a failure is theirs too, unless only we gave up.
awaitable<void> Session::log_in_for_all(Deadline until)
{
    struct Done {
        Session& session;
        ~Done()
        {
            session.logging_in_ = false;
            session.changed_.set();
            session.changed_.reset();
        }
    };
    logging_in_ = true;
    login_failure_ = nullptr;
    const Done done{*this};
    try {
        Login fresh = co_await log_in(until);
        if (!fresh.usable(std::chrono::steady_clock::now()))
            fail_reply({"logging in with " + options().auth.described, {}},
                       "a token whose lease had ended when it came", "a longer token_ttl on its role");
        replace(std::make_shared<const Login>(std::move(fresh)));
    } catch (const Fault& fault) {
        const bool only_late = fault.code() == Failure::timed_out;
        if (!only_late) login_failure_ = std::current_exception();
        throw;
    }
}

awaitable<Login> Session::log_in(Deadline until)
{
    if (options().auth.method == Auth::Method::token) co_return co_await take_token(until);
    Secret unwrapped;
    if (options().auth.wrapped) unwrapped = co_await options().auth.wrapped->get(transport_, options().auth, until);
    co_return co_await log_in_with(options().auth, std::move(unwrapped), until);
}

awaitable<Login> Session::log_in_with(Auth auth, Secret unwrapped, Deadline until)
{
    const Question question{"logging in with " + auth.described, {}};
    LoginRequest request = login_request(auth, unwrapped);
    const Deadline asked_at = std::chrono::steady_clock::now();
    const Call call{.method = "POST",
                    .target = std::move(request.target),
                    .question = question,
                    .secret_body = std::move(request.body)};
    net::Response response = co_await transport_.send(call, nullptr, until);
    const bool no =
        response.status == 400 || response.status == 401 || response.status == 403 || response.status == 404;
    if (no)
        refuse_login(question, response, "a token",
                     "check the credential, the role and gate.vault.auth.mount; a secret id may have expired");
    co_return decode_login(question, std::move(response), asked_at);
}

awaitable<void> Session::try_login(Auth auth, Deadline until)
{
    Login login = co_await log_in_with(std::move(auth), Secret(), until);
    try {
        co_await give_back(std::move(login.token), until);
    } catch (const Fault& fault) {
        warn(std::string(fault.what()) + ": " + fault.remedy()); // its lease ends it
    }
}

awaitable<void> Session::give_back(Secret token, Deadline until)
{
    const Call call{"POST", "/v1/auth/token/revoke-self", "{}", {"giving a token back", {}}};
    const net::Response response = co_await transport_.send(call, &token, until);
    expect_success(call.question, response);
}

awaitable<Login> Session::take_token(Deadline until)
{
    const Question question{"using " + options().auth.described, {}};
    Login login;
    login.token = read_credential(options().auth, options().auth.token, "token");
    const Deadline asked_at = std::chrono::steady_clock::now();
    const Call call{"GET", "/v1/auth/token/lookup-self", {}, question};
    const net::Response response = co_await transport_.send(call, &login.token, until);
    if (response.status == 403)
        refuse_login(question, response, "a token that is good", "it has expired or was revoked: put a new one there");
    login.identity = decode_identity(question, response);
    set_times(login, asked_at);
    co_return login;
}

awaitable<void> Session::renew(Shared login)
{
    const Call call{"POST", "/v1/auth/token/renew-self", "{}", {"renewing our token", {}}};
    const Deadline asked_at = std::chrono::steady_clock::now();
    net::Response response = co_await transport_.send(call, &login->token, login->ends);
    Login renewed = decode_login(call.question, std::move(response), asked_at);
    if (renewed.identity.lease.count() == 0) fail_reply(call.question, "a lease of no time", "a longer lease");
    if (renewed.identity.lease * 2 < login->identity.lease) renewed.identity.renewable = false; // near its longest life
    renewed.token = login->token.copy();
    renewed.ours = login->ours;
    renewed.identity.display_name = login->identity.display_name;
    if (login_ == login) replace(std::make_shared<const Login>(std::move(renewed)));
}

/// Renews a login, or gets a new one where it cannot be renewed. False: it did not work.
awaitable<bool> Session::refresh(Shared login)
{
    bool denied = false;
    try {
        if (login->identity.renewable) {
            co_await renew(login);
        } else if (login->ours) {
            Login fresh = co_await log_in(login->ends);
            if (login_ == login) replace(std::make_shared<const Login>(std::move(fresh)));
        } else {
            warn(options().auth.described + " ends soon and cannot be renewed: put a new token there");
            co_return false;
        }
        co_return true;
    } catch (const Fault& fault) {
        warn(std::string(fault.what()) + ": " + fault.remedy());
        denied = fault.code() == Failure::denied && login_ == login;
    }
    if (!denied) co_return false;
    co_await still_good(login, in(options().timeout)); // for withdrawn()
    if (login_ == login) replace(nullptr);
    co_return false;
}

awaitable<void> Session::keep()
{
    constexpr std::chrono::seconds pause{30};
    constexpr std::chrono::milliseconds least{100}; // a lease may be shorter than a round trip
    for (;;) {
        Deadline next = in(pause);
        try {
            const Shared login = co_await logged_in(in(options().timeout));
            if (login->renew_at > std::chrono::steady_clock::now()) {
                next = login->renew_at;
            } else {
                const bool done = co_await refresh(login);
                if (done || login_ != login) next = in(least);
            }
        } catch (const Fault& fault) {
            warn(std::string(fault.what()) + ": " + fault.remedy());
        }
        co_await changed_.wait(next);
    }
}

awaitable<void> Session::revoke(Deadline until)
{
    const Shared login = std::exchange(login_, nullptr);
    if (!login || !login->ours) co_return;
    co_await give_back(login->token.copy(), until);
}

} // namespace ysnp::vault
