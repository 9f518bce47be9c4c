#pragma once
#include "runner/git/worker.h"
#include "test/double/certificate.h"
#include "test/double/fake_gitlab.h"
#include "test/double/process.h"
#include "test/double/run.h"
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ysnp::git::testing {

inline constexpr const char* canary = "glcbt-64_canary-token-0815";

/// A project's repository at the server, written through a work tree beside it.
class Project {
public:
    Project();
    std::filesystem::path bare() const { return dir_ / "project.git"; }
    std::filesystem::path work() const { return dir_ / "work"; }
    void write(const std::string& path, const std::string& content) const;
    /// Commits all files, pushes the branch and returns the sha.
    std::string commit(const std::string& message, const std::string& branch = "main") const;
    std::string git(const std::vector<std::string>& arguments) const { return test::git(bare(), arguments); }
    /// Makes a commit of raw parts in the bare repository, main points to it.
    std::string commit_of_tree(const std::string& tree) const;
    /// Stores an object without checks; returns its name.
    std::string store(const std::string& type, const std::string& content) const;

private:
    test::TempDir dir_;
};

/// A server that shows a certificate of this authority for 127.0.0.1.
test::ServerOptions with_tls(const test::Authority& authority);

/// What a fetch left behind.
struct Outcome {
    SourceResult result;
    std::vector<std::pair<ProgressKind, std::string>> progress;
    std::string tar;

    bool said(ProgressKind kind, const std::string& line) const;
};

/// A GitLab, a project, a cache folder, and requests against them.
class Bench {
public:
    explicit Bench(Project& project, test::ServerOptions server = {});

    SourceRequest request(const std::string& sha) const;
    Outcome fetch(SourceRequest request);
    Outcome fetch(const std::string& sha) { return fetch(request(sha)); }
    /// Unpacks the tar with the system's tar, owner and times kept, and returns the project's folder.
    std::filesystem::path unpack(const Outcome& outcome);
    std::size_t requests(const std::string& method) const;
    test::FakeGitlab& gitlab() { return *gitlab_; }
    boost::asio::io_context& context() { return context_; }
    std::filesystem::path cache_dir() const { return dir_ / "cache"; }
    std::filesystem::path dir() const { return dir_.path(); }

private:
    test::TempDir dir_;
    int unpacked_ = 0;
    boost::asio::io_context context_{1};
    std::unique_ptr<test::FakeGitlab> gitlab_;
};

/// Keeps all that a worker says.
class Collect : public Events, public net::BodySink {
public:
    void progress(ProgressKind kind, std::string_view line) override { lines.emplace_back(kind, line); }
    boost::asio::awaitable<void> write(std::string_view bytes) override
    {
        tar.append(bytes);
        co_return;
    }
    std::vector<std::pair<ProgressKind, std::string>> lines;
    std::string tar;
};

/// The fetch failed that way: before the first byte of tar, in words, without the token.
void expect_refused(const Outcome& outcome, SourceError error);

/// Whether any file below holds the text.
bool found_below(const std::filesystem::path& dir, const std::string& text);
std::string read_file(const std::filesystem::path& path);

} // namespace ysnp::git::testing
