#pragma once
#include "checks/facts.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// The digest document (docs/digest.md) of a job and what it hashes to.
struct JobDigest {
    std::string document; ///< JCS text (RFC 8785)
    std::string digest;   ///< `ysnp2:` + unpadded base64url of SHA-256 over the document's bytes
};

/// `free_variables`: names whose values policy leaves open; their names stand in the document. Secret values never do.
/// Throws std::invalid_argument when the facts cannot be written as JSON (text that is not UTF-8, a bad input).
JobDigest digest_of(const JobFacts& facts, const std::vector<std::string>& free_variables);

/// `ysnp2:…` of any document text.
std::string digest_of_document(std::string_view document);

/// Unpadded base64url (RFC 4648 5) and its inverse; the inverse gives an empty string for anything malformed.
std::string base64url(std::string_view bytes);
std::string sha256(std::string_view bytes); // 32 raw bytes

} // namespace ysnp::checks
