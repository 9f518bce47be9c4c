#pragma once
#include "conf/environment.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::cli {

/// Where a flag of gitlab-runner that is none of ours lives now; empty where gitlab-runner has no such flag either.
/// `flag` without a value: "--docker-memory".
std::string where_it_lives(std::string_view flag);

/// What does the work of a command of gitlab-runner that is none of ours; empty where gitlab-runner has no such command
/// either.
std::string where_the_command_lives(std::string_view command);

/// One sentence for each set variable of the environment that gitlab-runner's register takes for such a flag and that
/// is not read here: "RUNNER_LIMIT in the environment is not read: --limit is a key of …". What Docker's own client
/// reads (DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH) is not among them.
std::vector<std::string> ignored_environment(const conf::Environment& environment);

} // namespace ysnp::cli
