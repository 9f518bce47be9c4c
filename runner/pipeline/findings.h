#pragma once
#include "runner/pipeline/image_entry.h"
#include "runner/pipeline/job_variables.h"
#include "runner/pipeline/job_view.h"
#include "runner/pipeline/pipeline.h"
#include <set>
#include <string>
#include <vector>

namespace ysnp::pipeline {

/// What of a job is told (Notice) or makes it undetermined.
struct Findings {
    std::vector<Notice> notices;
    std::vector<std::string> undetermined;
};

/// From the keywords that count for the job, and from the top level.
void find_keywords(const Value& config, const JobView& job, Findings& into);
/// Earlier jobs whose artifacts GitLab would bring into this one.
void find_artifacts_of_others(const Value& config, const JobView& job, Findings& into);

/// Variables of the file that hold what differs from pipeline to pipeline: with one, a digest fits one pipeline only.
void find_moving_values(const Value& config, const JobView& job, Findings& into);

/// Variables that `script`, `image` and the variables' own values refer to and that neither the file, the command line
/// nor the runner defines: settings of the project, the group or the instance.
struct Mentions {
    std::vector<std::string> script;
    const ImageEntry* image = nullptr; ///< may be absent
    std::vector<NamedValue> variables; ///< all that the payload holds
};
void find_missing_variables(const JobView& job, const Mentions& mentions, Findings& into);

} // namespace ysnp::pipeline
