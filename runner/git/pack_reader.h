#pragma once
#include "runner/git/file.h"
#include "runner/git/oid.h"
#include <optional>
#include <string>
#include <vector>

namespace ysnp::git {

/// A pack and its index (gitformat-pack(5), index version 2) at the level of stored entries, to copy them as they are.
/// A malformed file throws CorruptCache.
class PackReader {
public:
    /// `stem`: path without ".pack" and ".idx".
    explicit PackReader(const std::string& stem);

    std::uint32_t count() const noexcept { return count_; }
    /// Number of the entry, in the index's order.
    std::optional<std::uint32_t> find(const Oid& oid) const;

    struct Entry {
        unsigned type = 0;             ///< 1 to 4; 7 for a delta, whichever way it was stored
        std::uint64_t size = 0;        ///< of the inflated data
        std::optional<Oid> base;       ///< of a delta
        std::uint64_t data_offset = 0; ///< where the deflated data begins
        std::uint64_t offset = 0, end = 0;
        std::uint32_t crc = 0; ///< of the bytes from offset to end
    };
    Entry entry(std::uint32_t number) const;
    const File& pack() const noexcept { return pack_; }

private:
    struct Head;
    Head head_at(std::uint64_t offset) const;
    std::uint32_t number_at(std::size_t position) const;
    Oid oid_of(std::uint32_t number) const;
    std::uint64_t offset_of(std::uint32_t number) const;
    Oid oid_at_offset(std::uint64_t offset) const;

    MappedFile index_;
    File pack_;
    std::uint32_t count_ = 0;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> by_offset_; // offset, number; sorted
};

} // namespace ysnp::git
