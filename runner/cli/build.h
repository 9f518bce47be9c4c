#pragma once
#include "gitlab-api/runner_identity.h"
#include <string>

namespace ysnp::cli {

/// "0.1.0", of the CMake project.
std::string version();
/// Short commit hash of the build, or "unknown".
std::string revision();
/// How this program introduces itself to GitLab.
gitlab::RunnerIdentity identity();

} // namespace ysnp::cli
