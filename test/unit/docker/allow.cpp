#include "docker/allow.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::docker;

namespace {

bool allowed(const std::vector<std::string>& patterns, const char* image)
{
    return image_allowed(patterns, parse_reference(image));
}

const std::string digest = "sha256:" + std::string(64, 'b');

} // namespace

TEST_CASE("glob patterns follow doublestar")
{
    CHECK(glob_match("*", "ruby"));
    CHECK(!glob_match("*", "a/ruby"));
    CHECK(glob_match("**", "a/b/c"));
    CHECK(glob_match("a/**/z", "a/z"));
    CHECK(glob_match("a/**/z", "a/b/c/z"));
    CHECK(!glob_match("a/**/z", "a/b/c"));
    CHECK(glob_match("r?by", "ruby"));
    CHECK(!glob_match("a?b", "a/b"));
    CHECK(glob_match("[a-c]x", "bx"));
    CHECK(!glob_match("[!a-c]x", "bx"));
    CHECK(glob_match("[^x]", "y"));
    CHECK(!glob_match("[ab", "a"));
    CHECK(glob_match("{ruby,node}:*", "node:20"));
    CHECK(glob_match("{a,b{c,d}}", "bd"));
    CHECK(!glob_match("{a,b", "a"));
    CHECK(glob_match("a\\*b", "a*b"));
    CHECK(!glob_match("a\\*b", "axb"));
    CHECK(!glob_match("", "a"));
}

TEST_CASE("a pattern of many stars ends, and then does not match")
{
    CHECK(!glob_match("**a**a**a**a**a**a**a**a**a**b", std::string(200, 'a')));
}

TEST_CASE("every spelling of an image gets the same answer [DK024]")
{
    for (const char* pattern :
         {"alpine", "docker.io/library/alpine", "index.docker.io/library/alpine:latest", "library/alpine"})
        for (const char* image :
             {"alpine", "alpine:latest", "docker.io/library/alpine", "index.docker.io/library/alpine"}) {
            INFO(pattern << " against " << image);
            CHECK(allowed({pattern}, image));
        }
    CHECK(!allowed({"alpine"}, "alpine:3.20"));
    CHECK(!allowed({"alpine"}, "evil.example.com/library/alpine"));
}

TEST_CASE("a registry's pattern does not reach another host [DK025]")
{
    CHECK(allowed({"my.reg:5000/**"}, "my.reg:5000/a/b:1"));
    CHECK(!allowed({"my.reg:5000/**"}, "my.reg.evil.com:5000/x"));
    CHECK(!allowed({"my.reg/**"}, "my.reg.evil.com/x"));
    CHECK(allowed({"my.registry.tld/**/*:*"}, "my.registry.tld/a/b/c:tag"));
}

TEST_CASE("a deny pattern wins wherever it stands [DK027]")
{
    CHECK(!allowed({"**", "!**/kali*"}, "docker.io/kalilinux/kali-rolling"));
    CHECK(!allowed({"!**/kali*", "**"}, "kalilinux/kali-rolling:latest"));
    CHECK(allowed({"**", "!**/kali*"}, "debian"));
    CHECK(!allowed({"!debian"}, ("debian@" + digest).c_str()));
    CHECK(!allowed({"!debian:11"}, ("debian:11@" + digest).c_str()));
}

TEST_CASE("an empty list allows all, deny patterns alone allow the rest [DK028]")
{
    CHECK(allowed({}, "anything/at:all"));
    CHECK(allowed({"!debian"}, "alpine"));
}

TEST_CASE("a tag beside a digest proves nothing")
{
    CHECK(!allowed({"alpine:3.20"}, ("alpine:3.20@" + digest).c_str()));
    CHECK(allowed({"alpine@sha256:*"}, ("alpine:3.20@" + digest).c_str()));
    CHECK(allowed({"docker.io/library/**"}, ("alpine@" + digest).c_str()));
}

TEST_CASE("a refusal names the image and the patterns")
{
    const std::string text = image_refusal({"a/**", "!b"}, "evil/x");
    CHECK(text.find("evil/x") != std::string::npos);
    CHECK(text.find("a/** !b") != std::string::npos);
}
