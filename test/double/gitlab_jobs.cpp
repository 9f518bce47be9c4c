#include "test/double/gitlab_state.h"
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <zlib.h>

namespace ysnp::test {

using nlohmann::json;
namespace asio = boost::asio;

namespace {

constexpr std::size_t largest_request = 32u << 10; // Workhorse

std::string crc_of(const std::string& bytes)
{
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    char text[16];
    std::snprintf(text, sizeof text, "crc32:%08lx", crc);
    return text;
}

/// The state by its name in Job-Status: a job that waits for its acknowledgement is still pending for GitLab.
std::string status_name(const FakeJob& job)
{
    return job.state == "waiting" || job.state == "queued" ? "pending" : job.state;
}

std::string interval_of(const GitlabState& state) { return std::to_string(state.options.trace_update_interval); }

Answer with_status(unsigned status, const GitlabState& state, const FakeJob& job)
{
    return {status,
            {{"Content-Type", "text/plain"},
             {"Job-Status", status_name(job)},
             {"X-GitLab-Trace-Update-Interval", interval_of(state)}},
            std::to_string(status)};
}

bool claims(const json& body, const char* feature)
{
    const json pointer = body.value(json::json_pointer("/info/features"), json::object());
    return pointer.is_object() && pointer.value(feature, false);
}

FakeJob* next_queued(GitlabState& state)
{
    for (const auto id : state.order)
        if (FakeJob* job = state.find(id); job && job->state == "queued") return job;
    return nullptr;
}

Answer hand_out(GitlabState& state, FakeJob& job, const json& body)
{
    job.state = state.options.two_phase && claims(body, "two_phase_job_commit") ? "waiting" : "running";
    job.system_id = body.value("system_id", "");
    state.graceful[job.id] = claims(body, "cancel_gracefully");
    Answer answer{201, {{"Content-Type", "application/json"}}, job.payload};
    state.notify();
    return answer;
}

/// What is wrong with a jobs/request, if anything is.
std::optional<Answer> refuse_request(GitlabState& state, const Recorded& request, const json& body)
{
    if (request.body.size() > largest_request) return Answer{413, {}, "too large"};
    if (!body.is_object() || !body.contains("token") || !body["token"].is_string())
        return json_answer(400, {{"error", "token is missing"}});
    if (!state.knows_runner(body["token"])) return json_answer(403, {{"message", "403 Forbidden"}});
    return std::nullopt;
}

bool has_token(const FakeJob& job, const Recorded& request) { return request.header("JOB-TOKEN") == job.token; }

/// Two updates of a job that the server accepts: the acknowledgement phase and the running one.
Answer update_waiting(GitlabState& state, FakeJob& job, const std::string& wanted)
{
    if (wanted == "success" || wanted == "failed") return with_status(400, state, job);
    if (wanted == "running") job.state = "running";
    return with_status(200, state, job);
}

void keep_output(FakeJob& job, const json& body)
{
    const json output = body.value("output", json::object());
    if (output.contains("checksum")) job.checksum = output["checksum"];
    if (output.contains("bytesize")) job.bytesize = output["bytesize"].get<std::uint64_t>();
}

Answer update_running(GitlabState& state, FakeJob& job, const std::string& wanted, const json& body)
{
    if (wanted == "pending") return with_status(400, state, job);
    keep_output(job, body);
    if (wanted == "running") return with_status(200, state, job);
    if (job.pending_final > 0) {
        --job.pending_final;
        return with_status(202, state, job);
    }
    job.failure_reason = wanted == "failed" ? body.value("failure_reason", "unknown_failure") : "";
    if (body.contains("exit_code")) job.exit_code = body["exit_code"].get<int>();
    job.state = job.state == "canceling" ? "canceled" : wanted;
    return with_status(200, state, job);
}

std::optional<std::uint64_t> first_byte(std::string_view range)
{
    std::uint64_t first = 0;
    const auto dash = range.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto [end, error] = std::from_chars(range.data(), range.data() + dash, first);
    if (error != std::errc() || end != range.data() + dash) return std::nullopt;
    return first;
}

Answer trace_answer(unsigned status, const GitlabState& state, const FakeJob& job)
{
    Answer answer = with_status(status, state, job);
    answer.headers.push_back({"Range", "0-" + std::to_string(job.trace.size())});
    return answer;
}

} // namespace

bool FakeJob::trace_matches() const
{
    const bool size_fits = bytesize ? *bytesize == trace.size() : trace.empty();
    return size_fits && checksum == crc_of(trace);
}

asio::awaitable<Answer> request_job(GitlabState& state, const Recorded& request)
{
    const json body = json::parse(request.body, nullptr, false);
    if (auto refusal = refuse_request(state, request, body)) co_return *refusal;
    if (body.contains("info")) state.info = body["info"].dump();
    const std::string current = std::to_string(state.queue_version);
    const bool polls = body.value("last_update", "") == current && state.options.long_poll.count() > 0;
    if (polls) {
        // Workhorse: 204 without the header, on a change as on its time-out.
        const Deadline until = in(state.options.long_poll);
        bool same = true;
        while (same && std::chrono::steady_clock::now() < until) {
            co_await state.changed.wait(until);
            same = std::to_string(state.queue_version) == current;
        }
        co_return Answer{204, {{"Gitlab-Ci-Builds-Polling", "yes"}}, {}};
    }
    if (body.value("last_update", "") == current) co_return Answer{204, {{"X-GitLab-Last-Update", current}}, {}};
    if (FakeJob* job = next_queued(state)) co_return hand_out(state, *job, body);
    co_return Answer{204, {{"X-GitLab-Last-Update", current}}, {}};
}

Answer update_job(GitlabState& state, std::uint64_t id, const Recorded& request)
{
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains("token")) return json_answer(400, {{"error", "token is missing"}});
    FakeJob* job = state.find(id);
    if (!job) return json_answer(404, {{"message", "404 Not Found"}});
    if (body["token"] != job->token || !has_token(*job, request))
        return json_answer(403, {{"message", "403 Forbidden"}});
    if (job->finished() || job->state == "queued") return with_status(403, state, *job);
    const std::string wanted = body.value("state", "");
    static const std::vector<std::string> known{"pending", "running", "success", "failed"};
    if (std::find(known.begin(), known.end(), wanted) == known.end()) return with_status(400, state, *job);
    job->updates.push_back(wanted);
    Answer answer =
        job->state == "waiting" ? update_waiting(state, *job, wanted) : update_running(state, *job, wanted, body);
    state.notify();
    return answer;
}

Answer append_trace(GitlabState& state, std::uint64_t id, const Recorded& request)
{
    FakeJob* job = state.find(id);
    if (!job) return json_answer(404, {{"message", "404 Not Found"}});
    if (!has_token(*job, request)) return json_answer(403, {{"message", "403 Forbidden"}});
    if (job->state != "running" && job->state != "canceling") return with_status(403, state, *job);
    const auto first = first_byte(request.header("Content-Range"));
    if (!first) return json_answer(400, {{"error", "Missing header Content-Range"}});
    // As in GitLab: bytes are appended only where they continue the trace, and the answer depends on whether the trace
    // now ends where the request's bytes do.
    if (*first == 0 && job->trace.empty())
        job->debug_trace = request.target.find("debug_trace=true") != std::string::npos;
    const std::uint64_t end = *first + request.body.size();
    if (*first == job->trace.size()) job->trace += request.body;
    ++job->patches;
    state.notify();
    return trace_answer(job->trace.size() == end ? 202 : 416, state, *job);
}

} // namespace ysnp::test
