#pragma once
#include "runner/pipeline/context.h"
#include "runner/pipeline/job_variables.h"
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::pipeline {

/// GitLab's predefined variables (https://docs.gitlab.com/ci/variables/predefined_variables/), as far as the context
/// tells them, in GitLab's order.
std::vector<NamedValue> predefined_variables(const Context& context, std::string_view job, std::string_view stage,
                                             std::chrono::seconds timeout);

/// Lower case, anything but letters and digits as '-', at most 63 characters, no '-' at either end.
std::string slug(std::string_view text);

/// "https://gitlab-ci-token:<token>@host/group/project.git"
std::string repository_url(const Context& context);

} // namespace ysnp::pipeline
