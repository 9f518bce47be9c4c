#include "test/double/fake_gitlab.h"
#include "test/double/git_backend.h"
#include "test/double/gitlab_state.h"
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace ysnp::test {

namespace asio = boost::asio;

struct FakeGitlab::Impl {
    Impl(asio::any_io_executor executor, FakeGitlabOptions options) : state(executor, std::move(options)) {}

    GitlabState state;
    std::optional<HttpServer> server;

    asio::awaitable<void> handle(Peer& peer, const Recorded& request);
    asio::awaitable<void> serve(Peer& peer, const Recorded& request, const Fault& fault);
    asio::awaitable<Answer> route(const Recorded& request);
};

namespace {

bool is_git(const Recorded& request)
{
    const auto path = request.path();
    if (path.find(".git/") == std::string_view::npos) return false;
    return path.ends_with("/info/refs") || path.ends_with("/git-upload-pack") || path.ends_with("/git-receive-pack");
}

/// "/api/v4/jobs/90001/trace" → 90001 and "trace".
std::optional<std::pair<std::uint64_t, std::string>> job_of(std::string_view path)
{
    constexpr std::string_view prefix = "/api/v4/jobs/";
    if (!path.starts_with(prefix)) return std::nullopt;
    path.remove_prefix(prefix.size());
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), id);
    if (error != std::errc()) return std::nullopt;
    path.remove_prefix(static_cast<std::size_t>(end - path.data()));
    return std::pair(id, std::string(path.empty() ? path : path.substr(1)));
}

void replace_header(std::vector<net::Header>& headers, const net::Header& with)
{
    std::erase_if(headers, [&](const net::Header& header) { return header.name == with.name; });
    headers.push_back(with);
}

/// What a fault makes of the real answer.
void apply(const Fault& fault, Answer& answer)
{
    if (fault.status) {
        answer = Answer{*fault.status, fault.headers, fault.body};
        return;
    }
    for (const auto& header : fault.headers) replace_header(answer.headers, header);
    if (fault.replace_body) answer.body = fault.body;
}

asio::awaitable<void> send_raw(Peer& peer, const Fault& fault)
{
    if (fault.trickle.count() == 0) co_return co_await peer.send(fault.raw);
    for (const char& byte : fault.raw) {
        co_await peer.send({&byte, 1});
        co_await sleep_until(in(fault.trickle));
    }
}

asio::awaitable<void> send_huge(Peer& peer, std::uint64_t size)
{
    const std::string block(1u << 16, '\0');
    co_await peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::uint64_t sent = 0; sent < size; sent += block.size()) co_await peer.send(chunk(block));
    co_await peer.send(chunk(""));
}

} // namespace

std::uint64_t GitlabState::add_job(FakeJob job)
{
    const std::uint64_t id = job.id;
    next_id = std::max(next_id, id + 1);
    jobs[id] = std::move(job);
    order.push_back(id);
    ++queue_version;
    notify();
    return id;
}

void GitlabState::cancel(std::uint64_t id, bool force)
{
    FakeJob* job = find(id);
    if (!job || job->finished()) return;
    const bool gracefully = !force && graceful[id] && (job->state == "running" || job->state == "waiting");
    job->state = gracefully ? "canceling" : "canceled";
    notify();
}

std::uint64_t enqueue_spec(GitlabState& state, PayloadSpec spec)
{
    if (spec.id == 0) spec.id = state.next_id++;
    if (spec.token.empty()) spec.token = "glcbt-FAKEHEADER.FAKECLAIMS_" + std::to_string(spec.id) + ".FAKESIGNATURE";
    if (spec.server_url.empty()) spec.server_url = state.url;
    if (spec.repository.empty() && state.options.repositories.contains(spec.project_path))
        spec.repository = state.options.repositories.at(spec.project_path);
    FakeJob job;
    job.id = spec.id;
    job.token = spec.token;
    job.payload = make_payload(spec);
    job.project_path = spec.project_path;
    return state.add_job(std::move(job));
}

asio::awaitable<Answer> FakeGitlab::Impl::route(const Recorded& request)
{
    const auto path = request.path();
    const auto is = [&](const char* method, std::string_view at) { return request.method == method && path == at; };
    if (state.options.control && path.starts_with("/_control/")) co_return co_await control(state, *server, request);
    if (is("POST", "/api/v4/runners")) co_return register_runner(state, request);
    if (is("POST", "/api/v4/runners/verify")) co_return verify_runner(state, request);
    if (is("DELETE", "/api/v4/runners")) co_return unregister_runner(state, request);
    if (is("DELETE", "/api/v4/runners/managers")) co_return unregister_manager(state, request);
    if (is("POST", "/api/v4/runners/reset_authentication_token")) co_return reset_token(state, request);
    if (is("POST", "/api/v4/jobs/request")) co_return co_await request_job(state, request);
    if (const auto job = job_of(path)) {
        if (request.method == "PUT" && job->second.empty()) co_return update_job(state, job->first, request);
        if (request.method == "PATCH" && job->second == "trace") co_return append_trace(state, job->first, request);
    }
    co_return json_answer(404, {{"error", "404 Not Found"}});
}

