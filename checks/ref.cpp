#include "checks/ref.h"

namespace ysnp::checks {

bool is_sent_in_full(std::string_view ref) noexcept
{
    return ref.starts_with("refs/") && !ref.starts_with("refs/heads/") && !ref.starts_with("refs/tags/");
}

std::string full_ref(std::string_view ref, bool tag)
{
    if (is_sent_in_full(ref)) return std::string(ref);
    return (tag ? "refs/tags/" : "refs/heads/") + std::string(ref);
}

} // namespace ysnp::checks
