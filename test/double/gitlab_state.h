#pragma once
#include "net/wait.h"
#include "test/double/fake_gitlab.h"
#include <boost/asio/any_io_executor.hpp>
#include <nlohmann/json_fwd.hpp>

namespace ysnp::test {

/// A reply that is not yet bytes.
struct Answer {
    unsigned status = 200;
    std::vector<net::Header> headers;
    std::string body;
};

/// All that the fake remembers; its endpoints are functions of it.
struct GitlabState {
    GitlabState(boost::asio::any_io_executor on, FakeGitlabOptions given)
        : executor(on), options(std::move(given)), runner_tokens(options.runner_tokens), changed(on)
    {
    }

    boost::asio::any_io_executor executor;
    FakeGitlabOptions options;
    std::string url;
    std::vector<std::string> runner_tokens;
    std::map<std::uint64_t, FakeJob> jobs;
    std::map<std::uint64_t, bool> graceful; // whether the runner that has the job cancels gracefully
    std::vector<std::uint64_t> order;
    Faults faults;
    std::string info;
    std::uint64_t queue_version = 1, next_id = 90001;
    std::vector<std::string> managers; // system ids seen
    Event changed;                     // pulsed after each change of a job or the queue

    /// Wakes everybody who waits for a change.
    void notify()
    {
        changed.set();
        changed.reset();
    }
    FakeJob* find(std::uint64_t id)
    {
        const auto found = jobs.find(id);
        return found == jobs.end() ? nullptr : &found->second;
    }
    bool knows_runner(const std::string& token) const;
    std::uint64_t add_job(FakeJob job);
    void cancel(std::uint64_t id, bool force);
};

Answer json_answer(unsigned status, const nlohmann::json& body);

// Sections 1.1 to 1.4 of the contract: register, verify, unregister, reset.
Answer register_runner(GitlabState& state, const Recorded& request);
Answer verify_runner(GitlabState& state, const Recorded& request);
Answer unregister_runner(GitlabState& state, const Recorded& request);
Answer unregister_manager(GitlabState& state, const Recorded& request);
Answer reset_token(GitlabState& state, const Recorded& request);
// Section 2: jobs/request, with its long poll.
boost::asio::awaitable<Answer> request_job(GitlabState& state, const Recorded& request);
// Sections 1.6 and 4.
Answer update_job(GitlabState& state, std::uint64_t id, const Recorded& request);
Answer append_trace(GitlabState& state, std::uint64_t id, const Recorded& request);
// /_control/
boost::asio::awaitable<Answer> control(GitlabState& state, HttpServer& server, const Recorded& request);
/// Fills in what the spec leaves open, and queues the job.
std::uint64_t enqueue_spec(GitlabState& state, PayloadSpec spec);
/// The repository that a git request is for, or the refusal to answer with.
struct GitAccess {
    std::filesystem::path repository;
    std::string path; // after ".git"
    std::optional<Answer> refusal;
};
GitAccess git_access(GitlabState& state, const Recorded& request);

} // namespace ysnp::test
