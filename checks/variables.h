#pragma once
#include "checks/facts.h"
#include "checks/predefined.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// How a name of the payload takes part in the decision.
enum class Cover {
    outside,  ///< verified, or varying within its grammar: not in the digest
    digest,   ///< in the digest with its value
    flag,     ///< FF_*: in the digest among the feature flags
    open,     ///< free by policy: its name is in the digest
    unlisted, ///< secret, and policy does not list it as free: nothing covers it
};

struct NameUse {
    const Variable* last = nullptr; ///< the one that counts
    std::size_t count = 0;
    Cover cover{};
};

/// Every name of the payload once, sorted, and what is wrong with some of them.
struct VariableReport {
    std::vector<NameUse> names;
    std::vector<Objection> objections; ///< malformed names and texts, verified names that lie: refused in every mode
};

VariableReport classify(const JobFacts& facts, const std::vector<std::string>& free_variables);

/// `[A-Za-z_][A-Za-z0-9_]*` and not a shell function (`BASH_FUNC_…`).
bool is_variable_name(std::string_view name) noexcept;
/// Names that make a shell, loader, git or interpreter run other code than the approved one.
bool steers_execution(std::string_view name) noexcept;
/// Names that say whom programs trust (CA bundles), which Engine they use or through which proxy they go. Policy may
/// list them as free.
bool redirects_trust(std::string_view name) noexcept;
/// What a verified name has to be; nullopt where the facts hold nothing to compare with.
std::optional<std::string> expected_value(std::string_view name, const JobFacts& facts);
/// GitLab's slug: lower case, 63 bytes, everything but a-z and 0-9 a `-`, none at the ends.
std::string slug(std::string_view text);

} // namespace ysnp::checks
