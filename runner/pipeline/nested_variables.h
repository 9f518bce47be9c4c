#pragma once
#include "runner/pipeline/job_variables.h"
#include <vector>

namespace ysnp::pipeline {

/// The variables as GitLab sends them: it puts values in place of $NAME, ${NAME} and %NAME% before a runner sees them
/// (GitLab: "Nested variable expansion"). What nothing defines stays, as do `$$`, raw values and references to raw
/// variables. Where variables refer to each other in a circle, all stay as they are. Of duplicates the last counts; one
/// that refers to its own name means the one before it. More than a mebibyte of one value or 200 references in a chain
/// throw PipelineError with `place`.
std::vector<NamedValue> with_nested_values(std::vector<NamedValue> variables, const Place& place);

} // namespace ysnp::pipeline
