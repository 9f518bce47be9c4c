#include "test/double/gitlab_state.h"
#include <charconv>
#include <nlohmann/json.hpp>

namespace ysnp::test {

using nlohmann::json;
namespace asio = boost::asio;

namespace {

json described(const FakeJob& job)
{
    json out = {{"id", job.id},
                {"state", job.state},
                {"project_path", job.project_path},
                {"failure_reason", job.failure_reason},
                {"trace", job.trace},
                {"debug_trace", job.debug_trace},
                {"checksum", job.checksum},
                {"trace_matches", job.trace_matches()},
                {"system_id", job.system_id},
                {"updates", job.updates},
                {"patches", job.patches},
                {"token", job.token}};
    out["exit_code"] = job.exit_code ? json(*job.exit_code) : json(nullptr);
    out["bytesize"] = job.bytesize ? json(*job.bytesize) : json(nullptr);
    return out;
}

json described(const Recorded& request)
{
    json headers = json::object();
    for (const auto& header : request.headers) headers[header.name] = header.value;
    return {{"method", request.method}, {"target", request.target}, {"headers", headers}, {"body", request.body}};
}

template <class Value>
void read(const json& from, const char* key, Value& into)
{
    if (from.contains(key) && !from[key].is_null()) from[key].get_to(into);
}

PayloadSpec spec_of(const json& from)
{
    PayloadSpec spec;
    std::string repository;
    std::vector<std::string> entrypoint;
    read(from, "project_path", spec.project_path);
    read(from, "name", spec.name);
    read(from, "stage", spec.stage);
    read(from, "image", spec.image);
    read(from, "user", spec.user);
    read(from, "script", spec.script);
    read(from, "after_script", spec.after_script);
    read(from, "pre_get_sources", spec.pre_get_sources);
    read(from, "post_get_sources", spec.post_get_sources);
    read(from, "ref", spec.ref);
    read(from, "ref_type", spec.ref_type);
    read(from, "sha", spec.sha);
    read(from, "depth", spec.depth);
    read(from, "protected", spec.is_protected);
    read(from, "timeout", spec.timeout);
    read(from, "pipeline_id", spec.pipeline_id);
    read(from, "token_mask_prefixes", spec.token_mask_prefixes);
    read(from, "repository", repository);
    read(from, "entrypoint", entrypoint);
    spec.repository = repository;
    if (from.contains("entrypoint")) spec.entrypoint = entrypoint;
    for (const auto& item : from.value("variables", json::array()))
        spec.variables.push_back({item.at("key"), item.at("value"), item.value("public", true),
                                  item.value("masked", false), item.value("file", false), item.value("raw", false)});
    if (from.contains("patch")) spec.patch = from["patch"].dump();
    return spec;
}

Fault::Cut cut_of(const std::string& name)
{
    if (name.empty()) return Fault::Cut::none;
    if (name == "before_request") return Fault::Cut::before_request;
    if (name == "after_request") return Fault::Cut::after_request;
    if (name == "inside_reply") return Fault::Cut::inside_reply;
    throw std::invalid_argument("cut: before_request, after_request or inside_reply");
}

Fault fault_of(const json& from)
{
    Fault fault;
    read(from, "method", fault.method);
    read(from, "path", fault.path);
    read(from, "skip", fault.skip);
    read(from, "times", fault.times);
    read(from, "body", fault.body);
    read(from, "replace_body", fault.replace_body);
    read(from, "raw", fault.raw);
    read(from, "huge_body", fault.huge_body);
    fault.delay = std::chrono::milliseconds(from.value("delay_ms", 0));
    fault.trickle = std::chrono::milliseconds(from.value("trickle_ms", 0));
    fault.cut = cut_of(from.value("cut", ""));
    if (from.contains("status")) fault.status = from["status"].get<unsigned>();
    const json headers = from.value("headers", json::object());
    for (const auto& [name, value] : headers.items()) fault.headers.push_back({name, value});
    return fault;
}

Answer enqueue(GitlabState& state, const json& body)
{
    FakeJob job;
    if (body.contains("payload")) {
        job.payload = body["payload"].dump();
        job.id = body["payload"].at("id");
        job.token = body["payload"].at("token");
        job.project_path = body.value("project_path", std::string("acme/tools/hello"));
        return json_answer(201, {{"id", state.add_job(std::move(job))}});
    }
    return json_answer(201, {{"id", enqueue_spec(state, spec_of(body.value("spec", json::object())))}});
}

/// "/_control/jobs/90001/trace" → 90001 and "trace".
std::pair<std::uint64_t, std::string> job_path(std::string_view rest)
{
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), id);
    std::string_view tail(end, static_cast<std::size_t>(rest.data() + rest.size() - end));
    if (tail.starts_with('/')) tail.remove_prefix(1);
    return {error == std::errc() ? id : 0, std::string(tail)};
}

std::chrono::seconds wait_of(const Recorded& request)
{
    const auto mark = request.target.find("wait=");
    int seconds = 0;
    if (mark != std::string::npos)
        std::from_chars(request.target.data() + mark + 5, request.target.data() + request.target.size(), seconds);
    return std::chrono::seconds(seconds);
}

asio::awaitable<Answer> control_job(GitlabState& state, const Recorded& request, std::string_view rest)
{
    const auto [id, what] = job_path(rest);
    if (!state.find(id)) co_return json_answer(404, {{"error", "no such job"}});
    if (what == "cancel") {
        state.cancel(id, request.body.find("force") != std::string::npos);
        co_return json_answer(200, described(*state.find(id)));
    }
    if (what == "pending_final") {
        state.find(id)->pending_final = std::stoi(request.body);
        co_return json_answer(200, described(*state.find(id)));
    }
    const Deadline until = in(wait_of(request));
    while (!state.find(id)->finished() && std::chrono::steady_clock::now() < until) co_await state.changed.wait(until);
    if (what == "trace") co_return Answer{200, {{"Content-Type", "text/plain"}}, state.find(id)->trace};
    co_return json_answer(200, described(*state.find(id)));
}

Answer control_requests(HttpServer& server, const Recorded& request)
{
    if (request.method == "DELETE") {
        server.clear();
        return {204, {}, {}};
    }
    json out = json::array();
    for (const auto& recorded : server.requests())
        if (!recorded.path().starts_with("/_control/")) out.push_back(described(recorded));
    return {200, {{"Content-Type", "application/json"}}, out.dump(-1, ' ', false, json::error_handler_t::replace)};
}

} // namespace

asio::awaitable<Answer> control(GitlabState& state, HttpServer& server, const Recorded& request)
{
    const std::string_view path = request.path();
    try {
        if (path == "/_control/requests") co_return control_requests(server, request);
        if (path.starts_with("/_control/jobs/")) co_return co_await control_job(state, request, path.substr(15));
        const json body = request.body.empty() ? json::object() : json::parse(request.body);
        if (path == "/_control/jobs" && request.method == "POST") co_return enqueue(state, body);
        if (path == "/_control/faults" && request.method == "POST") {
            state.faults.add(fault_of(body));
            co_return Answer{204, {}, {}};
        }
        if (path == "/_control/faults" && request.method == "DELETE") {
            state.faults.clear();
            co_return Answer{204, {}, {}};
        }
        if (path == "/_control/state")
            co_return json_answer(200, {{"runner_tokens", state.runner_tokens}, {"jobs", state.order}});
    } catch (const std::exception& e) {
        co_return json_answer(400, {{"error", e.what()}});
    }
    co_return json_answer(404, {{"error", "no such control"}});
}

} // namespace ysnp::test
