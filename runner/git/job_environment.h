#pragma once
#include "net/url.h"
#include <string>
#include <utility>
#include <vector>

namespace ysnp::git {

/// Environment that lets `git fetch`, `git push` and clones of other projects on the same GitLab authenticate inside
/// the job: GIT_CONFIG_COUNT, _KEY_n and _VALUE_n (git-config(1)) configure a credential helper for `origin` alone that
/// reads $CI_JOB_TOKEN when asked. No value holds a credential; nothing is written to .git/config. Numbering begins at
/// `first`, the job's own GIT_CONFIG_COUNT, so that its entries stay valid. Needs git 2.31 or newer in the image.
std::vector<std::pair<std::string, std::string>> job_git_environment(const net::Url& origin, unsigned first = 0);

} // namespace ysnp::git
