#pragma once
#include "checks/decide.h"
#include "checks/digest.h"
#include "checks/expand.h"
#include "checks/variables.h"
#include <optional>
#include <string>
#include <vector>

namespace ysnp::checks {

/// The checks that apply to one job, each kind once in its strictest form.
struct Plan {
    std::optional<Check> image, script, mfa;
    std::vector<Check> windows;
    bool exists = false; ///< some document selects checks for this job
};

/// One decision in the making: what it is about, and what the checks found so far.
struct Hearing {
    Hearing(const Policy& policy, const JobFacts& facts, Now now);

    const Policy& policy;
    const JobFacts& facts;
    Now now;
    const JobPolicy* native; ///< what ysnp_policy says about this job, or nullptr
    std::vector<std::string> free_variables;
    VariableReport variables;
    std::vector<Variable> expansion;
    Expander expander;
    JobDigest digest;
    Plan plan;
    Decision decision;
    bool covered = false; ///< what passes, passes by the native digest

    void add(Finding finding, Reason reason);
    /// Refuses, asks or informs, as the check says.
    void react(const Check& check, Reason reason);
};

Plan select_checks(const Policy& policy, const JobFacts& facts, std::vector<std::string>& notes);

// The checks. Each adds its reasons to the hearing.
void check_structure(Hearing& hearing);
void check_claims(Hearing& hearing);
void check_project(Hearing& hearing);
void check_images(Hearing& hearing);
void check_script(Hearing& hearing);
void check_mfa(Hearing& hearing);
void check_windows(Hearing& hearing);
void check_conditions(Hearing& hearing);
void check_variables(Hearing& hearing);

} // namespace ysnp::checks
