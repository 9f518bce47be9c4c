#include "test/bench/site.h"
#include "test/bench/floor.h"
#include "test/bench/site_files.h"
#include <algorithm>
#include <stdexcept>

namespace ysnp::bench {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto patience = 10min;

static test::FakeGitlabOptions gitlab_options(const std::filesystem::path& repository)
{
    test::FakeGitlabOptions options;
    options.runner_tokens = {random_token()};
    options.long_poll = 50s;
    options.trace_update_interval = 1;
    options.repositories.emplace("acme/tools/hello", repository);
    return options;
}

Site::Site(asio::any_io_executor executor, EngineEvents& events, const std::string& socket, SiteOptions options)
    : events_(events), repository_(make_repository(folder_.path())),
      gitlab_(std::make_unique<test::FakeGitlab>(executor, gitlab_options(repository_)))
{
    options.token = gitlab_->runner_tokens().front();
    const Launch launch = options.foreign.empty() ? launch_ours(folder_.path(), gitlab_->url(), socket, options)
                                                  : launch_foreign(folder_.path(), gitlab_->url(), socket, options);
    runner_.emplace(launch.command, launch.environment, folder_ / "runner.log");
}

Site::~Site()
{
    runner_.reset(); // it ends by itself while GitLab still answers with nothing
    gitlab_->stop();
    std::filesystem::remove_all(runtime_folder(folder_.path()));
}

test::PayloadSpec Site::job(std::vector<std::string> script, Sources sources) const
{
    test::PayloadSpec spec;
    spec.script = std::move(script);
    spec.repository = repository_;
    if (sources == Sources::without) spec.variables.push_back({"GIT_STRATEGY", "none"});
    return spec;
}

asio::awaitable<void> Site::until(std::uint64_t id, std::function<bool(const test::FakeJob&)> holds)
{
    const Deadline limit = in(patience);
    for (bool held = false; !held;) {
        held = co_await gitlab_->until(id, holds, in(1s));
        if (!runner_->running()) throw std::runtime_error("the runner ended:\n" + runner_->log());
        if (!held && Clock::now() > limit)
            throw std::runtime_error("a job got stuck:\n" + gitlab_->job(id).trace + "\n" + runner_->log());
    }
}

void Site::require_success(std::uint64_t id) const
{
    const test::FakeJob& job = gitlab_->job(id);
    if (job.state != "success")
        throw std::runtime_error("a job ended as " + job.state + ":\n" + job.trace + "\n" + runner_->log());
}

static bool handed_out(const test::FakeJob& job) { return job.state != "queued"; }
static bool over(const test::FakeJob& job) { return job.finished(); }

asio::awaitable<JobTimes> Site::run_job(test::PayloadSpec spec)
{
    const std::uint64_t id = gitlab_->enqueue(std::move(spec));
    co_await until(id, handed_out);
    const auto begin = Clock::now();
    co_await until(id, over);
    JobTimes times;
    times.result_ms = since(begin);
    require_success(id);
    const bool gone = co_await events_.until_gone(id, in(patience));
    if (!gone) throw std::runtime_error("a container of a job remained");
    times.gone_ms = since(begin);
    co_return times;
}

asio::awaitable<double> Site::run_jobs(test::PayloadSpec spec, int count)
{
    std::vector<std::uint64_t> ids;
    for (int index = 0; index < count; ++index) ids.push_back(gitlab_->enqueue(spec));
    co_await until(ids.front(), handed_out);
    const auto begin = Clock::now();
    for (const std::uint64_t id : ids) {
        co_await until(id, over);
        require_success(id);
    }
    for (const std::uint64_t id : ids) {
        const bool gone = co_await events_.until_gone(id, in(patience));
        if (!gone) throw std::runtime_error("a container of a job remained");
    }
    co_return since(begin) / 1000;
}

asio::awaitable<std::uint64_t> Site::run_until(test::PayloadSpec spec, std::string text)
{
    const std::uint64_t id = gitlab_->enqueue(std::move(spec));
    co_await until(id, [text](const test::FakeJob& job) { return job.trace.find(text) != std::string::npos; });
    co_return id;
}

asio::awaitable<double> Site::cancel(std::uint64_t id)
{
    const auto begin = Clock::now();
    gitlab_->cancel(id);
    const bool gone = co_await events_.until_gone(id, in(patience));
    if (!gone) throw std::runtime_error("the container of a canceled job remained");
    const double took = since(begin);
    co_await until(id, over);
    co_return took;
}

const test::FakeJob& Site::last() const { return gitlab_->job(gitlab_->jobs().back()); }

int Site::running() const
{
    return static_cast<int>(std::ranges::count_if(
        gitlab_->jobs(), [this](std::uint64_t id) { return gitlab_->job(id).state == "running"; }));
}

} // namespace ysnp::bench
