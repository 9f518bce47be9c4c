#include "test/integration/world.h"
#include "test/double/process.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <random>
#include <regex>
#include <unistd.h>

namespace ysnp::test {
namespace {

using namespace std::chrono_literals;

std::string day_in(int days)
{
    const std::time_t then = std::time(nullptr) + days * 86400;
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&then));
    return text;
}

/// Tests may run beside each other on one Engine: the runner of each world is another one.
std::string random_token()
{
    static std::mt19937_64 random{std::random_device{}()};
    std::string token = "glrt-";
    while (token.size() < 29) token += "abcdefghijkmnpqrstuvwxyz23456789"[random() % 32];
    return token;
}

} // namespace

World::World(WorldOptions options) : options_(std::move(options)), io_(1), repository_(folder_ / "hello.git")
{
    make_images();
    make_repository();
    options_.gitlab.repositories.emplace("acme/tools/hello", repository_);
    options_.gitlab.trace_update_interval = 1;
    if (options_.gitlab.runner_tokens == FakeGitlabOptions{}.runner_tokens)
        options_.gitlab.runner_tokens = {random_token()};
    gitlab_ = std::make_unique<FakeGitlab>(io_.get_executor(), options_.gitlab);
    std::filesystem::create_directories(policy());
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all);
    write_config();
}

World::~World()
{
    if (runner_ && runner_->running()) {
        runner_->signal(SIGTERM);
        const auto until = std::chrono::steady_clock::now() + 40s;
        let([&] { return !runner_->running() || std::chrono::steady_clock::now() > until; }, 45s);
    }
    runner_.reset();
    gitlab_->stop();
    io_.restart();
    io_.run_for(100ms);
    std::filesystem::remove_all(runtime());
}

std::filesystem::path World::runtime() const { return std::filesystem::path("/dev/shm") / folder_.path().filename(); }

void World::make_repository()
{
    const std::filesystem::path work = clone();
    std::filesystem::create_directories(work);
    git(folder_.path(), {"init", "-q", "--bare", "-b", "main", repository_.string()});
    git(work, {"init", "-q", "-b", "main", "."});
    git(work, {"remote", "add", "origin", repository_.string()});
    commit("echo hello > README.md; mkdir dir; echo nested > dir/file; printf '#!/bin/sh\\necho tool\\n' > tool; chmod "
           "+x tool",
           "first");
    commit("echo two >> README.md", "second");
}

std::string World::commit(const std::string& shell_commands, const std::string& message)
{
    const std::string command = "cd " + clone().string() + " && " + shell_commands;
    REQUIRE(std::system(command.c_str()) == 0);
    git(clone(), {"add", "-A"});
    git(clone(), {"-c", "user.name=ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", message});
    git(clone(), {"push", "-q", "origin", "HEAD:main"});
    return git(clone(), {"rev-parse", "HEAD"});
}

void World::write_config()
{
    write_text(folder_ / "token", gitlab_->runner_tokens().front() + "\n");
    std::string text = "concurrent: " + std::to_string(options_.concurrent) + "\ncheck_interval: 1s\n";
    text += "state_dir: " + state().string() + "\n";
    text += !options_.gate_yaml.empty() ? options_.gate_yaml
            : options_.learn            ? "gate: { mode: learn, learn_until: " + day_in(30) +
                                   ", store: file, file: { path: " + policy().string() + " } }\n"
                             : "gate: { mode: enforce, store: file, file: { path: " + policy().string() + " } }\n";
    text += "audit: { file: " + audit().string() + " }\n" + options_.global_yaml;
    text += "runners:\n  - name: hardened-1\n    url: " + gitlab_->url() +
            "\n    token_file: " + (folder_ / "token").string() + "\n";
    text += options_.runner_yaml;
    text += "    docker:\n      host: unix://" + (options_.engine.empty() ? engine_socket() : options_.engine) +
            "\n      image: " + busybox +
            "\n      pull_policy: [if-not-present]\n      network_mode: " + options_.network_mode + "\n" +
            options_.docker_yaml;
    write_text(config(), text);
}

Daemon& World::start()
{
    std::filesystem::create_directories(runtime());
    std::filesystem::permissions(runtime(), std::filesystem::perms::owner_all);
    std::vector<std::string> environment = options_.environment;
    environment.push_back("RUNTIME_DIRECTORY=" + runtime().string());
    runner_ = std::make_unique<Daemon>(std::vector<std::string>{"--log-level", "debug", "run", "-c", config().string()},
                                       environment, folder_ / "runner.log");
    return *runner_;
}

Daemon& World::keep_running() { return runner_ && runner_->running() ? *runner_ : start(); }

int World::stop()
{
    runner_->signal(SIGQUIT);
    const bool ended = let([&] { return !runner_->running(); }, 60s);
    INFO(runner_->log());
    REQUIRE(ended);
    return runner_->wait(1s);
}

PayloadSpec World::job(std::vector<std::string> script) const
{
    PayloadSpec spec = job_with_sources(std::move(script));
    spec.variables.push_back({"GIT_STRATEGY", "none"});
    return spec;
}

PayloadSpec World::job_with_sources(std::vector<std::string> script) const
{
    PayloadSpec spec;
    spec.script = std::move(script);
    spec.repository = repository_;
    return spec;
}

FakeJob World::finish(PayloadSpec spec, std::chrono::seconds limit)
{
    return finish(gitlab_->enqueue(std::move(spec)), limit);
}

FakeJob World::finish(std::uint64_t id, std::chrono::seconds limit)
{
    if (!runner_) start();
    const bool ended = until(
        id, [](const FakeJob& job) { return job.finished(); }, limit);
    const FakeJob job = gitlab_->job(id);
    INFO("state " << job.state << " reason " << job.failure_reason << "\n"
                  << plain(job.trace) << "\nlog:\n"
                  << runner_->log());
    REQUIRE(ended);
    return job;
}

bool World::until(std::uint64_t id, std::function<bool(const FakeJob&)> holds, std::chrono::seconds limit)
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    return run(io_, gitlab_->until(id, std::move(holds), deadline), limit + 30s);
}

bool World::let(std::function<bool()> done, std::chrono::seconds limit)
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        io_.restart();
        io_.run_for(20ms);
    }
    return true;
}

std::string plain(const std::string& trace)
{
    std::string text = std::regex_replace(trace, std::regex("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z [0-9a-f]{2}[OE][+ ]"), "");
    text = std::regex_replace(text, std::regex("section_(start|end):\\d+:[A-Za-z0-9_.-]+(\\[[^\\]]*\\])?\r"), "");
    return std::regex_replace(text, std::regex("\x1b\\[[0-9;]*[A-Za-z]"), "");
}

} // namespace ysnp::test
