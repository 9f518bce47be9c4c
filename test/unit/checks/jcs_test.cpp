#include "checks/jcs.h"
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

using namespace ysnp::checks;

TEST_CASE("canonical form gives RFC 8785's own example of section 3.2.2")
{
    const std::string input = R"({
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    })";
    CHECK(canonical_text(input) ==
          "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
          "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST_CASE("members are sorted by UTF-16 code units, as in RFC 8785 section 3.2.3")
{
    const std::string input =
        R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
      "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})";
    const std::string expected =
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
        "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
        "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}";
    CHECK(canonical_text(input) == expected);
}

TEST_CASE("numbers are written as in RFC 8785 appendix B")
{
    struct Row {
        std::uint64_t bits;
        const char* text;
    };
    constexpr Row rows[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
    };
    for (const Row& row : rows) CHECK(canonical_number(std::bit_cast<double>(row.bits)) == row.text);
    CHECK_THROWS_AS(canonical_number(std::numeric_limits<double>::infinity()), std::invalid_argument);
    CHECK_THROWS_AS(canonical_number(std::numeric_limits<double>::quiet_NaN()), std::invalid_argument);
}

TEST_CASE("whatever canonical form would make ambiguous is refused")
{
    CHECK_THROWS_AS(canonical_text(R"({"a":1,"a":1})"), std::invalid_argument); // [AC-P02]
    CHECK_THROWS_AS(canonical_text(R"({"a":{"b":1,"b":2}})"), std::invalid_argument);
    CHECK_THROWS_AS(canonical_text("[9007199254740993]"), std::invalid_argument);
    CHECK_THROWS_AS(canonical_text("[-9007199254740993]"), std::invalid_argument);
    CHECK_THROWS_AS(canonical_text("{} x"), std::invalid_argument);
    CHECK_THROWS_AS(canonical_text("{"), std::invalid_argument);
    CHECK_THROWS_AS(canonical("\xff"), std::invalid_argument);
    CHECK_THROWS_AS(canonical("\xed\xa0\x80"), std::invalid_argument); // a lone surrogate
    CHECK_THROWS_AS(canonical("\xc0\x80"), std::invalid_argument);     // overlong
    CHECK_THROWS_AS(canonical_text(std::string(40, '[') + std::string(40, ']')), std::invalid_argument);
    CHECK(canonical_text("[9007199254740991, -9007199254740991, 3.0]") == "[9007199254740991,-9007199254740991,3]");
}

TEST_CASE("a million nested arrays are refused without a deep stack [AC-P04]")
{
    CHECK_THROWS_AS(parse_strict(std::string(1000000, '[')), std::invalid_argument);
}
