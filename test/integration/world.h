#pragma once
#include "test/double/fake_gitlab.h"
#include "test/double/run.h"
#include "test/integration/engine.h"
#include "test/integration/program.h"
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

namespace ysnp::test {

/// How the runner of a world is configured; the rest is what a small site would write.
struct WorldOptions {
    bool learn = true; ///< gate.mode: learn; else enforce on the world's policy folder
    int concurrent = 4;
    std::string runner_yaml; ///< more keys of the runner entry, each line indented by four blanks
    std::string docker_yaml; ///< more keys of its `docker`, indented by six
    std::string global_yaml; ///< more keys of the file
    std::string gate_yaml;   ///< the whole `gate:`; empty: the world's policy folder is its store
    std::string network_mode = "none";
    std::vector<std::string> environment; ///< of the program: NAME=value
    std::string engine;                   ///< the Engine's socket for this runner; empty: the tests' own
    FakeGitlabOptions gitlab;
};

/// A GitLab with a repository, a runner's configuration and state, and the program that runs on them.
class World {
public:
    explicit World(WorldOptions options = {});
    ~World();

    FakeGitlab& gitlab() noexcept { return *gitlab_; }
    /// Where GitLab runs: other servers of a test may run beside it.
    boost::asio::any_io_executor executor() { return io_.get_executor(); }
    /// A bare repository with a few commits on main; the project of every job unless its spec says otherwise.
    const std::filesystem::path& repository() const noexcept { return repository_; }
    std::filesystem::path folder() const { return folder_.path(); }
    std::filesystem::path config() const { return folder_ / "config.yml"; }
    std::filesystem::path policy() const { return folder_ / "policy"; }
    std::filesystem::path audit() const { return folder_ / "log/audit.jsonl"; }
    std::filesystem::path state() const { return folder_ / "state"; }
    std::filesystem::path runtime() const;

    Daemon& start();
    /// The same unless it runs: one that runs is not taken away from its jobs.
    Daemon& keep_running();
    Daemon& runner() { return *runner_; }
    /// SIGQUIT and wait; the Engine then holds nothing of ours. Returns the exit code.
    int stop();

    /// A job of this world: busybox, no sources, what `spec` adds.
    PayloadSpec job(std::vector<std::string> script) const;
    /// The same with the repository's sources.
    PayloadSpec job_with_sources(std::vector<std::string> script) const;
    /// Queues it, starts the runner if it does not run, and waits for the end. Fails the test when it does not come.
    FakeJob finish(PayloadSpec spec, std::chrono::seconds limit = std::chrono::seconds(60));
    FakeJob finish(std::uint64_t id, std::chrono::seconds limit = std::chrono::seconds(60));
    /// Waits until it holds for the job; says whether it does.
    bool until(std::uint64_t id, std::function<bool(const FakeJob&)> holds,
               std::chrono::seconds limit = std::chrono::seconds(30));
    /// Lets GitLab work for a while, or until `done`.
    bool let(std::function<bool()> done, std::chrono::seconds limit);
    /// git in the repository's working clone: commits `files` and pushes; gives the commit.
    std::string commit(const std::string& shell_commands, const std::string& message = "change");
    std::filesystem::path clone() const { return folder_ / "clone"; }

private:
    void write_config();
    void make_repository();

    WorldOptions options_;
    TempDir folder_;
    boost::asio::io_context io_;
    std::filesystem::path repository_;
    std::unique_ptr<FakeGitlab> gitlab_;
    std::unique_ptr<Daemon> runner_;
};

/// The log without timestamps, section markers and colours: what a person reads.
std::string plain(const std::string& trace);

} // namespace ysnp::test
