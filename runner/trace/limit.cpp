#include "runner/trace/limit.h"
#include "runner/trace/utf8.h"
#include <algorithm>

namespace ysnp::trace {

std::string_view fitting(std::string_view bytes, std::uint64_t room) noexcept
{
    return bytes.substr(0, utf8_boundary(bytes, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()))));
}

std::string limit_notice(std::uint64_t limit)
{
    return "\n\x1b[33;1mJob's log exceeded limit of " + std::to_string(limit) +
           " bytes.\nJob execution will continue but no more output will be collected.\x1b[0;m\n";
}

} // namespace ysnp::trace
