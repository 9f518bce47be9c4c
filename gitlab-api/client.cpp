#include "gitlab-api/client.h"
#include "gitlab-api/api_url.h"
#include "gitlab-api/payload_error.h"
#include "gitlab-api/reply_text.h"
#include "gitlab-api/request_body.h"
#include "gitlab-api/request_id.h"
#include "gitlab-api/tls_watch.h"
#include "net/failure.h"
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace ysnp::gitlab {
namespace {

using boost::asio::awaitable;

std::string refusal_text(std::string_view asked, const net::Response& response, std::string_view remedy)
{
    const auto words = explain(response);
    return fmt::format("{}: GitLab answered {}{}{}{}", asked, response.status,
                       words.empty() ? "" : " \"" + words + "\"", remedy.empty() ? "" : ": ", remedy);
}

std::string_view register_remedy(unsigned status)
{
    switch (status) {
    case 400:
        return "correct what it names";
    case 403:
        return "check the registration token";
    case 410:
        return "registration tokens are switched off here: create the runner in GitLab and use its glrt- token";
    default:
        return "try again later";
    }
}

bool is_redirect(unsigned status) { return status >= 300 && status < 400; }

constexpr std::string_view redirect_remedy = "the server redirects: set the URL to where GitLab really is (https://…)";

} // namespace

ApiError::ApiError(unsigned status, std::string text)
    : std::system_error(http_status_code(status), text), status_(status), text_(std::move(text))
{
}

struct Client::Impl {
    Impl(boost::asio::any_io_executor on, ClientOptions given)
        : executor(std::move(on)), options(std::move(given)), url(parse_api_url(options.url)),
          info(info_json(options.identity)), agent(user_agent(options.identity)), watch(options.tls), http(connect())
    {
    }

    std::shared_ptr<net::Client> connect() const
    {
        net::ClientOptions settings;
        settings.origin = url.origin;
        settings.tls = options.tls;
        settings.proxy = options.proxy;
        settings.retry = options.retry;
        settings.connection_max_age = options.connection_max_age;
        settings.user_agent = agent;
        return std::make_shared<net::Client>(executor, std::move(settings));
    }

    net::Request request(std::string method, std::string_view path) const
    {
        net::Request request;
        request.method = std::move(method);
        request.target = url.path(path);
        request.headers.push_back({"X-Request-Id", new_request_id()});
        return request;
    }

    net::Request json_request(std::string method, std::string_view path, std::string body) const
    {
        auto made = request(std::move(method), path);
        made.headers.push_back({"Content-Type", "application/json"});
        made.body = std::move(body);
        return made;
    }

    /// A call that wants a JSON reply and carries the runner's token in header and body.
    net::Request runner_request(std::string method, std::string_view path, const Secret& token, std::string body) const
    {
        auto made = json_request(std::move(method), path, std::move(body));
        made.headers.push_back({"Accept", "application/json"});
        made.credentials.emplace_back("RUNNER-TOKEN", &token);
        return made;
    }

    awaitable<net::Response> send(net::Request made, Deadline until)
    {
        if (watch.changed()) http = connect();
        const auto mine = http; // a call outlives a change of certificates: it ends on the client that it began on
        auto response = co_await mine->send(std::move(made), until);
        was_retried = mine->was_retried();
        co_return response;
    }

    /// For the operator's calls: a refused redirect becomes a sentence that names the URL.
    awaitable<net::Response> ask(std::string_view what, net::Request made, Deadline until)
    {
        bool redirected = false;
        net::Response response;
        try {
            response = co_await send(std::move(made), until);
        } catch (const std::system_error& error) {
            if (error.code() != make_error_code(Error::redirect_refused)) throw;
            redirected = true;
        }
        if (redirected || is_redirect(response.status))
            throw ApiError(redirected ? 302 : response.status, fmt::format("{}: {}", what, redirect_remedy));
        co_return response;
    }

    boost::asio::any_io_executor executor;
    ClientOptions options;
    ApiUrl url;
    std::string info;
    std::string agent;
    TlsWatch watch;
    std::shared_ptr<net::Client> http; // shared with the calls under way while a new one takes its place
    bool was_retried = false;
};

Client::Client(boost::asio::any_io_executor executor, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options)))
{
}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

const net::Origin& Client::origin() const noexcept { return impl_->url.origin; }
const std::string& Client::base_url() const noexcept { return impl_->url.base; }

