#pragma once
#include "test/bench/engine_events.h"
#include "test/bench/runner_process.h"
#include "test/double/fake_gitlab.h"
#include "test/double/run.h"
#include <functional>
#include <memory>
#include <optional>

namespace ysnp::bench {

/// Which runner a site runs, and what of its configuration a measurement needs.
struct SiteOptions {
    std::string foreign; ///< path of a gitlab-runner; empty: ours
    std::string name = "bench-1";
    int concurrent = 4;
    std::string output_limit = "4MiB";
    std::string token; ///< its own, as runners of one token and host share what they own
};

struct JobTimes {
    double result_ms = 0; ///< from GitLab handing out the job to its having the final state
    double gone_ms = 0;   ///< until the Engine has no container of the job any more
};

/// A GitLab with a repository, and one runner that works for it. GitLab's own work happens on the bench's thread.
class Site {
public:
    Site(boost::asio::any_io_executor executor, EngineEvents& events, const std::string& socket, SiteOptions options);
    ~Site();

    enum class Sources { without, with };
    test::PayloadSpec job(std::vector<std::string> script, Sources sources = Sources::without) const;
    /// Runs one job to its end and until its containers are gone. Throws when it does not succeed.
    boost::asio::awaitable<JobTimes> run_job(test::PayloadSpec spec);
    /// Queues so many at once and waits for the end of all: seconds from the first one handed out until the Engine has
    /// no container of theirs.
    boost::asio::awaitable<double> run_jobs(test::PayloadSpec spec, int count);
    /// Queues a job and waits until its log holds the text.
    boost::asio::awaitable<std::uint64_t> run_until(test::PayloadSpec spec, std::string text);
    /// Cancels it: milliseconds until its containers are gone.
    boost::asio::awaitable<double> cancel(std::uint64_t id);

    /// Of the newest job, once it is over.
    const test::FakeJob& last() const;
    /// Jobs that run now, as GitLab knows.
    int running() const;
    pid_t pid() const { return runner_->pid(); }

private:
    boost::asio::awaitable<void> until(std::uint64_t id, std::function<bool(const test::FakeJob&)> holds);
    void require_success(std::uint64_t id) const;

    EngineEvents& events_;
    test::TempDir folder_;
    std::filesystem::path repository_;
    std::unique_ptr<test::FakeGitlab> gitlab_;
    std::optional<RunnerProcess> runner_;
};

} // namespace ysnp::bench
