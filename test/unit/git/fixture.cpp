#include "fixture.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ysnp::git::testing {

namespace fs = std::filesystem;

Project::Project()
{
    fs::create_directories(bare());
    fs::create_directories(work());
    test::git(bare(), {"init", "-q", "--bare"});
    test::git(work(), {"init", "-q"});
    test::git(work(), {"remote", "add", "origin", bare().string()});
}

void Project::write(const std::string& path, const std::string& content) const
{
    const fs::path file = work() / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
}

std::string Project::commit(const std::string& message, const std::string& branch) const
{
    test::git(work(), {"add", "-A", "-f"});
    test::git(work(), {"commit", "-q", "--allow-empty", "-m", message});
    test::git(work(), {"push", "-q", "-f", "--tags", "origin", "HEAD:refs/heads/" + branch});
    return test::git(work(), {"rev-parse", "HEAD"});
}

std::string Project::store(const std::string& type, const std::string& content) const
{
    const fs::path file = dir_ / "object";
    std::ofstream(file, std::ios::binary) << content;
    return git({"hash-object", "-w", "--literally", "-t", type, file.string()});
}

std::string Project::commit_of_tree(const std::string& tree) const
{
    const std::string who = "Ada <ada@example.test> 1700000000 +0000";
    const std::string sha =
        store("commit", "tree " + tree + "\nauthor " + who + "\ncommitter " + who + "\n\nmade by hand\n");
    git({"update-ref", "refs/heads/main", sha});
    return sha;
}

test::ServerOptions with_tls(const test::Authority& authority)
{
    const test::Certificate certificate = authority.issue({.names = {"IP:127.0.0.1"}});
    test::ServerTls tls;
    tls.certificate = certificate.certificate;
    tls.key = certificate.key;
    test::ServerOptions server;
    server.tls = std::make_shared<const test::ServerTls>(tls);
    return server;
}

bool Outcome::said(ProgressKind kind, const std::string& line) const
{
    return std::find(progress.begin(), progress.end(), std::pair(kind, line)) != progress.end();
}

Bench::Bench(Project& project, test::ServerOptions server)
{
    test::FakeGitlabOptions options;
    options.server = std::move(server);
    options.repositories["g/p"] = project.bare();
    options.git_tokens[canary] = "g/p";
    gitlab_ = std::make_unique<test::FakeGitlab>(context_.get_executor(), std::move(options));
}

SourceRequest Bench::request(const std::string& sha) const
{
    SourceRequest request;
    request.repo_url = gitlab_->url() + "/g/p.git";
    request.pinned_origin = gitlab_->url();
    request.token = Secret(canary);
    request.ref = "main";
    request.sha = sha;
    request.refspecs = {"+refs/heads/main:refs/remotes/origin/main"};
    request.depth = 20;
    request.strategy = Strategy::fetch;
    request.project_dir = "/builds/g/p";
    request.tar_root = "builds/g/p";
    request.cache_dir = cache_dir().string();
    return request;
}

Outcome Bench::fetch(SourceRequest request)
{
    Collect collect;
    Outcome outcome;
    outcome.result =
        test::run(context_, git::fetch(std::move(request), collect, collect, in(std::chrono::seconds(60))));
    outcome.progress = std::move(collect.lines);
    outcome.tar = std::move(collect.tar);
    return outcome;
}

fs::path Bench::unpack(const Outcome& outcome)
{
    const fs::path target = dir_ / ("unpacked-" + std::to_string(++unpacked_));
    fs::create_directories(target);
    const fs::path archive = target / "archive.tar";
    std::ofstream(archive, std::ios::binary) << outcome.tar;
    const std::string command =
        "cd '" + target.string() + "' && tar --extract --preserve-permissions --numeric-owner -f archive.tar";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("tar cannot read the archive");
    fs::remove(archive);
    return target / "builds/g/p";
}

std::size_t Bench::requests(const std::string& method) const
{
    const auto& all = gitlab_->server().requests();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const test::Recorded& request) { return request.method == method; }));
}

std::string read_file(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void expect_refused(const Outcome& outcome, SourceError error)
{
    INFO(outcome.result.message);
    CHECK(to_string(outcome.result.error) == to_string(error));
    CHECK(outcome.result.exit_code != 0);
    CHECK_FALSE(outcome.result.message.empty());
    CHECK(outcome.result.message.find(canary) == std::string::npos);
    CHECK(outcome.tar.empty()); // refused as a whole: before the first byte
}

bool found_below(const fs::path& dir, const std::string& text)
{
    for (const auto& item : fs::recursive_directory_iterator(dir))
        if (item.is_regular_file() && !item.is_symlink() && read_file(item.path()).find(text) != std::string::npos)
            return true;
    return false;
}

} // namespace ysnp::git::testing
