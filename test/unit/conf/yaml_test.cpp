#include "conf/tree.h"
#include "loading.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a key that comes twice is reported with both places")
{
    CHECK_THAT(findings("concurrent: 1\nlog: { level: info }\nconcurrent: 2\n"),
               ContainsSubstring("config.yml:3:1: the key \"concurrent\" comes twice, first in line 1; remove one"));
}

TEST_CASE("anchors and merge keys work, and a map's own keys win")
{
    const auto result = loaded("runners:\n"
                               "  - &base\n"
                               "    name: one\n"
                               "    url: https://gitlab.example.com\n"
                               "    token: glrt-aaaaaaaaaaaaaaaaaaaa\n"
                               "    limit: 3\n"
                               "  - <<: *base\n"
                               "    name: two\n"
                               "    token: glrt-bbbbbbbbbbbbbbbbbbbb\n");
    INFO(conf::to_string(result.problems));
    REQUIRE(result.config);
    CHECK(result.config->runners[1].name == "two");
    CHECK(result.config->runners[1].limit == 3);
}

TEST_CASE("an alias bomb ends at the bound on values [INV-14]")
{
    std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int level = 1; level < 12; ++level) {
        const std::string before = "*a" + std::to_string(level - 1);
        text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + before;
        for (int copy = 0; copy < 9; ++copy) text += "," + before;
        text += "]\n";
    }
    CHECK_THAT(findings(text), ContainsSubstring("more than 20000 values in one file"));
}

TEST_CASE("depth, size and control characters are bounded [INV-14]")
{
    CHECK_THAT(findings(std::string(100, '[') + std::string(100, ']')),
               ContainsSubstring("nested deeper than 32 levels"));
    CHECK_THAT(findings("name: " + std::string(2u << 20, 'x')), ContainsSubstring("bytes, more than 1048576"));
    CHECK_THAT(findings("concurrent: 1\nlog: \x01\n"), ContainsSubstring("config.yml:2:6: a control character"));
    CHECK_THAT(findings(std::string(4000, '[')), ContainsSubstring("nested deeper"));
    CHECK_THAT(findings("state_dir: \"/var/\\0lib\"\n"), ContainsSubstring("a NUL character"));
}

TEST_CASE("what is not YAML says where")
{
    CHECK_THAT(findings("concurrent: 1\nlog: { level\n"),
               ContainsSubstring("config.yml:") && ContainsSubstring("not YAML"));
    CHECK_THAT(findings("--- a\n--- b\n"), ContainsSubstring("a second YAML document"));
    CHECK_THAT(findings("concurrent: !!int 3\n"), ContainsSubstring("tags such as"));
    CHECK_THAT(findings("? [a, b]\n: c\n"), ContainsSubstring("a key must be a plain word"));
    CHECK_THAT(findings("a: &x [*x]\n"), ContainsSubstring("not YAML") || ContainsSubstring("contains it"));
}

TEST_CASE("findings are bounded too")
{
    std::string text;
    for (int index = 0; index < 500; ++index) text += "zzzzzzzz" + std::to_string(index) + ": 1\n";
    const auto result = loaded(text);
    CHECK(result.problems.size() == 201);
    CHECK_THAT(result.problems.back().message, ContainsSubstring("300 more findings"));
}
