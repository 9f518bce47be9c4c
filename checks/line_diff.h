#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace ysnp::checks {

enum class Change : char { same = ' ', removed = '-', added = '+' };

/// One step from a text to another: a line of both, of the first, or of the second. The index that a step does not use
/// is that of the line it stands before.
struct Edit {
    Change change = Change::same;
    std::size_t before = 0, after = 0;
};

/// The shortest way from `before` to `after` (E. Myers, "An O(ND) Difference Algorithm", 1986). Texts that differ in
/// more than some thousand lines are given as removed and added as a whole, between their common ends.
std::vector<Edit> edits_between(const std::vector<std::string>& before, const std::vector<std::string>& after);

/// A run of steps that belongs together: changes, and up to `context` equal lines around them. [first, last).
struct Hunk {
    std::size_t first = 0, last = 0;
};
std::vector<Hunk> hunks_of(const std::vector<Edit>& edits, std::size_t context = 3);

/// The unified diff of two texts; empty where they are equal. `from` and `to` name them.
std::string unified_diff(const std::string& from, const std::string& before, const std::string& to,
                         const std::string& after);

/// The text's lines without their ends; a text that ends in a line's end has no empty line behind it.
std::vector<std::string> lines_of(const std::string& text);

} // namespace ysnp::checks
