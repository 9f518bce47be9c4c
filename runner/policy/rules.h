#pragma once
#include "runner/policy/amend.h"
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::policy {

/// The native policy that applies to one job, of whichever document: the project's own, or that of a group which it
/// inherits from. Throws StoreFault where groups have documents and one of all these is broken.
class Rules {
public:
    /// `now` must outlive it.
    Rules(const ProjectDocuments& now, const std::string& job);

    /// Whether any enclosing group has a native policy.
    bool has_parents() const;
    /// The entry; nullptr: none.
    const checks::JobPolicy* entry() const { return entry_; }
    /// Whether the entry lists each of these names as free.
    bool frees(const std::vector<std::string>& names) const;
    /// The entry as it stands in its document.
    nlohmann::ordered_json written() const;
    /// "default of /policy/acme/ysnp_policy.json" for a group's entry.
    std::optional<std::string> inherited_from() const;

private:
    const ProjectDocuments& now_;
    checks::Policy policy_;
    const checks::JobPolicy* entry_ = nullptr;
    std::string name_;
};

} // namespace ysnp::policy
