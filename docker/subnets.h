#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::docker {

/// A private IPv4 range (RFC 1918, or the shared range of RFC 6598) cut into /28: sixteen addresses for one job.
class Subnets {
public:
    static constexpr int prefix = 28;

    /// "10.213.0.0/16". Throws EngineError (configuration) for what is not such a range, or is smaller than a /28.
    explicit Subnets(std::string_view range);

    std::uint32_t count() const noexcept { return count_; }
    /// "10.213.0.16/28" for index 1; index < count().
    std::string at(std::uint32_t index) const;

private:
    std::uint32_t base_ = 0;
    std::uint32_t count_ = 0;
};

} // namespace ysnp::docker
