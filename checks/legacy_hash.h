#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// YSNP v1's hash (gate-v1.md 3.2) of pieces that are simply joined: `sha256:` + padded base64url; empty for no text.
std::string v1_hash(const std::vector<std::string>& pieces);
/// The pieces v1 takes from script entries; for an after_script a fixed first piece is put before them.
std::vector<std::string> v1_pieces(const std::vector<std::string>& entries, bool after_script);

/// Why a v1 hash of these entries could stand for another script too; nullopt when the text is plain: one-line
/// printable ASCII entries without backslash, outer blanks, colour markers or v1's own separators.
std::optional<std::string> v1_ambiguity(const std::vector<std::string>& entries);

} // namespace ysnp::checks
