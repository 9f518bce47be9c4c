#include "test/double/fault.h"

namespace ysnp::test {

bool glob_matches(std::string_view pattern, std::string_view text)
{
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == text;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    text.remove_prefix(star);
    pattern.remove_prefix(star + 1);
    for (std::size_t skipped = 0; skipped <= text.size(); ++skipped)
        if (glob_matches(pattern, text.substr(skipped))) return true;
    return false;
}

std::optional<Fault> Faults::take(std::string_view method, std::string_view path)
{
    for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
        if (!fault->method.empty() && fault->method != method) continue;
        if (!glob_matches(fault->path, path)) continue;
        if (fault->skip > 0) {
            --fault->skip;
            continue;
        }
        Fault taken = *fault;
        if (fault->times > 0 && --fault->times == 0) faults_.erase(fault);
        return taken;
    }
    return std::nullopt;
}

} // namespace ysnp::test
