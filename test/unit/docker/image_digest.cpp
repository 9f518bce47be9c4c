#include "docker/engine_error.h"
#include "docker/image.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::docker;

namespace {

const std::string good = "sha256:" + std::string(64, '1');
const std::string other = "sha256:" + std::string(64, '2');

ImageInfo image_with(std::vector<std::string> digests)
{
    ImageInfo info;
    info.id.value = "sha256:" + std::string(64, 'f');
    info.digests = std::move(digests);
    return info;
}

} // namespace

TEST_CASE("an image runs by a digest only if the Engine says that it carries it [DK068] [AC-M14] [AC-M15]")
{
    const Reference asked = parse_reference("reg.io/app@" + good);
    CHECK(verified_digest(asked, {}, image_with({"reg.io/app@" + good})) == good);
    CHECK_THROWS_AS(verified_digest(asked, {}, image_with({"reg.io/app@" + other})), EngineError);
    CHECK_THROWS_AS(verified_digest(asked, {}, image_with({})), EngineError);
    CHECK_THROWS_AS(verified_digest(asked, {}, image_with({"evil.io/app@" + good})), EngineError);
    CHECK_THROWS_AS(verified_digest(asked, {}, image_with({"garbage", "", "@" + good})), EngineError);
}

TEST_CASE("the digest that a pull reported counts as well [DK067] [AC-M21]")
{
    const Reference tag = parse_reference("alpine:3.20");
    CHECK(verified_digest(tag, good, image_with({"alpine@" + good})) == good);
    CHECK_THROWS_AS(verified_digest(tag, good, image_with({"alpine@" + other})), EngineError);
}

TEST_CASE("of several repositories the requested one is named [DK069]")
{
    CHECK(verified_digest(parse_reference("b.io/x"), {}, image_with({"a.io/x@" + other, "b.io/x@" + good})) == good);
    CHECK(verified_digest(parse_reference("local/imported"), {}, image_with({})).empty());
}

TEST_CASE("with the containerd store the id is the manifest's digest [DK071]")
{
    ImageInfo info = image_with({});
    info.id.value = good;
    CHECK(verified_digest(parse_reference("x@" + good), {}, info) == good);
}
