#pragma once
#include "checks/policy.h"
#include "runner/policy/allow.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::policy {

/// The documents of one project that entries go to, as they are now.
struct ProjectDocuments {
    checks::Document whitelist, config, native; ///< whitelist, youshallnotpass_config, ysnp_policy
    std::vector<checks::Document>
        parent_policies; ///< ysnp_policy of each enclosing group, nearest first; never written
};

/// A document with what was added to it.
struct Amended {
    std::string name; ///< "whitelist", "youshallnotpass_config" or "ysnp_policy"
    std::string text; ///< JSON, indented, a newline at its end
};

struct Amendment {
    std::vector<Amended> documents; ///< only those that change, in the order in which they are to be written
    std::vector<std::string> added, present;
};

/// What the allowance adds to the documents: script and image entries to the whitelist, free names to the native
/// policy, and, where the project has no checks yet, a configuration whose `default` checks image and script. All else
/// that stands in them stays, and so does what groups say about the job and about others: a new entry starts as a copy
/// of the one that applies, a new native policy inherits. Throws StoreFault (Failure::invalid) for a document that
/// entries cannot be added to.
Amendment amend(const ProjectDocuments& now, const Allowance& allowance);

/// The document of that name, for what amend() gives back.
checks::Document& named(ProjectDocuments& documents, std::string_view name);

} // namespace ysnp::policy
