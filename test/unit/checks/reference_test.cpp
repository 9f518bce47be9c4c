#include "checks/reference.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::checks;

TEST_CASE("references that are exact are read into one canonical form [AC-M06]")
{
    for (const char* name :
         {"alpine", "docker.io/alpine", "index.docker.io/library/alpine", "docker.io/library/alpine"}) {
        const auto reference = parse_reference(std::string(name) + "@" + sample::image_digest);
        REQUIRE(reference);
        CHECK(reference->repository == "docker.io/library/alpine");
        CHECK(reference->digest == sample::image_digest);
    }
    const auto full = parse_reference("registry.test:5000/mirror/other_x.y:9@" + sample::image_digest);
    REQUIRE(full);
    CHECK(full->repository == "registry.test:5000/mirror/other_x.y");
    CHECK(full->tag == "9");
    CHECK(parse_reference("localhost/x")->repository == "localhost/x");
    CHECK(parse_reference("a/b")->repository == "docker.io/a/b");
}

TEST_CASE("a tag alone is a reference without a digest [AC-M01]")
{
    CHECK(parse_reference("alpine:3.13")->digest.empty());
    CHECK(parse_reference("alpine")->digest.empty());
}

TEST_CASE("digests that are not sha256 and 64 lower-case hex digits are refused [AC-M02] [AC-M03]")
{
    const std::string good = sample::image_digest;
    for (const std::string& bad :
         {good.substr(0, 70), good + "0", "sha256:" + std::string(64, 'A'), "sha256:" + std::string(64, 'g'),
          "sha512:" + std::string(128, '0'), "md5:" + std::string(32, '0'), "sha256+b64:" + std::string(64, '0'),
          good + "@" + good, std::string("sha256:"), std::string()}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_reference("a@" + bad));
    }
}

TEST_CASE("odd names are no reference [AC-M04]")
{
    for (const char* bad : {"",        "-x",     "a b",     "a\nb",        " a",     "a ",
                            "../x",    "a/../b", "A/b",     "a//b",        "/a",     "a/",
                            "a:",      "a:-x",   "reg:0/x", "reg:99999/x", "reg:/x", "r\xc3\xa9g.tld/x",
                            "a..b/c/", "x___y",  "a.-b",    "http://x/y",  "$(id)",  "--privileged",
                            "a_.b"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_reference(bad));
    }
    CHECK_FALSE(parse_reference(std::string("a\0b", 3)));
    CHECK_FALSE(parse_reference(std::string(300, 'a')));
}
