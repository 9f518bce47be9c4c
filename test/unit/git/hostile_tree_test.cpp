#include "fixture.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::git;
using namespace ysnp::git::testing;

namespace {

std::string raw(const std::string& hex)
{
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

std::string tree_entry(const std::string& mode, const std::string& name, const std::string& oid)
{
    return mode + " " + name + std::string(1, '\0') + raw(oid);
}

} // namespace

TEST_CASE("a git bomb is counted while it is walked [AC-R12]")
{
    Project project;
    std::string oid = project.store("blob", "boom");
    for (int level = 0; level < 12; ++level) {
        std::string tree;
        for (int i = 0; i < 10; ++i) tree += tree_entry(level == 0 ? "100644" : "40000", "f" + std::to_string(i), oid);
        oid = project.store("tree", tree);
    }
    const std::string sha = project.commit_of_tree(oid);
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    request.limits.files = 50'000;
    expect_refused(bench.fetch(std::move(request)), SourceError::limit);
}

TEST_CASE("hostile names in a tree refuse the whole checkout [AC-R13] [AC-R14] [AC-R15]")
{
    Project project;
    project.write("file", "x");
    project.commit("base");
    const std::string blob = project.store("blob", "x");
    const std::string folder = project.store("tree", tree_entry("100644", "x", blob));
    const std::vector<std::string> trees{
        tree_entry("100644", ".git", blob),
        tree_entry("40000", ".GIT", folder),
        tree_entry("100644", ".git.", blob),
        tree_entry("100644", ".git ", blob),
        tree_entry("100644", "git~1", blob),
        tree_entry("100644", ".git::$INDEX_ALLOCATION", blob),
        tree_entry("100644", ".g\xE2\x80\x8Cit", blob),
        tree_entry("100644", ".git\\hooks", blob),
        tree_entry("100644", "a\\..\\b", blob),
        tree_entry("40000", "..", folder),
        tree_entry("40000", ".", folder),
        tree_entry("100644", "", blob),
        tree_entry("100644", "/etc/passwd", blob),
        tree_entry("100644", "a/b", blob),
        tree_entry("100644", "bad\xff\xfe", blob),
        tree_entry("100644", std::string(5000, 'n'), blob),
        tree_entry("120000", "a", blob) + tree_entry("40000", "a", folder), // a link, and a file through it
        tree_entry("120000", ".gitmodules", blob),
        tree_entry("140000", "socket", blob),
        tree_entry("100644", "not-a-blob", folder),
    };
    for (const std::string& content : trees) {
        const std::string sha = project.commit_of_tree(project.store("tree", content));
        Bench bench(project);
        INFO(content.substr(0, 60));
        const Outcome outcome = bench.fetch(sha);
        expect_refused(outcome, SourceError::object);
    }
}

TEST_CASE("a commit whose tree is no tree is refused [AC-R10]")
{
    Project project;
    const std::string sha = project.commit_of_tree(project.store("blob", "x"));
    Bench bench(project);
    const Outcome outcome = bench.fetch(sha);
    CHECK_FALSE(outcome.result.ok());
    CHECK(outcome.tar.empty());
}
