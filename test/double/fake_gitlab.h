#pragma once
#include "test/double/fault.h"
#include "test/double/http_server.h"
#include "test/double/payload.h"
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::test {

/// One job as the server knows it.
struct FakeJob {
    std::uint64_t id = 0;
    std::string token;
    std::string payload; // JSON text, as handed out
    std::string project_path;
    /// queued, waiting (handed out, not acknowledged), running, canceling, canceled, success, failed
    std::string state = "queued";
    std::string failure_reason;
    std::optional<int> exit_code;
    std::string trace;
    bool debug_trace = false;
    std::string checksum; // as the last update said, "crc32:363a3020"
    std::optional<std::uint64_t> bytesize;
    std::string system_id;
    std::vector<std::string> updates; // every state that the runner sent, in order
    unsigned patches = 0;
    int pending_final = 0; // so many final updates are answered with 202 first

    bool finished() const { return state == "success" || state == "failed" || state == "canceled"; }
    /// Whether checksum and bytesize of the last update fit the stored trace.
    bool trace_matches() const;
};

struct FakeGitlabOptions {
    ServerOptions server;
    std::vector<std::string> runner_tokens{"glrt-fake-runner-token"};
    std::string registration_token = "GR1348941-fake-registration";
    /// How long jobs/request hangs when the runner's last_update is current (Workhorse); 0 switches that off.
    std::chrono::milliseconds long_poll{0};
    int trace_update_interval = 3; // seconds, in the header of PATCH and PUT
    bool two_phase = true;         // the acknowledgement counts, for runners that claim it
    /// Bare repositories by project path, and a directory that holds <project path>.git for all others.
    std::map<std::string, std::filesystem::path> repositories;
    std::filesystem::path repositories_root;
    /// More passwords for git, with the project each is good for; job tokens count by themselves.
    std::map<std::string, std::string> git_tokens;
    bool control = false; // serve /_control/
};

/// GitLab as a runner sees it: the runner API, the trace protocol and git over smart HTTP. Strict where GitLab is.
class FakeGitlab {
public:
    FakeGitlab(boost::asio::any_io_executor executor, FakeGitlabOptions options = {});
    ~FakeGitlab();

    std::string url() const;
    net::Origin origin() const;
    HttpServer& server() noexcept; // its recorded requests

    /// Puts a job into the queue and returns its id; empty id, token and server_url are filled in.
    std::uint64_t enqueue(PayloadSpec spec);
    /// The same with a payload of the test's own (JSON text with id and token; anything else may be wrong).
    std::uint64_t enqueue_raw(std::string payload, std::string project_path = "acme/tools/hello");
    /// A user cancels: canceling where the runner said cancel_gracefully, else canceled.
    void cancel(std::uint64_t id);
    void force_cancel(std::uint64_t id);

    FakeJob& job(std::uint64_t id);
    const std::vector<std::uint64_t>& jobs() const noexcept;
    /// Waits until the predicate holds for the job (it is asked after each change) or the deadline; says whether it
    /// does.
    boost::asio::awaitable<bool> until(std::uint64_t id, std::function<bool(const FakeJob&)> holds, Deadline deadline);
    boost::asio::awaitable<bool> finished(std::uint64_t id, Deadline deadline);

    void add_fault(Fault fault);
    void clear_faults();
    const std::vector<std::string>& runner_tokens() const noexcept;
    /// What the runner said of itself in the newest verify or jobs/request: the `info` object, JSON text.
    const std::string& info() const noexcept;
    void stop();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared with requests that are being served
};

} // namespace ysnp::test
