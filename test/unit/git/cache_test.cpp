#include "fixture.h"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sys/stat.h>

using namespace ysnp;
using namespace ysnp::git;
using namespace ysnp::git::testing;
namespace fs = std::filesystem;
namespace asio = boost::asio;

namespace {

std::string grow(Project& project, int commits, const std::string& text = "version ")
{
    std::string sha;
    for (int i = 0; i < commits; ++i) {
        project.write("file.txt", text + std::to_string(i) + "\n");
        project.write("dir/" + text + std::to_string(i), std::string(5000, static_cast<char>('a' + i % 26)) + text);
        sha = project.commit(text + std::to_string(i));
    }
    return sha;
}

void expect_sound(Bench& bench, const Outcome& outcome, const std::string& sha)
{
    INFO(outcome.result.message);
    REQUIRE(outcome.result.ok());
    const fs::path dir = bench.unpack(outcome);
    CHECK(test::git(dir, {"rev-parse", "HEAD"}) == sha);
    CHECK(test::git(dir, {"status", "--porcelain"}).empty());
    CHECK_NOTHROW(test::git(dir, {"fsck", "--strict", "--full"}));
}

std::vector<fs::path> packs_of(const Bench& bench)
{
    std::vector<fs::path> packs;
    for (const auto& item : fs::recursive_directory_iterator(bench.cache_dir()))
        if (item.path().extension() == ".pack") packs.push_back(item.path());
    return packs;
}

} // namespace

TEST_CASE("a second job of the same commit downloads no object")
{
    Project project;
    const std::string sha = grow(project, 5);
    Bench bench(project);
    expect_sound(bench, bench.fetch(sha), sha);
    CHECK(bench.requests("POST") > 0);
    bench.gitlab().server().clear();
    const Outcome again = bench.fetch(sha);
    expect_sound(bench, again, sha);
    CHECK(bench.requests("POST") == 0);
    CHECK(bench.requests("GET") == 1); // the remote is still asked whether the token may read
    CHECK(again.result.stats.received_objects == 0);
    CHECK(again.result.stats.received_bytes == 0);
}

TEST_CASE("a later commit downloads only what is new, and the job gets only its own depth [JOB-012] [AC-R24]")
{
    Project project;
    const std::string first = grow(project, 8);
    Bench bench(project);
    SourceRequest request = bench.request(first);
    request.depth = 3;
    expect_sound(bench, bench.fetch(std::move(request)), first);
    const std::string second = grow(project, 2, "later ");
    request = bench.request(second);
    request.depth = 3;
    const Outcome outcome = bench.fetch(std::move(request));
    expect_sound(bench, outcome, second);
    CHECK(outcome.result.stats.received_objects <= 2 * 5); // two commits, each with two trees and two files
    const fs::path dir = bench.unpack(outcome);
    CHECK(test::git(dir, {"rev-list", "--count", "--all"}) == "3");
    CHECK_THROWS(test::git(dir, {"cat-file", "-e", first + "~1"}));
    CHECK_THROWS(test::git(dir, {"cat-file", "-e", project.git({"rev-parse", first + "~1"})}));
}

TEST_CASE("the cache deepens when a job asks for more, up to the whole history [JOB-081]")
{
    Project project;
    const std::string sha = grow(project, 12);
    Bench bench(project);
    for (const std::uint32_t depth : {2u, 7u, 0u, 4u}) {
        SourceRequest request = bench.request(sha);
        request.depth = depth;
        const Outcome outcome = bench.fetch(std::move(request));
        expect_sound(bench, outcome, sha);
        const fs::path dir = bench.unpack(outcome);
        CHECK(test::git(dir, {"rev-list", "--count", "HEAD"}) == std::to_string(depth == 0 ? 12 : depth));
        CHECK(fs::exists(dir / ".git/shallow") == (depth != 0));
    }
}

TEST_CASE("merges, rewritten branches and many small fetches keep the cache sound")
{
    Project project;
    grow(project, 4);
    Bench bench(project);
    for (int round = 0; round < 4; ++round) {
        const std::string name = "topic" + std::to_string(round);
        test::git(project.work(), {"checkout", "-q", "-b", name, "main~1"});
        grow(project, 2, name);
        test::git(project.work(), {"checkout", "-q", "main"});
        test::git(project.work(), {"merge", "-q", "--no-ff", "-X", "theirs", "-m", "merge", name});
        const std::string sha = project.commit("merged");
        SourceRequest request = bench.request(sha);
        request.depth = static_cast<std::uint32_t>(2 + round);
        INFO("round " << round);
        expect_sound(bench, bench.fetch(std::move(request)), sha);
    }
    test::git(project.work(), {"reset", "-q", "--hard", "HEAD~3"});
    const std::string rewritten = grow(project, 1, "rewritten ");
    expect_sound(bench, bench.fetch(rewritten), rewritten);
}

