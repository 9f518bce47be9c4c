#include "docker/engine_error.h"
#include "docker/frame_parser.h"
#include "net/failure.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::docker;

namespace {

std::string frame(char type, const std::string& payload)
{
    std::string bytes(8, '\0');
    bytes[0] = type;
    for (int i = 0; i < 4; ++i) bytes[4 + i] = static_cast<char>(payload.size() >> (24 - 8 * i));
    return bytes + payload;
}

struct Output {
    std::string out, err;
    void take(FrameParser& parser, std::string_view bytes)
    {
        while (const auto piece = parser.next(bytes))
            (piece->stream == OutputStream::standard_output ? out : err) += piece->bytes;
    }
};

std::string all_bytes()
{
    std::string text;
    for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
    return text;
}

} // namespace

TEST_CASE("a stream cut at every byte gives the same output [DK149] [DK163]")
{
    const std::string stream =
        frame(1, "hello") + frame(2, "oops\r") + frame(1, "") + frame(1, all_bytes()) + frame(2, "x");
    for (std::size_t cut = 1; cut <= stream.size(); ++cut) {
        FrameParser parser;
        Output output;
        for (std::size_t at = 0; at < stream.size(); at += cut)
            output.take(parser, std::string_view(stream).substr(at, cut));
        REQUIRE(output.out == "hello" + all_bytes());
        REQUIRE(output.err == "oops\rx");
        REQUIRE(parser.at_boundary());
    }
}

TEST_CASE("an end inside a header or a payload is not a boundary [DK156]")
{
    for (const std::size_t length : {1u, 7u, 8u, 10u}) {
        FrameParser parser;
        Output output;
        output.take(parser, std::string_view(frame(1, "abc")).substr(0, length));
        CHECK(!parser.at_boundary());
    }
}

TEST_CASE("unknown streams and giant frames are protocol errors [DK155] [AC-D05]")
{
    const auto refused = [](std::string bytes) {
        FrameParser parser;
        std::string_view view = bytes;
        try {
            parser.next(view);
        } catch (const EngineError& error) {
            return error.code() == Failure::protocol && error.reason() == FailureReason::system;
        }
        return false;
    };
    CHECK(refused(frame(7, "x")));
    CHECK(refused(frame(0, "x")));
    CHECK(refused(frame(3, "x")));
    CHECK(refused(std::string("\1\0\0\0\x80\0\0\0", 8)));
    CHECK(refused(std::string("\1\0\0\0\xff\xff\xff\xff", 8)));
    CHECK(refused(std::string("\1\0\1\0\0\0\0\1", 8)));
    CHECK(refused(std::string("\1\0\0\0\0\x10\0\1", 8)));
}
