#include "runner/git/pack_reader.h"
#include "runner/git/source_fault.h"
#include <algorithm>

namespace ysnp::git {
namespace {

constexpr std::size_t fanout_at = 8;
constexpr std::size_t names_at = fanout_at + 256 * 4;
constexpr std::size_t trailer_size = 20;

[[noreturn]] void damaged() { throw CorruptCache("a pack of the cache or its index is malformed"); }

} // namespace

PackReader::PackReader(const std::string& stem) : index_(stem + ".idx"), pack_(File::open_to_read(stem + ".pack"))
{
    const std::string_view bytes = index_.bytes();
    if (bytes.size() < names_at + 2 * trailer_size || !bytes.starts_with(std::string_view("\377tOc\0\0\0\2", 8)))
        damaged();
    count_ = number_at(fanout_at + 255 * 4);
    if (bytes.size() < names_at + std::size_t{count_} * 28 + 2 * trailer_size) damaged();
    by_offset_.reserve(count_);
    for (std::uint32_t i = 0; i < count_; ++i) by_offset_.emplace_back(offset_of(i), i);
    std::sort(by_offset_.begin(), by_offset_.end());
}

std::uint32_t PackReader::number_at(std::size_t position) const
{
    const std::string_view bytes = index_.bytes();
    if (position + 4 > bytes.size()) damaged();
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[position + i]);
    return value;
}

Oid PackReader::oid_of(std::uint32_t number) const
{
    return oid_from_bytes(index_.bytes().data() + names_at + std::size_t{number} * 20);
}

std::uint64_t PackReader::offset_of(std::uint32_t number) const
{
    const std::size_t offsets = names_at + std::size_t{count_} * 24;
    const std::uint32_t offset = number_at(offsets + std::size_t{number} * 4);
    if ((offset & 0x80000000u) == 0) return offset;
    const std::size_t wide = offsets + std::size_t{count_} * 4 + std::size_t{offset & 0x7FFFFFFFu} * 8;
    return static_cast<std::uint64_t>(number_at(wide)) << 32 | number_at(wide + 4);
}

std::optional<std::uint32_t> PackReader::find(const Oid& oid) const
{
    const unsigned first = oid.bytes[0];
    std::uint32_t low = first == 0 ? 0 : number_at(fanout_at + (first - 1) * 4);
    std::uint32_t high = number_at(fanout_at + first * 4);
    if (low > high || high > count_) damaged();
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        const Oid found = oid_of(middle);
        if (found == oid) return middle;
        if (found < oid)
            low = middle + 1;
        else
            high = middle;
    }
    return std::nullopt;
}

Oid PackReader::oid_at_offset(std::uint64_t offset) const
{
    const auto found = std::lower_bound(by_offset_.begin(), by_offset_.end(), std::pair{offset, std::uint32_t{0}});
    if (found == by_offset_.end() || found->first != offset) damaged();
    return oid_of(found->second);
}

/// The first bytes of an entry: type and size, then a base's offset or name.
struct PackReader::Head {
    unsigned char bytes[48] = {};
    std::size_t size = 0, at = 0;

    unsigned next()
    {
        if (at == size || at >= 40) damaged();
        return bytes[at++];
    }

    std::uint64_t take_size(unsigned first)
    {
        std::uint64_t value = first & 15;
        for (unsigned shift = 4; (first & 0x80) != 0 && shift < 60; shift += 7) {
            first = next();
            value |= static_cast<std::uint64_t>(first & 0x7F) << shift;
        }
        return value;
    }

    std::uint64_t take_distance()
    {
        unsigned byte = next();
        std::uint64_t back = byte & 0x7F;
        while ((byte & 0x80) != 0) {
            byte = next();
            back = (back + 1) << 7 | (byte & 0x7F);
        }
        return back;
    }

    Oid take_name()
    {
        if (at + 20 > size) damaged();
        at += 20;
        return oid_from_bytes(bytes + at - 20);
    }
};

PackReader::Head PackReader::head_at(std::uint64_t offset) const
{
    Head head;
    head.size = pack_.read_at(offset, reinterpret_cast<char*>(head.bytes), sizeof head.bytes);
    return head;
}

PackReader::Entry PackReader::entry(std::uint32_t number) const
{
    constexpr unsigned by_distance = 6, by_name = 7;
    Entry entry;
    entry.offset = offset_of(number);
    entry.crc = number_at(names_at + std::size_t{count_} * 20 + std::size_t{number} * 4);
    const auto next =
        std::upper_bound(by_offset_.begin(), by_offset_.end(), std::pair{entry.offset, ~std::uint32_t{0}});
    entry.end = next == by_offset_.end() ? pack_.size() - trailer_size : next->first;

    Head head = head_at(entry.offset);
    const unsigned first = head.next();
    entry.type = first >> 4 & 7;
    entry.size = head.take_size(first);
    if (entry.type == by_distance) entry.base = oid_at_offset(entry.offset - head.take_distance());
    if (entry.type == by_name) entry.base = head.take_name();
    if (entry.base)
        entry.type = by_name;
    else if (entry.type < 1 || entry.type > 4)
        damaged();
    entry.data_offset = entry.offset + head.at;
    if (entry.end <= entry.data_offset) damaged();
    return entry;
}

} // namespace ysnp::git
