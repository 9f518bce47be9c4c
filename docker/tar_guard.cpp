#include "docker/tar_guard.h"
#include "docker/engine_error.h"
#include "net/failure.h"
#include <algorithm>
#include <array>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

constexpr std::size_t block = 512;

using namespace std::string_view_literals;
constexpr std::array compressed{"\x1f\x8b"sv, "BZh"sv, "\xfd\x37\x7a\x58\x5a"sv, "\x28\xb5\x2f\xfd"sv,
                                "\x5d\x00\x00"sv};

bool plain_tar(std::string_view first)
{
    if (first.size() < block) return false;
    if (std::any_of(compressed.begin(), compressed.end(), [&](auto magic) { return first.starts_with(magic); }))
        return false;
    const bool skippable_frame =
        static_cast<unsigned char>(first[0]) >> 4 == 5 && first.substr(1, 3) == "\x2a\x4d\x18"sv;
    const bool empty = std::all_of(first.begin(), first.begin() + block, [](char c) { return c == 0; });
    return !skippable_frame && (empty || first.substr(257, 5) == "ustar");
}

} // namespace

asio::awaitable<void> TarGuard::collect_first_block()
{
    while (first_.size() < block) {
        const std::string_view piece = co_await tar_->next();
        if (piece.empty()) break;
        first_ += piece;
    }
    if (!plain_tar(first_))
        throw EngineError(make_error_code(Error::invalid_value), "PUT /containers/archive", 0,
                          "the archive is not an uncompressed ustar archive", FailureReason::system);
}

asio::awaitable<std::string_view> TarGuard::next()
{
    if (checked_) {
        first_.clear();
        co_return co_await tar_->next();
    }
    checked_ = true;
    co_await collect_first_block();
    co_return first_;
}

} // namespace ysnp::docker
