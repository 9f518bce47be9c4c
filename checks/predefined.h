#pragma once
#include <span>
#include <string_view>

namespace ysnp::checks {

/// The classes of GitLab's predefined names (docs/digest.md).
enum class VariableClass {
    verified, ///< must equal what typed fields and configuration say; not in the digest
    varying,  ///< differs from pipeline to pipeline; not in the digest while it comes once and fits its grammar
    steady,   ///< in the digest
    user,     ///< everybody else's: in the digest with its exact value
};

enum class Grammar {
    none,
    digits,
    hex,
    word,      ///< `[A-Za-z0-9_.+-]*`
    ref,       ///< what git accepts as a ref name
    url,       ///< http(s) URL without blanks
    timestamp, ///< RFC 3339
    boolean,
    text,         ///< anything without NUL
    secret_token, ///< the job token, known by comparison
};

struct Predefined {
    std::string_view name;
    VariableClass kind;
    Grammar grammar; ///< of a varying name; of a verified one where the payload has no typed field to compare with
};

/// Sorted by name.
std::span<const Predefined> predefined() noexcept;
/// nullptr for a name that GitLab does not define.
const Predefined* find_predefined(std::string_view name) noexcept;
bool fits(Grammar grammar, std::string_view value) noexcept;

} // namespace ysnp::checks
