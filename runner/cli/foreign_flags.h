#pragma once
#include <string>
#include <string_view>

namespace ysnp::cli {

/// Where a flag of gitlab-runner that is none of ours lives now; empty where gitlab-runner has no such flag either.
/// `flag` without a value: "--docker-memory".
std::string where_it_lives(std::string_view flag);

} // namespace ysnp::cli
