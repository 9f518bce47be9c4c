#include "runner/trace/crc32.h"
#include "runner/trace/lines.h"
#include "runner/trace/timestamps.h"
#include "runner/trace/utf8.h"
#include "test/unit/trace/gather.h"
#include <catch2/catch_test_macros.hpp>

namespace ysnp::trace {

namespace {

std::string repaired(std::string_view text)
{
    std::string whole;
    for (std::size_t piece : {text.size(), std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
        Gather end;
        Utf8Repair repair(end);
        feed(repair, text, piece);
        if (whole.empty()) whole = end.text;
        CHECK(end.text == whole);
        CHECK(valid_utf8(end.text) == end.text.size());
    }
    return whole;
}

std::chrono::system_clock::time_point at(long long micros)
{
    return std::chrono::system_clock::time_point(std::chrono::microseconds(micros));
}

constexpr long long epoch = 1769850487123456; // 2026-01-31T09:08:07.123456Z

struct Stamped {
    explicit Stamped(StreamId id = {0x01, 'O'})
        : stamps(
              id, [this] { return at(now); }, end)
    {
    }
    void write(std::string_view text)
    {
        stamps.put(text);
        stamps.end_write();
    }
    long long now = epoch;
    Gather end;
    Timestamps stamps;
};

} // namespace

TEST_CASE("valid UTF-8 passes, each other byte becomes U+FFFD [JOB-142] [TRC-29]")
{
    CHECK(repaired("plain ascii, long enough for the fast path of thirty-two bytes") ==
          "plain ascii, long enough for the fast path of thirty-two bytes");
    CHECK(repaired("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80!") ==
          "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80!");
    CHECK(repaired("a\xFFz") == "a\xEF\xBF\xBDz");
    CHECK(repaired("a\xE2\x82z") == "a\xEF\xBF\xBD\xEF\xBF\xBDz");
    CHECK(repaired("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");                 // overlong
    CHECK(repaired("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); // surrogate
    CHECK(repaired("\xF4\x90\x80\x80").size() == 12);                          // beyond U+10FFFF
    CHECK(repaired("end \xF0\x9F\x98") == "end \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(repaired("\xE2\xC3\xBC") == "\xEF\xBF\xBD\xC3\xBC");
    CHECK(repaired(std::string_view("nul\0bell\a", 9)) == std::string_view("nul\0bell\a", 9));
}

TEST_CASE("a cut of valid UTF-8 never splits a character [TRC-28]")
{
    const std::string text = "\xC3\xBC\xF0\x9F\x98\x80";
    const std::size_t expected[] = {0, 0, 2, 2, 2, 2, 6, 6};
    for (std::size_t size = 0; size < 8; ++size) CHECK(utf8_boundary(text, size) == expected[size]);
}

TEST_CASE("checksums are CRC-32 in GitLab's spelling, however the bytes arrive [TRC-30] [TRC-31]")
{
    const auto sum = [](std::string_view text) {
        Crc32 crc;
        crc.update(text);
        return crc.to_string();
    };
    CHECK(sum("") == "crc32:00000000");
    CHECK(sum("hello\n") == "crc32:363a3020");
    CHECK(sum("123456789") == "crc32:cbf43926");
    std::string text;
    for (int i = 0; i < 5000; ++i) text += static_cast<char>(i * 131 + i / 7);
    Crc32 bytewise;
    for (const char c : text) bytewise.update({&c, 1});
    for (std::size_t size = 0; size < 300; ++size) {
        Crc32 split; // short pieces go through tables, long ones are folded
        split.update(std::string_view(text).substr(0, size));
        split.update(std::string_view(text).substr(size));
        REQUIRE(split.value() == bytewise.value());
    }
    CHECK(sum(std::string(1000, '\0')) == "crc32:060b1780");
}

TEST_CASE("each line gets the time of its first byte, its stream and its type")
{
    Stamped out;
    out.write("one\ntwo\n");
    CHECK(out.end.text == "2026-01-31T09:08:07.123456Z 01O one\n2026-01-31T09:08:07.123456Z 01O two\n");
    Stamped err({0x0f, 'E'});
    err.write("begun");
    CHECK(err.end.text.empty());
    err.now += 1000000;
    err.write(" and ended\n");
    CHECK(err.end.text == "2026-01-31T09:08:07.123456Z 0fE begun and ended\n");
}

TEST_CASE("a write with a carriage return and no newline is an entry of its own and the next continues it [JOB-094]")
{
    Stamped out;
    out.write("10%\r");
    out.write("100%\r");
    out.write("\n");
    out.write("next\r\n");
    CHECK(out.end.text == "2026-01-31T09:08:07.123456Z 01O 10%\r\n2026-01-31T09:08:07.123456Z 01O+100%\r\n"
                          "2026-01-31T09:08:07.123456Z 01O+\n2026-01-31T09:08:07.123456Z 01O next\r\n");
}

TEST_CASE("a line of a megabyte comes complete, in entries of more than 8 KiB each [JOB-144]")
{
    Stamped out;
    std::string line;
    while (line.size() < (1 << 20)) line += "\xE2\x82\xAC"; // characters that 8192 does not divide
    out.write(line + "\n");
    std::string joined;
    std::size_t entries = 0;
    for (std::size_t from = 0; from < out.end.text.size(); ++entries) {
        const auto end = out.end.text.find('\n', from);
        REQUIRE(out.end.text[from + 31] == (entries == 0 ? ' ' : '+'));
        joined += out.end.text.substr(from + 32, end - from - 32);
        from = end + 1;
    }
    CHECK(joined == line);
    CHECK(valid_utf8(out.end.text) == out.end.text.size());
    CHECK(entries == line.size() / 8193 + 1);
}

TEST_CASE("an unfinished line goes out when the stream ends")
{
    Stamped out;
    out.write("no newline");
    out.stamps.close();
    CHECK(out.end.text == "2026-01-31T09:08:07.123456Z 01O no newline\n");
    out.write("fresh\n");
    CHECK(out.end.text.ends_with("01O fresh\n"));
}

TEST_CASE("the runner's lines have GitLab's bytes [JOB-001]")
{
    CHECK(line(Style::plain, "Running with") == "\x1b[0KRunning with\x1b[0;m\n");
    CHECK(line(Style::info, "Job succeeded") == "\x1b[32;1mJob succeeded\x1b[0;m\n");
    CHECK(line(Style::warning, "careful") == "\x1b[0;33mWARNING: careful\x1b[0;m\n");
    CHECK(line(Style::error, "Job failed: exit code 1") == "\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m\n");
    CHECK(line(Style::script_plain, "x") == "\x1b[0;mx\n");
    CHECK(line(Style::script_warning, "x") == "\x1b[0;33mx\x1b[0;m\n");
    CHECK(line(Style::script_error, "x") == "\x1b[31;1mx\x1b[0;m\n");
    CHECK(line(Style::script_notice, "x") == "\x1b[32;1mx\x1b[0;m\n");
    CHECK(line(Style::none, "") == "\n");
    CHECK(line(Style::info, "a\nb\n") == "\x1b[32;1ma\x1b[0;m\n\x1b[32;1mb\x1b[0;m\n");
    CHECK(service_line("db", "up") == "\x1b[0;37m[service:db] up\x1b[0;m\n");
}

TEST_CASE("section markers have GitLab's bytes, whatever the name holds")
{
    CHECK(section_start(at(epoch), "step_script") == "section_start:1769850487:step_script\r\x1b[0K");
    CHECK(section_end(at(epoch), "a b\n:c") == "section_end:1769850487:a_b__c\r\x1b[0K");
    CHECK(section_title("Preparing environment") == "\x1b[0K\x1b[36;1mPreparing environment\x1b[0;m\x1b[0;m\n");
}

} // namespace ysnp::trace
