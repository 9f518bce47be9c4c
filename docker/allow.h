#pragma once
#include "docker/reference.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::docker {

/// Doublestar matching: `*` and `?` stay within a path component, `**` crosses them, `[a-z]`, `[!a]`, `{a,b}`, `\x`.
bool glob_match(std::string_view pattern, std::string_view text);

/// Whether the patterns let the image run: no "!pattern" may match any of its spellings, and one of the others must
/// match a spelling that names its content (an empty list of those allows all). Every way to write one image gets the
/// same answer; a tag beside a digest proves nothing, so it cannot satisfy a pattern, only a "!pattern".
bool image_allowed(const std::vector<std::string>& patterns, const Reference& image);

/// The sentence for the job's log: what was refused and which patterns were asked.
std::string image_refusal(const std::vector<std::string>& patterns, std::string_view image);

} // namespace ysnp::docker
