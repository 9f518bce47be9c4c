#pragma once
#include <string>
#include <string_view>

namespace ysnp::docker {

/// An image's name in its one canonical form: registry host with port (lower case), repository path, and a tag, a
/// sha256 digest or both (then the digest counts). Equal images have equal references.
struct Reference {
    std::string host;   // "docker.io" where none was written
    std::string path;   // "library/alpine"
    std::string tag;    // empty only where there is a digest
    std::string digest; // "sha256:…" or empty
    bool tag_implied = false;

    /// "docker.io/library/alpine"
    std::string repository() const;
    /// As the docker CLI shows it: "alpine", "registry.example.com/group/app"
    std::string familiar_repository() const;
    /// What names the content: repository@digest where there is a digest, else repository:tag
    std::string to_string() const;
    friend bool operator==(const Reference& a, const Reference& b);
};

/// Parses what a job or a config wrote (the grammar of distribution/reference; sha256 only). Image ids, upper-case
/// paths, ports outside 1 to 65535, names over 255 characters and every byte outside the grammar are refused:
/// EngineError, FailureReason::configuration. A missing tag becomes "latest".
Reference parse_reference(std::string_view text);

} // namespace ysnp::docker
