#pragma once
#include "gitlab-api/failure_reason.h"
#include "gitlab-api/job_reply.h"
#include "gitlab-api/runner_identity.h"
#include "net/deadline.h"
#include "net/http.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace ysnp::gitlab {

/// GitLab said no to a call of an operator. code() is that of the status; text() is one sentence that says what was
/// asked, what GitLab answered and what to do. Holds no credential.
class ApiError : public std::system_error {
public:
    ApiError(unsigned status, std::string text);
    unsigned status() const noexcept { return status_; }
    const std::string& text() const noexcept { return text_; }

private:
    unsigned status_;
    std::string text_;
};

/// POST /api/v4/runners with a registration token (deprecated by GitLab). Absent fields are not sent.
struct Registration {
    std::string description;
    std::string maintenance_note;
    std::vector<std::string> tags;
    bool run_untagged = true; ///< forced when there are no tags
    bool locked = true;
    bool paused = false;
    std::string access_level; ///< "", "not_protected" or "ref_protected"
    std::chrono::seconds maximum_timeout{0};
};

struct RunnerCredentials {
    std::int64_t id = 0; ///< 0: a very old GitLab that does not tell
    Secret token;
    std::optional<std::chrono::sys_seconds> expires; ///< nothing: never
};

enum class Verdict {
    alive,
    invalid,    ///< 400, 403, 422: unknown, removed, expired, orphaned. Only this may remove an entry
    unverified, ///< anything else: keep the entry
};
struct Verification {
    Verdict verdict = Verdict::unverified;
    RunnerCredentials runner; ///< when alive
    std::string message;      ///< why not alive
};

enum class JobState { pending, running, success, failed };

struct JobUpdate {
    JobState state = JobState::running;
    std::optional<std::string> failure_reason; ///< reason_for(...); with failed only
    int exit_code = 0;                         ///< sent with failed, when not 0
    std::optional<std::string> checksum;       ///< "crc32:363a3020"
    std::uint64_t size = 0;                    ///< bytes of the final trace
};

struct ClientOptions {
    std::string url; ///< as configured: trailing '/' and one "/ci" are dropped; a relative root is kept
    net::TlsOptions tls;
    net::ProxyOptions proxy;
    net::RetryOptions retry; ///< statuses only; what transport errors mean is the caller's to decide
    std::chrono::seconds connection_max_age{15 * 60}; ///< of kept-alive connections; 0: none is kept
    RunnerIdentity identity;
    std::string system_id;
};

/// The runner's side of GitLab's API (https://docs.gitlab.com/api/runners, lib/api/ci/runner.rb). Every token goes to
/// the configured origin only. Transport failures throw system_error with net's conditions; cancelling closes the
/// call's connection and leaves nothing. References to secrets must outlive the call.
class Client {
public:
    /// Throws (Failure::invalid) on an unusable URL.
    Client(boost::asio::any_io_executor executor, ClientOptions options);
    ~Client();
    Client(Client&&) noexcept;

    /// Throws ApiError.
    boost::asio::awaitable<RunnerCredentials> register_runner(const Secret& token, Registration what, Deadline until);
    boost::asio::awaitable<Verification> verify(const Secret& token, Deadline until);
    /// Legacy tokens: deletes the runner. Throws ApiError.
    boost::asio::awaitable<void> unregister_runner(const Secret& token, Deadline until);
    /// `glrt-` tokens: removes this machine only; false when it was already gone. Throws ApiError.
    boost::asio::awaitable<bool> unregister_manager(const Secret& token, Deadline until);
    /// The old token dies at once: save the new one before anything else. Throws ApiError.
    boost::asio::awaitable<RunnerCredentials> reset_token(const Secret& token, Deadline until);
    boost::asio::awaitable<RunnerCredentials> reset_token(std::int64_t id, const Secret& access_token, Deadline until);

    /// May hang for a minute (long polling). `last_update` is the newest value seen for this token, or empty.
    boost::asio::awaitable<JobReply> request_job(const Secret& token, std::string last_update, Deadline until);
    boost::asio::awaitable<UpdateReply> update_job(std::int64_t id, const Secret& job_token, JobUpdate update,
                                                   Deadline until);
    /// `bytes` (not empty) start at `offset` of the trace. `debug` counts at offset 0 only.
    boost::asio::awaitable<PatchReply> patch_trace(std::int64_t id, const Secret& job_token, std::string bytes,
                                                   std::uint64_t offset, bool debug, Deadline until);

    const net::Origin& origin() const noexcept;
    /// "https://gitlab.example.com/gitlab": what repo_url must begin with; no trailing '/'.
    const std::string& base_url() const noexcept;
    /// PEM for CI_SERVER_TLS_CA_FILE: the configured CA file as it is, else the chain of the newest connection.
    std::string ca_chain() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::gitlab