TEST_CASE("a damaged cache is thrown away and fetched anew")
{
    Project project;
    const std::string sha = grow(project, 5);
    Bench bench(project);
    expect_sound(bench, bench.fetch(sha), sha);
    for (const fs::path& pack : packs_of(bench)) {
        fs::permissions(pack, fs::perms::owner_all);
        fs::resize_file(pack, fs::file_size(pack) / 2);
    }
    expect_sound(bench, bench.fetch(sha), sha);

    for (const fs::path& pack : packs_of(bench)) {
        std::fstream file(pack, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(fs::file_size(pack) / 2));
        file.write("garbage", 7);
    }
    const std::string next = grow(project, 1, "next ");
    expect_sound(bench, bench.fetch(next), next);

    fs::remove(bench.cache_dir() / "objects.git/config");
    std::ofstream(bench.cache_dir() / "objects.git/HEAD") << "not a head";
    expect_sound(bench, bench.fetch(next), next);
}

TEST_CASE("the cache is private, and one that others can open is refused")
{
    Project project;
    const std::string sha = grow(project, 1);
    Bench bench(project);
    REQUIRE(bench.fetch(sha).result.ok());
    CHECK(fs::status(bench.cache_dir()).permissions() == fs::perms::owner_all);
    fs::permissions(bench.cache_dir(), fs::perms::owner_all | fs::perms::others_read);
    const Outcome refused = bench.fetch(sha);
    CHECK(refused.result.error == SourceError::host);
    CHECK(refused.result.message.find("chmod 700") != std::string::npos);

    SourceRequest linked = bench.request(sha);
    fs::create_symlink(bench.cache_dir(), bench.dir() / "link");
    linked.cache_dir = (bench.dir() / "link").string();
    CHECK(bench.fetch(std::move(linked)).result.error == SourceError::host);
}

TEST_CASE("what a job's repository holds is a copy, with no way back to the cache [AC-R22] [AC-R23]")
{
    Project project;
    const std::string sha = grow(project, 2);
    Bench bench(project);
    const fs::path dir = bench.unpack(bench.fetch(sha));
    CHECK_FALSE(fs::exists(dir / ".git/objects/info/alternates"));
    for (const auto& item : fs::recursive_directory_iterator(dir / ".git"))
        if (item.is_regular_file()) CHECK(fs::hard_link_count(item.path()) == 1);
    CHECK_FALSE(found_below(dir / ".git", bench.cache_dir().string()));
    fs::remove_all(bench.cache_dir());
    CHECK_NOTHROW(test::git(dir, {"fsck", "--full"}));
}

TEST_CASE("jobs of one pipeline at the same time share one download")
{
    using namespace asio::experimental::awaitable_operators;
    Project project;
    const std::string sha = grow(project, 10);
    Bench bench(project);
    std::vector<Collect> sinks(4);
    std::vector<SourceResult> results;
    auto all = [&]() -> asio::awaitable<void> {
        auto race = git::fetch(bench.request(sha), sinks[0], sinks[0], in(std::chrono::seconds(50))) &&
                    git::fetch(bench.request(sha), sinks[1], sinks[1], in(std::chrono::seconds(50))) &&
                    git::fetch(bench.request(sha), sinks[2], sinks[2], in(std::chrono::seconds(50))) &&
                    git::fetch(bench.request(sha), sinks[3], sinks[3], in(std::chrono::seconds(50)));
        auto [a, b, c, d] = co_await std::move(race);
        for (SourceResult* result : {&a, &b, &c, &d}) results.push_back(*result);
    };
    test::run(bench.context(), all());
    std::uint64_t received = 0;
    for (const SourceResult& result : results) received += result.stats.received_objects;
    CHECK(received == results[0].stats.objects); // one of them brought them, for all
    for (std::size_t i = 0; i < 4; ++i) {
        INFO(results[i].message);
        REQUIRE(results[i].ok());
        Outcome outcome;
        outcome.result = results[i];
        outcome.tar = sinks[i].tar;
        expect_sound(bench, outcome, sha);
    }
    CHECK(packs_of(bench).size() <= 2);
}
