#include "vault/time.h"
#include <catch2/catch_test_macros.hpp>

using ysnp::vault::parse_time;
using namespace std::chrono_literals;

TEST_CASE("times are read as Vault writes them, and nothing else is a time")
{
    const std::chrono::sys_days day = std::chrono::year(2026) / 11 / 30;
    CHECK(parse_time("2026-11-30T01:02:03Z") == day + 1h + 2min + 3s);
    CHECK(parse_time("2026-11-30T01:02:03.000000004Z") == day + 1h + 2min + 3s + 4ns);
    CHECK(parse_time("2026-11-30T01:02:03.25Z") == day + 1h + 2min + 3s + 250ms);
    for (const char* text :
         {"", "Z", "2026-11-30", "2026-11-30T01:02:03", "2026-11-30T01:02:03+00:00", "2026-11-31T01:02:03Z",
          "2026-13-30T01:02:03Z", "2026-11-30T24:02:03Z", "2026-11-30T01:60:03Z", "2026-11-30T01:02:03.Z",
          "2026-11-30T01:02:03.0000000000Z", "2026-11-30 01:02:03Z", "2026-11-30T01:02:03Zx", "+026-11-30T01:02:03Z",
          "0000-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "2026-11-30T-1:02:03Z"}) {
        INFO(text);
        CHECK_FALSE(parse_time(text));
    }
}
