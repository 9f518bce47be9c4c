#include "docker/tar_guard.h"
#include "docker/engine_error.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::docker;

namespace {

class Pieces final : public ysnp::net::BodySource {
public:
    explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    boost::asio::awaitable<std::string_view> next() override
    {
        if (at_ == pieces_.size()) co_return std::string_view();
        co_return pieces_[at_++];
    }

private:
    std::vector<std::string> pieces_;
    std::size_t at_ = 0;
};

boost::asio::awaitable<std::string> drain(std::vector<std::string> pieces)
{
    TarGuard guard(std::make_unique<Pieces>(std::move(pieces)));
    std::string all;
    for (;;) {
        const std::string_view piece = co_await guard.next();
        if (piece.empty()) break;
        all += piece;
    }
    co_return all;
}

std::string tar(std::string name)
{
    std::string block = std::move(name);
    block.resize(1024);
    block.replace(257, 5, "ustar");
    return block;
}

} // namespace

TEST_CASE("an uncompressed archive goes through whole, however it is cut")
{
    const std::string archive = tar("hello");
    CHECK(ysnp::test::run(drain({archive})) == archive);
    CHECK(ysnp::test::run(drain({archive.substr(0, 1), archive.substr(1, 300), archive.substr(301)})) == archive);
    CHECK(ysnp::test::run(drain({std::string(1024, '\0')})).size() == 1024);
}

TEST_CASE("what the Engine would unpack with a program of the image never leaves [AC-D11]")
{
    using namespace std::string_literals;
    for (const auto& magic : {"\x1f\x8b\x08"s, "BZh9"s,
                              "\xfd"s
                              "7zXZ"s,
                              "\x28\xb5\x2f\xfd"s, "\x50\x2a\x4d\x18"s})
        CHECK_THROWS_AS(ysnp::test::run(drain({tar(magic)})), EngineError);
    CHECK_THROWS_AS(ysnp::test::run(drain({std::string(1024, 'x')})), EngineError);
    CHECK_THROWS_AS(ysnp::test::run(drain({"short"})), EngineError);
}
