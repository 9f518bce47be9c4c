#include "gitlab-api/request_id.h"
#include <fmt/format.h>
#include <random>

namespace ysnp::gitlab {

std::string new_request_id()
{
    thread_local std::mt19937_64 random{(std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()};
    return fmt::format("{:016x}{:016x}", random(), random());
}

} // namespace ysnp::gitlab