std::string Client::ca_chain() const
{
    if (impl_->options.tls.ca_file.empty()) return impl_->http->peer_chain();
    std::ifstream file(impl_->options.tls.ca_file, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

awaitable<RunnerCredentials> Client::register_runner(const Secret& token, Registration what, Deadline until)
{
    auto made = impl_->runner_request("POST", "/runners", token, registration_body(token, what));
    auto response = co_await impl_->ask("registering the runner", std::move(made), until);
    if (response.status != 201)
        throw ApiError(response.status,
                       refusal_text("registering the runner", response, register_remedy(response.status)));
    auto found = read_credentials(response);
    wipe(response.body);
    co_return found;
}

awaitable<Verification> Client::verify(const Secret& token, Deadline until)
{
    auto made = impl_->runner_request("POST", "/runners/verify", token,
                                      runner_body(token, impl_->options.system_id, impl_->info));
    auto response = co_await impl_->ask("verifying the runner", std::move(made), until);
    Verification result;
    if (response.ok()) {
        result.verdict = Verdict::alive;
        if (is_json(response)) result.runner = read_credentials(response); // very old servers answer plain text
        wipe(response.body);
    } else {
        const bool known = response.status == 400 || response.status == 403 || response.status == 422;
        result.verdict = known ? Verdict::invalid : Verdict::unverified;
        result.message =
            refusal_text("verifying the runner", response,
                         known ? "the token is unknown, expired, or its project is gone" : "the entry stays");
    }
    co_return result;
}

awaitable<void> Client::unregister_runner(const Secret& token, Deadline until)
{
    auto made = impl_->runner_request("DELETE", "/runners", token, runner_body(token, {}, {}));
    const auto response = co_await impl_->ask("unregistering the runner", std::move(made), until);
    if (response.status != 204)
        throw ApiError(response.status, refusal_text("unregistering the runner", response, "the entry stays"));
}

awaitable<bool> Client::unregister_manager(const Secret& token, Deadline until)
{
    auto made =
        impl_->runner_request("DELETE", "/runners/managers", token, runner_body(token, impl_->options.system_id, {}));
    const auto response = co_await impl_->ask("unregistering this machine", std::move(made), until);
    if (response.status == 404) co_return false;
    if (response.status != 204)
        throw ApiError(response.status, refusal_text("unregistering this machine", response, "the entry stays"));
    co_return true;
}

awaitable<RunnerCredentials> Client::reset_token(const Secret& token, Deadline until)
{
    auto made = impl_->runner_request("POST", "/runners/reset_authentication_token", token, runner_body(token, {}, {}));
    auto response = co_await impl_->ask("resetting the token", std::move(made), until);
    if (response.status != 201)
        throw ApiError(response.status,
                       refusal_text("resetting the token", response,
                                    response.status == 403
                                        ? "an expired token can be reset only with a personal access token"
                                        : "the old token stays in use"));
    auto found = read_credentials(response);
    wipe(response.body);
    co_return found;
}

awaitable<RunnerCredentials> Client::reset_token(std::int64_t id, const Secret& access_token, Deadline until)
{
    auto made = impl_->json_request("POST", fmt::format("/runners/{}/reset_authentication_token", id), "{}");
    made.headers.push_back({"Accept", "application/json"});
    made.credentials.emplace_back("PRIVATE-TOKEN", &access_token);
    auto response = co_await impl_->ask("resetting the token", std::move(made), until);
    if (response.status != 201)
        throw ApiError(response.status, refusal_text("resetting the token", response,
                                                     "check the access token (scope api) and the runner's id"));
    auto found = read_credentials(response);
    wipe(response.body);
    co_return found;
}

awaitable<JobReply> Client::request_job(const Secret& token, std::string last_update, Deadline until)
{
    auto made = impl_->runner_request("POST", "/jobs/request", token,
                                      runner_body(token, impl_->options.system_id, impl_->info, last_update));
    made.max_body = (16u << 20) + 1;
    const std::string own_id = made.headers.front().value;
    auto response = co_await impl_->send(std::move(made), until);
    auto reply = judge_job_reply(std::move(response));
    reply.retried = impl_->was_retried;
    if (reply.request_id.empty()) reply.request_id = own_id;
    co_return reply;
}

awaitable<UpdateReply> Client::update_job(std::int64_t id, const Secret& job_token, JobUpdate update, Deadline until)
{
    auto made = impl_->json_request("PUT", fmt::format("/jobs/{}", id), update_body(job_token, update, impl_->info));
    made.credentials.emplace_back("JOB-TOKEN", &job_token);
    const std::string own_id = made.headers.front().value;
    const auto response = co_await impl_->send(std::move(made), until);
    auto reply = judge_update(response);
    if (reply.request_id.empty()) reply.request_id = own_id;
    co_return reply;
}

awaitable<PatchReply> Client::patch_trace(std::int64_t id, const Secret& job_token, std::string bytes,
                                          std::uint64_t offset, bool debug, Deadline until)
{
    const std::size_t size = bytes.size();
    auto made = impl_->request("PATCH", fmt::format("/jobs/{}/trace?debug_trace={}", id, debug));
    made.headers.push_back({"Content-Type", "text/plain"});
    made.headers.push_back({"Content-Range", fmt::format("{}-{}", offset, offset + size - 1)});
    made.credentials.emplace_back("JOB-TOKEN", &job_token);
    made.body = std::move(bytes);
    const std::string own_id = made.headers.front().value;
    const auto response = co_await impl_->send(std::move(made), until);
    auto reply = judge_patch(response, offset, size);
    if (reply.request_id.empty()) reply.request_id = own_id;
    co_return reply;
}

} // namespace ysnp::gitlab
