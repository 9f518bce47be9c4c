#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::pipeline {

/// Names that a text refers to as $NAME or ${NAME}; `$$` is an escape.
std::set<std::string> references(std::string_view text);

/// Names that a script refers to, that look like CI variables (upper case), that nothing in it assigns and that a shell
/// or an image does not usually provide: what only GitLab's project, group or instance settings could define.
std::set<std::string> unexplained(const std::vector<std::string>& script);

/// A predefined name that the runner or GitLab sets, but not for a local run.
bool is_gitlab_name(std::string_view name) noexcept;
/// A name that the runner itself sets at run time (CI_PROJECT_DIR, CI_JOB_STATUS, …).
bool is_runner_name(std::string_view name) noexcept;

} // namespace ysnp::pipeline
