#include "checks/line_diff.h"
#include <catch2/catch_test_macros.hpp>
#include <random>

using namespace ysnp::checks;

namespace {

using Lines = std::vector<std::string>;

/// What somebody gets who follows the steps from `before`.
Lines applied(const Lines& before, const Lines& after, const std::vector<Edit>& edits)
{
    Lines result;
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        if (edit.change != Change::added) CHECK(edit.before == at++);
        if (edit.change == Change::same) CHECK(before[edit.before] == after[edit.after]);
        if (edit.change != Change::removed) {
            CHECK(edit.after == result.size());
            result.push_back(after[edit.after]);
        }
    }
    CHECK(at == before.size());
    return result;
}

std::size_t changes(const std::vector<Edit>& edits)
{
    std::size_t count = 0;
    for (const Edit& edit : edits) count += edit.change != Change::same;
    return count;
}

} // namespace

TEST_CASE("the steps between two texts lead from one to the other, and are the fewest")
{
    const Lines before{"a", "b", "c", "a", "b", "b", "a"}, after{"c", "b", "a", "b", "a", "c"};
    const auto edits = edits_between(before, after);
    CHECK(applied(before, after, edits) == after);
    CHECK(changes(edits) == 5); // the example of Myers' paper
    CHECK(changes(edits_between(before, before)) == 0);
    CHECK(applied({}, after, edits_between({}, after)) == after);
    CHECK(applied(before, {}, edits_between(before, {})).empty());
    CHECK(edits_between({}, {}).empty());
}

TEST_CASE("generated texts are led from one to the other")
{
    std::mt19937 random(7);
    const auto text = [&] {
        Lines lines(random() % 40);
        for (std::string& line : lines) line = std::string(1, static_cast<char>('a' + random() % 4));
        return lines;
    };
    for (int round = 0; round < 300; ++round) {
        const Lines before = text(), after = text();
        CHECK(applied(before, after, edits_between(before, after)) == after);
    }
}

TEST_CASE("texts with nothing in common are replaced, within bounds of time and memory")
{
    Lines before, after;
    for (int i = 0; i < 20'000; ++i) {
        before.push_back("before " + std::to_string(i));
        after.push_back("after " + std::to_string(i));
    }
    before.front() = after.front() = "same";
    before.back() = after.back() = "end";
    const auto edits = edits_between(before, after);
    CHECK(edits.size() == 2 + 2 * 19'998u);
    CHECK(edits.front().change == Change::same);
    CHECK(edits.back().change == Change::same);
    CHECK(changes(edits) == 2 * 19'998u);
}

TEST_CASE("a unified diff names both texts and shows changes with what surrounds them")
{
    std::string before, after;
    for (int i = 1; i <= 20; ++i) {
        before += std::to_string(i) + "\n";
        after += (i == 10 ? std::string("ten") : std::to_string(i)) + "\n";
    }
    CHECK(unified_diff("old", before, "new", after) ==
          "--- old\n+++ new\n@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n");
    CHECK(unified_diff("/dev/null", "", "new", "a\nb\n") == "--- /dev/null\n+++ new\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    CHECK(unified_diff("old", before, "new", before).empty());
}
