#include "runner/host/log.h"
#include "runner/host/log_line.h"
#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace ysnp;
using namespace ysnp::host;

namespace {

std::string text(conf::LogLevel level, std::string_view message, std::vector<Field> fields, Colour colour = Colour::off)
{
    return text_line(level, message, fields, colour);
}

} // namespace

TEST_CASE("a line of text pads its message so that the fields line up")
{
    const std::string line =
        text(conf::LogLevel::info, "Checking for jobs... received", {{"job", "7"}, {"runner", "abc"}});
    CHECK(line == "Checking for jobs... received                      job=7 runner=abc");
    CHECK(text(conf::LogLevel::warning, "low disk", {}) == "WARNING: low disk");
    CHECK(text(conf::LogLevel::error, "gone", {{"why", "two words"}}).ends_with(" why=\"two words\""));
}

TEST_CASE("colour comes only when it is wanted")
{
    CHECK(text(conf::LogLevel::error, "x", {}).find('\33') == std::string::npos);
    CHECK(text(conf::LogLevel::error, "x", {}, Colour::on).starts_with("\33["));
}

TEST_CASE("control bytes of a value never reach the terminal or break a line")
{
    const std::string line = text(conf::LogLevel::info, "a\nb", {{"ref", "x\33[2J\ny"}});
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.find('\33') == std::string::npos);
    const std::vector<Field> fields{{"ref", "a\"b\\c\n\x01"}};
    CHECK(json_line(conf::LogLevel::info, "m", fields, std::chrono::sys_seconds{}) ==
          R"({"ref":"a\"b\\c\n\u0001","level":"info","msg":"m","time":"1970-01-01T00:00:00Z"})");
}

TEST_CASE("lines below the level are not written")
{
    std::vector<std::string> lines;
    capture_log([&](std::string_view line) { lines.emplace_back(line); });
    set_up_log({conf::LogLevel::warning, conf::LogFormat::text});
    info("quiet");
    warn("loud", {{"job", "1"}});
    set_log_level(conf::LogLevel::debug);
    debug("detail");
    capture_log({});
    set_up_log({});
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].starts_with("WARNING: loud"));
    CHECK(lines[1] == "detail");
}
