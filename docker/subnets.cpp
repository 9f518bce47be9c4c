#include "docker/subnets.h"
#include "docker/engine_error.h"
#include <array>
#include <charconv>
#include <optional>

namespace ysnp::docker {

namespace {

struct Range {
    std::uint32_t address = 0;
    unsigned bits = 0;
};

std::optional<unsigned> take_number(std::string_view& text, unsigned most)
{
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value > most || (text.front() == '0' && end - text.data() > 1)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::optional<Range> parse(std::string_view text)
{
    Range range;
    for (int i = 0; i < 4; ++i) {
        const auto octet = take_number(text, 255);
        if (!octet || !text.starts_with(i < 3 ? '.' : '/')) return std::nullopt;
        text.remove_prefix(1);
        range.address = range.address << 8 | *octet;
    }
    const auto bits = take_number(text, 32);
    if (!bits || !text.empty()) return std::nullopt;
    range.bits = *bits;
    return range;
}

bool inside(Range inner, Range outer)
{
    return inner.bits >= outer.bits && (inner.address ^ outer.address) >> (32 - outer.bits) == 0;
}

bool is_private(Range range)
{
    static constexpr std::array<Range, 4> blocks{Range{10u << 24, 8}, Range{172u << 24 | 16u << 16, 12},
                                                 Range{192u << 24 | 168u << 16, 16}, Range{100u << 24 | 64u << 16, 10}};
    for (const Range& block : blocks)
        if (inside(range, block)) return true;
    return false;
}

} // namespace

Subnets::Subnets(std::string_view text)
{
    const auto range = parse(text);
    if (!range || !is_private(*range) || range->bits > prefix)
        throw configuration_error("network_pool", "expected a private IPv4 range of /28 or larger, such as "
                                                  "10.213.0.0/16, found \"" +
                                                      std::string(text.substr(0, 60)) + "\"");
    if ((range->address << range->bits) != 0)
        throw configuration_error("network_pool", "\"" + std::string(text) + "\" has address bits beyond its prefix");
    base_ = range->address;
    count_ = 1u << (prefix - range->bits);
}

std::string Subnets::at(std::uint32_t index) const
{
    const std::uint32_t address = base_ + index * 16;
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8)
        text += std::to_string(address >> shift & 255) + (shift > 0 ? "." : "/28");
    return text;
}

} // namespace ysnp::docker