asio::awaitable<void> FakeGitlab::Impl::serve(Peer& peer, const Recorded& request, const Fault& fault)
{
    if (is_git(request) && !fault.status) {
        const GitAccess access = git_access(state, request);
        if (!access.refusal) {
            co_await serve_git(peer, request, access.repository, access.path);
            co_return;
        }
        co_await peer.send(reply(access.refusal->status, access.refusal->body, access.refusal->headers));
        co_return;
    }
    Answer answer;
    if (!fault.status) answer = co_await route(request);
    apply(fault, answer);
    const std::string bytes = reply(answer.status, answer.body, answer.headers);
    if (fault.cut == Fault::Cut::none) {
        co_await peer.send(bytes);
        co_return;
    }
    if (fault.cut == Fault::Cut::inside_reply) co_await peer.send(std::string_view(bytes).substr(0, bytes.size() / 2));
    peer.close();
}

asio::awaitable<void> FakeGitlab::Impl::handle(Peer& peer, const Recorded& request)
{
    std::optional<Fault> fault;
    if (!request.path().starts_with("/_control/")) fault = state.faults.take(request.method, request.path());
    if (!fault) fault.emplace();
    if (fault->delay.count() > 0) co_await sleep_until(in(fault->delay));
    if (fault->cut == Fault::Cut::before_request) {
        peer.close();
        co_return;
    }
    if (!fault->raw.empty()) {
        co_await send_raw(peer, *fault);
        peer.close();
        co_return;
    }
    if (fault->huge_body > 0) {
        co_await send_huge(peer, fault->huge_body);
        co_return;
    }
    co_await serve(peer, request, *fault);
}

FakeGitlab::FakeGitlab(asio::any_io_executor executor, FakeGitlabOptions options)
    : impl_(std::make_shared<Impl>(executor, std::move(options)))
{
    ServerOptions server = impl_->state.options.server;
    server.stream_body = is_git;
    // The server's connections own the handler, and with it what they work on, until the last of them has ended.
    const Handler handler = [impl = std::weak_ptr(impl_)](Peer& peer,
                                                          const Recorded& request) -> asio::awaitable<void> {
        if (const auto alive = impl.lock()) co_await alive->handle(peer, request);
    };
    impl_->server.emplace(executor, handler, std::move(server));
    impl_->state.url = impl_->server->url();
}

FakeGitlab::~FakeGitlab() { stop(); }

void FakeGitlab::stop() { impl_->server->stop(); }
std::string FakeGitlab::url() const { return impl_->state.url; }
net::Origin FakeGitlab::origin() const { return impl_->server->origin(); }
HttpServer& FakeGitlab::server() noexcept { return *impl_->server; }
std::uint64_t FakeGitlab::enqueue(PayloadSpec spec) { return enqueue_spec(impl_->state, std::move(spec)); }

std::uint64_t FakeGitlab::enqueue_raw(std::string payload, std::string project_path)
{
    const auto parsed = nlohmann::json::parse(payload);
    FakeJob job;
    job.id = parsed.at("id");
    job.token = parsed.at("token");
    job.payload = std::move(payload);
    job.project_path = std::move(project_path);
    return impl_->state.add_job(std::move(job));
}

void FakeGitlab::cancel(std::uint64_t id) { impl_->state.cancel(id, false); }
void FakeGitlab::force_cancel(std::uint64_t id) { impl_->state.cancel(id, true); }
FakeJob& FakeGitlab::job(std::uint64_t id) { return impl_->state.jobs.at(id); }
const std::vector<std::uint64_t>& FakeGitlab::jobs() const noexcept { return impl_->state.order; }

asio::awaitable<bool> FakeGitlab::until(std::uint64_t id, std::function<bool(const FakeJob&)> holds, Deadline deadline)
{
    const auto impl = impl_;
    while (!holds(impl->state.jobs.at(id))) {
        if (std::chrono::steady_clock::now() >= deadline) co_return false;
        co_await impl->state.changed.wait(deadline);
    }
    co_return true;
}

asio::awaitable<bool> FakeGitlab::finished(std::uint64_t id, Deadline deadline)
{
    return until(
        id, [](const FakeJob& job) { return job.finished(); }, deadline);
}

void FakeGitlab::add_fault(Fault fault) { impl_->state.faults.add(std::move(fault)); }
void FakeGitlab::clear_faults() { impl_->state.faults.clear(); }
const std::vector<std::string>& FakeGitlab::runner_tokens() const noexcept { return impl_->state.runner_tokens; }
const std::string& FakeGitlab::info() const noexcept { return impl_->state.info; }

} // namespace ysnp::test
