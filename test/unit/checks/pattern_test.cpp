#include "checks/pattern.h"
#include <catch2/catch_test_macros.hpp>
#include <string>

using ysnp::checks::matches;

TEST_CASE("patterns match whole texts; one star stays within a segment")
{
    struct Row {
        const char *pattern, *text;
        bool matches;
    };
    constexpr Row rows[] = {
        {"a/b", "a/b", true},
        {"a/b", "a/bc", false},
        {"a/*", "a/b", true},
        {"a/*", "a/b/c", false},
        {"a/**", "a/b/c", true},
        {"a/**", "ab/c", false},
        {"**", "", true},
        {"*", "", true},
        {"*", "a/b", false},
        {"**/x", "a/b/x", true},
        {"a*c", "abbbc", true},
        {"a*c", "ab/c", false},
        {"*b*", "abc", true},
        {"", "", true},
        {"", "a", false},
        {"a**c/*", "a/b/c/d", true},
        {"group/**", "Group/x", false},
        {"a/**/z", "a/b/c/z", true},
        {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaa", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.pattern, row.text);
        CHECK(matches(row.pattern, row.text) == row.matches);
    }
    CHECK_FALSE(matches("**a**a**a**a**a**b", std::string(5000, 'a')));
}
