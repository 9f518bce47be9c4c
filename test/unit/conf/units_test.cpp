#include "conf/units.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::conf;
using namespace std::chrono_literals;

TEST_CASE("durations take units, and only whole ones that make sense")
{
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("3s") == 3s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("1h15m") == 75min);
    CHECK(parse_duration("2d") == 48h);
    CHECK(parse_duration("0") == 0s);
    for (const char* wrong : {"", "3", "s", "3x", "-3s", "3 s", "1h15", "99999999999999999999s", "400000d", "1.5h"})
        CHECK_FALSE(parse_duration(wrong));
}

TEST_CASE("a duration is written as it is read")
{
    for (const char* text : {"500ms", "3s", "1h15m", "2d", "0s"}) CHECK(to_string(*parse_duration(text)) == text);
}

TEST_CASE("sizes take units of 1024, with a B of 1000, as Docker's letters mean 1024")
{
    CHECK(parse_size("4MiB")->bytes == 4u << 20);
    CHECK(parse_size("512KiB")->bytes == 512u << 10);
    CHECK(parse_size("2GiB")->bytes == 2ull << 30);
    CHECK(parse_size("2g")->bytes == 2ull << 30);
    CHECK(parse_size("100kB")->bytes == 100'000);
    CHECK(parse_size("12b")->bytes == 12);
    for (const char* wrong : {"", "lots", "5", "MiB", "1 MiB", "-1MiB", "1MiBx", "99999999TiB", "1.5GiB"})
        CHECK_FALSE(parse_size(wrong));
    CHECK(to_string(Size{4u << 20}) == "4MiB");
    CHECK(to_string(Size{1000}) == "1000B");
}

TEST_CASE("days and times exist or are refused")
{
    CHECK(parse_day("2028-02-29"));
    CHECK_FALSE(parse_day("2027-02-29"));
    CHECK_FALSE(parse_day("2027-2-9"));
    CHECK(to_string(*parse_time("2594-07-21T15:42:53Z")) == "2594-07-21T15:42:53Z"); // REG-02
    CHECK(to_string(*parse_time("2027-01-31T10:00:00.123+02:00")) == "2027-01-31T08:00:00Z");
    CHECK(to_string(*parse_time("0001-01-01T00:00:00Z")) == "0001-01-01T00:00:00Z");
    for (const char* wrong : {"", "2027-01-31", "2027-01-31T10:00:00", "2027-01-31T24:00:00Z", "2027-01-31T10:00:00+2"})
        CHECK_FALSE(parse_time(wrong));
}
