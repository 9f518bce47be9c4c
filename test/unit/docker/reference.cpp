#include "docker/reference.h"
#include "docker/engine_error.h"
#include "net/failure.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace ysnp;
using namespace ysnp::docker;

namespace {

const std::string hex(64, 'a');
const std::string digest = "sha256:" + hex;

void check_refused(const std::string& text)
{
    INFO(text);
    try {
        const Reference image = parse_reference(text);
        FAIL("accepted as " << image.to_string());
    } catch (const EngineError& error) {
        CHECK(error.reason() == FailureReason::configuration);
        CHECK(error.code() == Failure::invalid);
    }
}

} // namespace

TEST_CASE("every way to write one image gives one reference [DK024] [AC-M06]")
{
    for (const char* text : {"alpine", "alpine:latest", "docker.io/alpine", "docker.io/library/alpine",
                             "index.docker.io/library/alpine", "library/alpine", "Docker.IO/library/alpine:latest"}) {
        INFO(text);
        const Reference image = parse_reference(text);
        CHECK(image.to_string() == "docker.io/library/alpine:latest");
        CHECK(image.familiar_repository() == "alpine");
        CHECK(image == parse_reference("alpine"));
    }
}

TEST_CASE("a name without a tag means latest, also behind a port [DK051] [DK052]")
{
    CHECK(parse_reference("alpine").tag == "latest");
    const Reference image = parse_reference("reg:5000/img");
    CHECK(image.host == "reg:5000");
    CHECK(image.path == "img");
    CHECK(image.tag == "latest");
    CHECK(image.tag_implied);
    CHECK(parse_reference("localhost/img").host == "localhost");
    CHECK(parse_reference("group/img").host == "docker.io");
}

TEST_CASE("the digest names the content, the tag beside it is only a remark [DK031]")
{
    const Reference image = parse_reference("registry.example.com/a/b:1.2@" + digest);
    CHECK(image.tag == "1.2");
    CHECK(image.to_string() == "registry.example.com/a/b@" + digest);
    CHECK(image == parse_reference("registry.example.com/a/b:other@" + digest));
}

TEST_CASE("a registry's host is case-insensitive, a repository is lower case [DK026]")
{
    CHECK(parse_reference("Registry.Example.com:5000/x").host == "registry.example.com:5000");
    check_refused("registry.example.com/Group/x");
    check_refused("Group/x/y_Z");
    check_refused("GROUP/x"); // in lower case the Engine would take it for a repository of docker.io
}

TEST_CASE("a digest of another length or algorithm is refused [DK032] [AC-M02] [AC-M03]")
{
    check_refused("alpine@sha256:" + hex.substr(1));
    check_refused("alpine@sha256:" + hex + "a");
    check_refused("alpine@sha256:" + std::string(64, 'A'));
    check_refused("alpine@sha256:" + std::string(64, 'g'));
    check_refused("alpine@sha512:" + hex + hex);
    check_refused("alpine@md5:" + hex.substr(32));
    check_refused("alpine@sha256+b64:" + hex);
    check_refused("alpine@" + digest + "@" + digest);
    check_refused("alpine@");
}

TEST_CASE("bytes outside the grammar never reach a call [DK033] [AC-M04]")
{
    for (const char* text : {"",
                             " ",
                             "-rm",
                             "a b",
                             "a\nb",
                             "a\tb",
                             "..",
                             "a/../b",
                             "a//b",
                             "/a",
                             "a/",
                             "a%2fb",
                             "a?b",
                             "a#b",
                             "reg.example.com:0/a",
                             "reg.example.com:99999/a",
                             "reg.example.com:/a",
                             "re_g.example.com/a",
                             "-reg.example.com/a",
                             "b\xc3\xbc"
                             "cher.example/a",
                             "a:-tag",
                             "a:.tag",
                             "a:t ag",
                             "a___b",
                             "a.-b",
                             "[::1]:5000/a",
                             "user@host/a",
                             "http://host/a",
                             "a:tag:tag"})
        check_refused(text);
    check_refused(std::string("a\0b", 3));
    check_refused(std::string(256, 'a'));
    check_refused("a:" + std::string(129, 't'));
    CHECK_NOTHROW(parse_reference(std::string(237, 'a'))); // with docker.io/library/ that is 255
}

TEST_CASE("an image id is no name; a short one is a repository like any other [DK029] [DK030]")
{
    check_refused(digest);
    check_refused(hex);
    CHECK(parse_reference("b90dd11ca0f4").to_string() == "docker.io/library/b90dd11ca0f4:latest");
}

TEST_CASE("a message about a name is bounded and shows no control bytes")
{
    try {
        parse_reference("evil\x1b[31m" + std::string(500, 'x'));
        FAIL("accepted");
    } catch (const EngineError& error) {
        const std::string what = error.what();
        CHECK(what.size() < 600);
        CHECK(error.message().find('\x1b') == std::string::npos);
    }
}
