#include "docker/pull_stream.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::docker;

namespace {

const std::string digest = "sha256:" + std::string(64, 'c');
const std::string good = "{\"status\":\"Pulling from x\",\"id\":\"latest\"}\r\n"
                         "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":9},\"id\":\"l1\"}\r\n"
                         "{\"status\":\"Digest: " +
                         digest +
                         "\"}\r\n"
                         "{\"status\":\"Status: Downloaded newer image for x\"}\r\n";

} // namespace

TEST_CASE("progress, digest and confirmation are read however the stream is cut [DK061]")
{
    for (std::size_t cut = 1; cut < 80; ++cut) {
        std::vector<PullProgress> seen;
        PullStream stream([&](const PullProgress& progress) { seen.push_back(progress); });
        for (std::size_t at = 0; at < good.size(); at += cut) stream.feed(std::string_view(good).substr(at, cut));
        stream.finish();
        REQUIRE(stream.result().complete);
        REQUIRE(stream.result().digest == digest);
        REQUIRE(stream.error().empty());
        REQUIRE(seen.size() == 4);
        REQUIRE(seen[1].layer == "l1");
        REQUIRE(seen[1].current == 5);
        REQUIRE(seen[1].total == 9);
    }
}

TEST_CASE("an error inside a 200 is an error, with and without the deprecated key [DK057] [DK058] [AC-D04]")
{
    for (const char* line : {R"({"errorDetail":{"message":"boom"},"error":"boom"})",
                             R"({"errorDetail":{"message":"boom"}})", R"({"error":"boom"})"}) {
        PullStream stream({});
        stream.feed(line);
        stream.finish(); // no line end: a cut stream
        CHECK(stream.error() == "boom");
        CHECK(!stream.result().complete);
    }
}

TEST_CASE("a stream without a confirmation is not complete [DK059]")
{
    PullStream stream({});
    stream.feed("{\"status\":\"Downloading\"}\r\n");
    stream.finish();
    CHECK(!stream.result().complete);
    CHECK(stream.result().digest.empty());
}

TEST_CASE("over-long and broken lines are skipped, memory stays bounded [DK061]")
{
    PullStream stream({});
    stream.feed("{\"status\":\"");
    for (int i = 0; i < 3000; ++i) stream.feed(std::string(1024, 'x'));
    stream.feed("\"}\n[1,2]\nnot json\n{\"status\":7}\n");
    stream.feed(good);
    CHECK(stream.result().complete);
    CHECK(stream.result().digest == digest);
    CHECK(stream.error().empty());
}
