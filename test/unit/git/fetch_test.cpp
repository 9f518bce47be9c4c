#include "fixture.h"
#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>

using namespace ysnp;
using namespace ysnp::git;
using namespace ysnp::git::testing;
namespace fs = std::filesystem;

namespace {

std::string grow(Project& project, int commits)
{
    std::string sha;
    for (int i = 0; i < commits; ++i) {
        project.write("file.txt", "version " + std::to_string(i) + "\n");
        project.write("src/deep/main.c", "int main() { return " + std::to_string(i) + "; }\n");
        sha = project.commit("change " + std::to_string(i));
    }
    return sha;
}

unsigned mode_of(const fs::path& path)
{
    struct stat status = {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

} // namespace

TEST_CASE("a job gets its commit detached and a clean status [JOB-009]")
{
    Project project;
    const std::string sha = grow(project, 3);
    Bench bench(project);
    const Outcome outcome = bench.fetch(sha);
    INFO(outcome.result.message);
    REQUIRE(outcome.result.ok());
    CHECK(outcome.result.sha == sha);
    const fs::path dir = bench.unpack(outcome);
    CHECK(test::git(dir, {"rev-parse", "HEAD"}) == sha);
    CHECK(test::git(dir, {"status", "--porcelain", "--ignored"}).empty());
}

TEST_CASE("the trace has the texts that GitLab users know [JOB-010] [JOB-012]")
{
    Project project;
    const std::string sha = grow(project, 2);
    Bench bench(project);
    const Outcome outcome = bench.fetch(sha);
    REQUIRE(outcome.result.ok());
    const std::vector<std::pair<ProgressKind, std::string>> expected{
        {ProgressKind::step, "Fetching changes with git depth set to 20..."},
        {ProgressKind::text, "Initialized empty Git repository in /builds/g/p/.git/"},
        {ProgressKind::step, "Created fresh repository."},
        {ProgressKind::step, "Checking out " + sha.substr(0, 8) + " as detached HEAD (ref is main)..."},
        {ProgressKind::step, "Skipping Git submodules setup"}};
    CHECK(outcome.progress == expected);
}

TEST_CASE("a shallow job has depth commits, a shallow file, and passes fsck [JOB-012]")
{
    Project project;
    const std::string sha = grow(project, 30);
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    request.depth = 5;
    const Outcome outcome = bench.fetch(std::move(request));
    INFO(outcome.result.message);
    REQUIRE(outcome.result.ok());
    const fs::path dir = bench.unpack(outcome);
    CHECK(test::git(dir, {"rev-list", "--count", "HEAD"}) == "5");
    CHECK(fs::exists(dir / ".git/shallow"));
    CHECK_NOTHROW(test::git(dir, {"fsck", "--strict", "--full"}));
    CHECK(test::git(dir, {"rev-parse", "origin/main"}) == sha);
}

TEST_CASE("depth 0 brings the whole history, all branches and all tags [JOB-081]")
{
    Project project;
    const std::string sha = grow(project, 6);
    test::git(project.work(), {"tag", "-a", "v1", "-m", "one", "HEAD~3"});
    test::git(project.work(), {"checkout", "-q", "-b", "side", "HEAD~2"});
    project.write("side.txt", "side");
    project.commit("side", "side");
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    request.depth = 0;
    request.refspecs = {"+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"};
    const Outcome outcome = bench.fetch(std::move(request));
    INFO(outcome.result.message);
    REQUIRE(outcome.result.ok());
    CHECK(outcome.said(ProgressKind::step, "Fetching changes..."));
    const fs::path dir = bench.unpack(outcome);
    CHECK(test::git(dir, {"rev-list", "--count", "HEAD"}) == "6");
    CHECK_FALSE(fs::exists(dir / ".git/shallow"));
    CHECK(test::git(dir, {"describe", "--tags"}).starts_with("v1-3-g"));
    CHECK(test::git(dir, {"rev-list", "--count", "origin/side"}) == "5");
    CHECK_NOTHROW(test::git(dir, {"fsck", "--strict", "--full"}));
}

TEST_CASE("a tag pipeline gets its tag, and tags within its depth come along")
{
    Project project;
    grow(project, 3);
    test::git(project.work(), {"tag", "light"});
    project.write("last", "x");
    const std::string sha = [&] {
        project.commit("last");
        test::git(project.work(), {"tag", "-a", "v2", "-m", "two"});
        return project.commit("after");
    }();
    const std::string tagged = project.git({"rev-parse", "v2^{commit}"});
    Bench bench(project);
    SourceRequest request = bench.request(tagged);
    request.ref = "v2";
    request.ref_type = RefType::tag;
    request.refspecs = {"+refs/tags/v2:refs/tags/v2"};
    const fs::path dir = bench.unpack(bench.fetch(std::move(request)));
    CHECK(test::git(dir, {"describe", "--exact-match"}) == "v2");
    CHECK(test::git(dir, {"tag", "--list"}) == "light\nv2");

    // On a branch, with everything but the tag object in the cache already.
    const fs::path other = bench.unpack(bench.fetch(sha));
    CHECK(test::git(other, {"describe", "--tags"}).starts_with("v2-1-g"));
    SourceRequest without = bench.request(sha);
    without.tags = TagFollowing::off;
    CHECK(test::git(bench.unpack(bench.fetch(std::move(without))), {"tag", "--list"}).empty());
}

TEST_CASE("a merge request's pipeline ref is enough")
{
    Project project;
    const std::string main = grow(project, 2);
    test::git(project.work(), {"checkout", "-q", "-b", "feature"});
    project.write("feature.txt", "f");
    const std::string sha = project.commit("feature", "feature");
    project.git({"update-ref", "refs/merge-requests/7/head", sha});
    project.git({"update-ref", "refs/pipelines/42", sha});
    project.git({"update-ref", "-d", "refs/heads/feature"});
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    request.ref = "refs/merge-requests/7/head";
    request.refspecs = {"+refs/pipelines/42:refs/pipelines/42"};
    const Outcome outcome = bench.fetch(std::move(request));
    INFO(outcome.result.message);
    REQUIRE(outcome.result.ok());
    const fs::path dir = bench.unpack(outcome);
    CHECK(test::git(dir, {"rev-parse", "refs/pipelines/42"}) == sha);
    CHECK(fs::exists(dir / "feature.txt"));
    CHECK_THROWS(test::git(dir, {"rev-parse", "--verify", "refs/remotes/origin/main"}));
}

TEST_CASE("files are writable for every user, executables stay executable, links stay links")
{
    Project project;
    project.write("plain", "p");
    project.write("run.sh", "#!/bin/sh\n");
    project.write(std::string("odd/with blank\nand newline \xC3\xA4"), "odd");
    project.write("odd/back\\slash", "b");
    fs::permissions(project.work() / "run.sh", fs::perms::owner_all);
    fs::create_symlink("/etc/passwd", project.work() / "absolute");
    fs::create_symlink("odd", project.work() / "folder-link");
    const std::string sha = project.commit("modes");
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    request.uid = 1000;
    request.gid = 1001;
    const Outcome outcome = bench.fetch(std::move(request));
    INFO(outcome.result.message);
    REQUIRE(outcome.result.ok());
    const fs::path dir = bench.unpack(outcome);
    CHECK(mode_of(dir / "plain") == 0666);
    CHECK(mode_of(dir / "run.sh") == 0777);
    CHECK(mode_of(dir / "odd") == 0777);
    CHECK(mode_of(dir / ".git/config") == 0666);
    CHECK(fs::read_symlink(dir / "absolute") == "/etc/passwd");
    CHECK(fs::read_symlink(dir / "folder-link") == "odd");
    CHECK(read_file(dir / "odd/with blank\nand newline \xC3\xA4") == "odd");
    CHECK(read_file(dir / "odd/back\\slash") == "b");
    CHECK(test::git(dir, {"status", "--porcelain"}).empty());
    struct stat status = {};
    REQUIRE(::lstat((dir / "absolute").c_str(), &status) == 0);
    if (::geteuid() == 0) CHECK((status.st_uid == 1000 && status.st_gid == 1001));
}

TEST_CASE("git finds the tree clean without reading the files, and finds an edit")
{
    Project project;
    const std::string sha = grow(project, 1);
    Bench bench(project);
    const fs::path dir = bench.unpack(bench.fetch(sha));
    // Plumbing that never refreshes the index: what it says comes from the index's own stat data.
    CHECK_NOTHROW(test::git(dir, {"diff-index", "--quiet", "HEAD", "--"}));
    CHECK_NOTHROW(test::git(dir, {"diff-files", "--quiet"}));
    const fs::path file = dir / "file.txt";
    const std::string content = read_file(file);
    test::git(dir, {"config", "core.checkStat", "minimal"});
    fs::resize_file(file, 0);
    CHECK(test::git(dir, {"status", "--porcelain"}) == " M file.txt");
}

TEST_CASE("GIT_CHECKOUT false leaves the repository alone and no files [JOB-010]")
{
    Project project;
    const std::string sha = grow(project, 1);
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    request.checkout = Checkout::no;
    const Outcome outcome = bench.fetch(std::move(request));
    REQUIRE(outcome.result.ok());
    CHECK(outcome.said(ProgressKind::step, "Skipping Git checkout"));
    const fs::path dir = bench.unpack(outcome);
    CHECK_FALSE(fs::exists(dir / "file.txt"));
    CHECK(test::git(dir, {"rev-parse", "origin/main"}) == sha);
    CHECK_NOTHROW(test::git(dir, {"checkout", "-q", sha}));
    CHECK(fs::exists(dir / "file.txt"));
}

TEST_CASE("strategies none and empty touch no network and bring an empty folder")
{
    Project project;
    const std::string sha = grow(project, 1);
    Bench bench(project);
    for (const auto& [strategy, text] :
         {std::pair{Strategy::none, "Skipping Git repository setup"},
          std::pair{Strategy::empty, "Skipping Git repository setup and creating an empty build directory"}}) {
        SourceRequest request = bench.request(sha);
        request.strategy = strategy;
        const Outcome outcome = bench.fetch(std::move(request));
        REQUIRE(outcome.result.ok());
        CHECK(outcome.said(ProgressKind::step, text));
        CHECK(outcome.said(ProgressKind::step, "Skipping Git checkout"));
        CHECK(outcome.said(ProgressKind::step, "Skipping Git submodules setup"));
        CHECK(fs::is_empty(bench.unpack(outcome)));
    }
    CHECK(bench.gitlab().server().requests().empty());
}

TEST_CASE("ten thousand files arrive whole")
{
    Project project;
    for (int i = 0; i < 10'000; ++i)
        project.write("d" + std::to_string(i % 100) + "/f" + std::to_string(i), "content " + std::to_string(i));
    const std::string sha = project.commit("many");
    Bench bench(project);
    const Outcome outcome = bench.fetch(sha);
    INFO(outcome.result.message);
    REQUIRE(outcome.result.ok());
    CHECK(outcome.result.stats.files == 10'100);
    const fs::path dir = bench.unpack(outcome);
    CHECK(test::git(dir, {"status", "--porcelain"}).empty());
    CHECK_NOTHROW(test::git(dir, {"fsck", "--full"}));
    WARN("10000 files: fetched in " << outcome.result.stats.fetch_ms << " ms, all in " << outcome.result.stats.total_ms
                                    << " ms");
}

TEST_CASE("a submodule is an empty folder and does not make the status dirty")
{
    Project project;
    project.write("a", "a");
    project.commit("base");
    const std::string blob = project.git({"rev-parse", "main:a"});
    const std::string link(20, '\x11');
    std::string tree = "100644 a" + std::string(1, '\0');
    for (int i = 0; i < 40; i += 2) tree += static_cast<char>(std::stoi(blob.substr(i, 2), nullptr, 16));
    tree += "160000 lib" + std::string(1, '\0') + link;
    const std::string sha = project.commit_of_tree(project.store("tree", tree));
    Bench bench(project);
    const Outcome outcome = bench.fetch(sha);
    INFO(outcome.result.message);
    REQUIRE(outcome.result.ok());
    const fs::path dir = bench.unpack(outcome);
    CHECK(fs::is_directory(dir / "lib"));
    CHECK(test::git(dir, {"status", "--porcelain"}).empty());
}

TEST_CASE("attributes run nothing and change no byte [AC-R19] [AC-R20]")
{
    Project project;
    project.write(".gitattributes", "* text eol=crlf\n*.id ident\n*.x filter=evil\n*.bin filter=lfs\n");
    project.write("a.txt", "one\ntwo\n");
    project.write("b.id", "$Id$\n");
    project.write("c.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    const std::string sha = project.commit("attributes");
    Bench bench(project);
    const Outcome outcome = bench.fetch(sha);
    REQUIRE(outcome.result.ok());
    const fs::path dir = bench.unpack(outcome);
    CHECK(read_file(dir / "b.id") == "$Id$\n");
    CHECK(read_file(dir / "a.txt") == project.git({"show", "main:a.txt"}) + "\n");
    CHECK(outcome.progress.size() == 6);
    CHECK(outcome.progress[4].first == ProgressKind::warning); // LFS pointers stay: said, not silent
    SourceRequest quiet = bench.request(sha);
    quiet.warn_lfs = false;
    CHECK(bench.fetch(std::move(quiet)).progress.size() == 5);
}
