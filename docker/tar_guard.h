#pragma once
#include "net/http.h"
#include <memory>
#include <string>

namespace ysnp::docker {

/// Lets only uncompressed ustar archives through. The Engine unpacks what looks compressed with a program that it finds
/// in the container's image, as root of the host (CVE-2026-41567), so such bytes must never reach it.
class TarGuard final : public net::BodySource {
public:
    explicit TarGuard(std::unique_ptr<net::BodySource> tar) : tar_(std::move(tar)) {}

    std::optional<std::uint64_t> size() const override { return tar_->size(); }
    /// Throws EngineError (Failure::invalid) before the first byte is handed on.
    boost::asio::awaitable<std::string_view> next() override;

private:
    boost::asio::awaitable<void> collect_first_block();

    std::unique_ptr<net::BodySource> tar_;
    std::string first_;
    bool checked_ = false;
};

} // namespace ysnp::docker
