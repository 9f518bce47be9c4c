#include "runner/trace/terminal_text.h"
#include <catch2/catch_test_macros.hpp>

using ysnp::trace::TerminalText;

namespace {

/// The same however the bytes are cut.
std::string shown(const std::string& bytes)
{
    TerminalText whole;
    const std::string text = whole(bytes) + whole.finish();
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        TerminalText parts;
        std::string joined = parts(bytes.substr(0, at));
        joined += parts(bytes.substr(at));
        CHECK(joined + parts.finish() == text);
    }
    return text;
}

} // namespace

TEST_CASE("text, line ends and colours of a job reach a person's terminal as they are")
{
    for (const char* text :
         {"plain\n\ttabbed\n", "\x1b[31;1mred\x1b[0;m\n", "\x1b[0Kline\n", "\x1b[38;2;1;2;3mtrue colour\x1b[m",
          "\xc3\xa9\xe2\x94\x82 \xf0\x9f\x98\x80 \xc2\xa0", "a\\x1b"})
        CHECK(shown(text) == text);
}

TEST_CASE("what a terminal would obey is shown, and nothing is painted over [AC-T09]")
{
    CHECK(shown("10%\r20%\r\nend") == "10%\n20%\nend");
    CHECK(shown("real\r\x1b[0Kfake") == "real\n\x1b[0Kfake");
    CHECK(shown("section_start:7:x\r\x1b[0KTitle") == "section_start:7:x\n\x1b[0KTitle");
    CHECK(shown("\x1b]0;title\x07") == "\\x1b]0;title\\x07");                               // OSC: the title
    CHECK(shown("\x1b]8;;https://evil\x1b\\text") == "\\x1b]8;;https://evil\\x1b\\text");   // a link
    CHECK(shown("\x1bPq#0\x1b\\") == "\\x1bPq#0\\x1b\\");                                   // DCS
    CHECK(shown("\x1b[2J\x1b[1;1H\x1b[5A\x1b[6n") == "\\x1b[2J\\x1b[1;1H\\x1b[5A\\x1b[6n"); // CSI that moves
    CHECK(shown("\x1b[?1049h\x1b"
                "c\x1b[1K") == "\\x1b[?1049h\\x1b"
                               "c\\x1b[1K");
    CHECK(shown("\xc2\x9b"
                "2J") == "\\xc2\\x9b2J"); // CSI in one character
    CHECK(shown("a\bb\x7f\x0e") == "a\\x08b\\x7f\\x0e");
    CHECK(shown("\x1b\x1b[31m") == "\\x1b\x1b[31m");
    CHECK(shown("\x1b[" + std::string(100, '1') + "m").starts_with("\\x1b[1111"));
    CHECK(shown("cut\x1b[3") == "cut\\x1b[3");
}
