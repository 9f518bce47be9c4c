#pragma once
#include "runner/audit/log.h"
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::audit {

/// What is wrong first in a chain.
struct Break {
    std::filesystem::path file;
    std::uint64_t line = 0; ///< from 1
    std::uint64_t seq = 0;  ///< as the record says, else as expected
    std::string problem;
};

struct Verification {
    std::uint64_t records = 0;
    Position head;
    std::optional<Break> first_break;
    bool intact() const noexcept { return !first_break; }
};

/// The files of a chain, oldest first: the rotated ones before `file` (`<file>.1`, `.2`, … oldest has the highest
/// number), then `file` itself, unless a crash between the two halves of a rotation left it out.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& file);

/// Reads the file and the rotated ones before it (`<file>.1`, `.2`, … oldest has the highest number) and recomputes the
/// chain. With `anchor`, a chain that does not contain that record is broken too: a cut-off tail shows, and a file that
/// is gone.
Verification verify(const std::filesystem::path& file, const std::optional<Position>& anchor = std::nullopt);
/// The same, but only from the file on that must hold the anchored record: what a start can afford.
Verification verify_from(const std::filesystem::path& file, const Position& anchor);

} // namespace ysnp::audit
