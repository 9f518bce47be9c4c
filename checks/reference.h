#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::checks {

/// An image reference in its one canonical form (distribution's reference grammar).
struct Reference {
    std::string repository; ///< `docker.io/library/alpine`
    std::string tag;        ///< empty when there is none
    std::string digest;     ///< `sha256:` and 64 lower-case hex digits; empty when there is none
};

/// nullopt for anything unusual: blanks, two digests, another algorithm, a bad port, `..`, upper case in a repository.
/// `docker.io`, `index.docker.io` and no registry at all are the same.
std::optional<Reference> parse_reference(std::string_view text);

/// `sha256:` and exactly 64 lower-case hex digits
bool is_image_digest(std::string_view text) noexcept;

} // namespace ysnp::checks
