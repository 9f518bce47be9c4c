#include "checks/window.h"
#include "checks/zone.h"
#include "sample.h"
#include "vectors.h"
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

using namespace ysnp::checks;
using namespace std::chrono;
using nlohmann::json;

namespace {

Now at(int y, unsigned m, unsigned d, int h = 0, int min = 0, int s = 0)
{
    return sys_days(year(y) / month(m) / day(d)) + hours(h) + minutes(min) + seconds(s);
}

Now parse_time(const std::string& text)
{
    const auto number = [&](std::size_t from, std::size_t count) { return std::stoi(text.substr(from, count)); };
    return at(number(0, 4), static_cast<unsigned>(number(5, 2)), static_cast<unsigned>(number(8, 2)), number(11, 2),
              number(14, 2), number(17, 2));
}

bool in(const Window& window, Now now) { return inside(window, {}, now).value(); }

std::string zone_file(const std::string& name)
{
    std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("the documented intent of dateTimeCheck holds for every vector; its defects do not [GATE-A11] [AC-A29]")
{
    for (json row : sample::vectors()["datetime"]) {
        CAPTURE(row.dump());
        json options = row["options"];
        options["timezone"] = "UTC";
        Documents d;
        d.project_config = sample::document(
            "c", json{{"jobs", {{{"jobName", "x"}, {"checks", {{{"name", "dateTimeCheck"}, {"options", options}}}}}}}}
                     .dump());
        const Policy policy = parse_policy(d, true);
        const bool refused_by_schema =
            options.value("time", "00:00:00") == "10:00" || options.value("scale", "") == "Weekly";
        CHECK(policy.faults.empty() != refused_by_schema);
        if (refused_by_schema) continue;
        const bool v1_said = row["time_ok"].get<bool>() && row["day_ok"].get<bool>();
        const bool ours = in(policy.v1_checks("x")->checks.at(0).window, parse_time(row["now"]));
        CHECK((ours == v1_said) != row.contains("bug"));
    }
}

TEST_CASE("windows include both ends and may cross midnight, with the day on which they began [AC-A29]")
{
    Window night{Scale::weekly, {5}, 4 * 3600, 22 * 3600, "UTC"}; // Fridays 22:00 to 02:00
    CHECK(in(night, at(2026, 7, 17, 22)));
    CHECK(in(night, at(2026, 7, 18, 2)));
    CHECK_FALSE(in(night, at(2026, 7, 18, 2, 0, 1)));
    CHECK_FALSE(in(night, at(2026, 7, 17, 1))); // Friday morning belongs to Thursday's window
    CHECK_FALSE(in(night, at(2026, 7, 17, 21, 59, 59)));
}

TEST_CASE("days of week, month and year are counted right [AC-A29]")
{
    CHECK(in({Scale::weekly, {0}, 0, {}, "UTC"}, at(2026, 7, 19)));
    CHECK(in({Scale::monthly, {29}, 0, {}, "UTC"}, at(2024, 2, 29)));
    CHECK(in({Scale::yearly, {60}, 0, {}, "UTC"}, at(2024, 2, 29)));
    CHECK(in({Scale::yearly, {60}, 0, {}, "UTC"}, at(2026, 3, 1)));
    CHECK(in({Scale::yearly, {366}, 0, {}, "UTC"}, at(2024, 12, 31)));
    CHECK_FALSE(in({Scale::yearly, {366}, 0, {}, "UTC"}, at(2026, 12, 31)));
}

TEST_CASE("POSIX zone rules give the offset on both sides of a change [AC-A29]")
{
    const char* zurich = "CET-1CEST,M3.5.0,M10.5.0/3";
    CHECK(posix_offset(zurich, at(2050, 3, 27, 0, 59, 59)) == 3600);
    CHECK(posix_offset(zurich, at(2050, 3, 27, 1)) == 7200);
    CHECK(posix_offset(zurich, at(2050, 10, 30, 0, 59, 59)) == 7200);
    CHECK(posix_offset(zurich, at(2050, 10, 30, 1)) == 3600);
    const char* sydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
    CHECK(posix_offset(sydney, at(2050, 1, 1)) == 11 * 3600);
    CHECK(posix_offset(sydney, at(2050, 7, 1)) == 10 * 3600);
    CHECK(posix_offset("<+0330>-3:30", at(2050, 1, 1)) == 12600);
    CHECK(posix_offset("EST5", at(2050, 1, 1)) == -18000);
    for (const char* bad :
         {"", "X", "CET", "CET-1CEST", "CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x",
          "CET99999999999999999", "CET-1CEST,M3.5.0/99999999999999999,M10.5.0"})
        CHECK_FALSE(posix_offset(bad, at(2050, 1, 1)));
}

TEST_CASE("TZif files of this host give Zurich's offsets [AC-A29]")
{
    const std::string zurich = zone_file("Europe/Zurich");
    if (zurich.empty()) SKIP("no tzdata on this machine");
    CHECK(utc_offset(zurich, at(2024, 7, 1)) == 7200);
    CHECK(utc_offset(zurich, at(2024, 1, 1)) == 3600);
    CHECK(utc_offset(zurich, at(2060, 7, 1)) == 7200);
    const std::vector<ZoneData> zones = {{"Europe/Zurich", zurich}};
    const Window noon{Scale::daily, {}, 60, 12 * 3600, "Europe/Zurich"};
    CHECK(inside(noon, zones, at(2026, 7, 14, 10)).value());
    CHECK_FALSE(inside(noon, zones, at(2026, 1, 14, 10)).value());
    for (std::size_t cut = 0; cut < zurich.size(); cut += 7) utc_offset(zurich.substr(0, cut), at(2024, 7, 1));
}

TEST_CASE("an unknown zone is no answer, and refuses [AC-A29]")
{
    const Window window{Scale::daily, {}, 60, 12 * 3600, "Mars/Olympus"};
    CHECK_FALSE(inside(window, {}, at(2026, 7, 14, 12)));
    JobFacts f = sample::facts();
    Documents d = sample::documents_for(f);
    d.project_policy = sample::document(
        "p", R"({"version":1,"jobs":{"default":{"checks":[{"name":"dateTimeCheck","timezone":"Mars/Olympus"}]}}})");
    CHECK(sample::says(sample::decide_with(d, f), "POL-WINDOW"));
    d.project_policy.text =
        R"({"version":1,"jobs":{"default":{"checks":[{"name":"dateTimeCheck","time":"00:00:00","tolerance":60}]}}})";
    CHECK(sample::decide_with(d, f).allowed());
    CHECK(sample::says(sample::decide_with(d, f, sample::now + hours(1)), "POL-WINDOW"));
}
