#include "runner/tar/tar_writer.h"
#include <catch2/catch_test_macros.hpp>
#include <system_error>

using namespace ysnp::tar;

namespace {

std::string field(const std::string& header, std::size_t at, std::size_t size)
{
    return header.substr(at, size).c_str();
}

} // namespace

TEST_CASE("a plain member is one ustar block")
{
    const std::string blocks =
        header({.path = "src/a.c", .mode = 0644, .size = 10, .uid = 1000, .gid = 50, .mtime = 8});
    REQUIRE(blocks.size() == 512);
    CHECK(field(blocks, 0, 100) == "src/a.c");
    CHECK(field(blocks, 100, 8) == "0000644");
    CHECK(field(blocks, 108, 8) == "0001750");
    CHECK(field(blocks, 116, 8) == "0000062");
    CHECK(field(blocks, 124, 12) == "00000000012");
    CHECK(field(blocks, 136, 12) == "00000000010");
    CHECK(blocks[156] == '0');
    CHECK(blocks.substr(257, 8) == std::string("ustar\00000", 8));
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(blocks[i]);
    CHECK(std::stoul(field(blocks, 148, 7), nullptr, 8) == sum);
}

TEST_CASE("a directory's name ends with a slash, a link has its target")
{
    CHECK(field(header({.path = "d", .type = Type::directory}), 0, 100) == "d/");
    CHECK(field(header({.path = "d/", .type = Type::directory}), 0, 100) == "d/");
    const std::string link = header({.path = "l", .type = Type::symlink, .link_target = "../to"});
    CHECK(field(link, 157, 100) == "../to");
    CHECK(link[156] == '2');
}

TEST_CASE("a name that fits prefix and name needs no extended header")
{
    const std::string directories(120, 'd');
    const std::string blocks = header({.path = directories + "/file"});
    REQUIRE(blocks.size() == 512);
    CHECK(field(blocks, 345, 155) == directories);
    CHECK(field(blocks, 0, 100) == "file");
}

TEST_CASE("what ustar cannot say stands in a pax header in front")
{
    const std::string name(150, 'n');
    const std::string blocks = header({.path = name});
    REQUIRE(blocks.size() == 3 * 512);
    CHECK(blocks[156] == 'x');
    CHECK(blocks.substr(512, 160) == "160 path=" + name + "\n");
    CHECK(header({.path = "\xc3\xa9"}).substr(512, 11) == "11 path=\xc3\xa9\n");
    CHECK(header({.path = "big", .size = std::uint64_t{1} << 33}).substr(512, 19) == "19 size=8589934592\n");
    CHECK(header({.path = "o", .uid = 1u << 21}).substr(512, 15) == "15 uid=2097152\n");
    CHECK(header({.path = "t", .mtime = -1}).substr(512, 12) == "12 mtime=-1\n");
    CHECK(header({.path = "l", .type = Type::symlink, .link_target = std::string(101, 't')}).substr(512, 13) ==
          "115 linkpath=");
}

TEST_CASE("the length of a pax record counts its own digits, also where they grow")
{
    for (std::size_t size = 80; size < 1100; ++size) {
        const std::string blocks = header({.path = "/" + std::string(size, 'n')});
        if (blocks.size() == 512) continue;
        const std::size_t length = std::stoul(blocks.substr(512));
        CHECK(blocks[512 + length - 1] == '\n');
        CHECK((padding(length) == 0 || blocks[512 + length] == '\0'));
    }
}

TEST_CASE("a writer closes each member on a block and refuses a wrong size")
{
    std::string bytes;
    Writer writer([&bytes](std::string_view piece) { bytes += piece; });
    writer.file({.path = "a"}, "abc");
    writer.begin({.path = "b", .size = 4});
    writer.write("12");
    CHECK_THROWS_AS(writer.write("345"), std::logic_error);
    CHECK_THROWS_AS(writer.finish(), std::logic_error);
    writer.write("34");
    writer.finish();
    CHECK(bytes.size() == 4 * 512 + 1024);
    CHECK(writer.written() == bytes.size());
    CHECK(padding(0) == 0);
    CHECK(padding(1) == 511);
    CHECK(padding(512) == 0);
}

TEST_CASE("a name or target that no archive can hold is refused")
{
    CHECK_THROWS_AS(header({.path = ""}), std::system_error);
    CHECK_THROWS_AS(header({.path = std::string("a\0b", 3)}), std::system_error);
    CHECK_THROWS_AS(header({.path = "l", .type = Type::symlink}), std::system_error);
}
