#include "checks/zone.h"
#include <algorithm>
#include <cstring>

namespace ysnp::checks {
namespace {

constexpr std::size_t header_size = 44;

std::int64_t big_endian(std::string_view bytes)
{
    std::uint64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80) ? ~std::uint64_t{0} : 0;
    for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
}

/// One data block: counts of its header, and where its parts begin.
struct Block {
    std::size_t times = 0, types = 0, chars = 0, leaps = 0, standard = 0, utc = 0;
    std::size_t time_size = 4;
    std::string_view data;

    std::size_t size() const
    {
        return times * time_size + times + types * 6 + chars + leaps * (time_size + 4) + standard + utc;
    }
    std::int64_t time(std::size_t i) const { return big_endian(data.substr(i * time_size, time_size)); }
    std::size_t type(std::size_t i) const { return static_cast<unsigned char>(data[times * time_size + i]); }
    std::optional<std::int64_t> offset(std::size_t type) const
    {
        if (type >= types) return std::nullopt;
        return big_endian(data.substr(times * time_size + times + type * 6, 4));
    }
};

std::optional<Block> block_at(std::string_view file, std::size_t at, std::size_t time_size)
{
    constexpr std::int64_t most = 100000;
    if (at > file.size() || file.size() - at < header_size || file.substr(at, 4) != "TZif") return std::nullopt;
    std::size_t counts[6];
    for (std::size_t i = 0; i < 6; ++i) {
        const auto count = big_endian(file.substr(at + 20 + i * 4, 4));
        if (count < 0 || count > most) return std::nullopt;
        counts[i] = static_cast<std::size_t>(count);
    }
    Block block{counts[3], counts[4], counts[5], counts[2], counts[1], counts[0], time_size, {}};
    block.data = file.substr(at + header_size);
    if (block.types == 0 || block.data.size() < block.size()) return std::nullopt;
    return block;
}

std::string_view footer_of(const Block& block)
{
    auto rest = block.data.substr(block.size());
    if (rest.empty() || rest.front() != '\n') return {};
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('\n'));
}

} // namespace

std::optional<std::int64_t> utc_offset(std::string_view tzif, Now when)
{
    auto block = block_at(tzif, 0, 4);
    if (!block) return std::nullopt;
    std::string_view footer;
    if (tzif[4] >= '2') {
        block = block_at(tzif, header_size + block->size(), 8);
        if (!block) return std::nullopt;
        footer = footer_of(*block);
    }
    const std::int64_t moment = when.time_since_epoch().count();
    std::size_t low = 0, high = block->times; // first transition after the moment
    while (low < high) {
        const auto middle = (low + high) / 2;
        if (block->time(middle) <= moment) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == block->times && !footer.empty()) return posix_offset(footer, when);
    return block->offset(low == 0 ? 0 : block->type(low - 1));
}

} // namespace ysnp::checks
