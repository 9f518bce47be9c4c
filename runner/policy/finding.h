#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::policy {

/// One line of a doctor: what was looked at, what was found, and what repairs it.
struct Finding {
    enum class Level { ok, warn, fail, unknown };
    Level level = Level::unknown;
    std::string subject; ///< "runner", "approver", "vault"
    std::string found;   ///< a sentence
    std::string fix;     ///< empty where all is well
};
using Findings = std::vector<Finding>;

std::string_view to_string(Finding::Level level) noexcept;
/// Whether anything must be repaired.
bool any_failure(const Findings& findings);
/// A table for people: level, subject, what was found, the fix below it. Control characters become question marks.
std::string table_of(const Findings& findings);
/// {"findings":[{"level","subject","found","fix"}],"failures":n,"warnings":n,"unknown":n}
std::string json_of(const Findings& findings);

} // namespace ysnp::policy
