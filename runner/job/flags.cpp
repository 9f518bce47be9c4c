#include "runner/job/flags.h"
#include <algorithm>
#include <array>

namespace ysnp::job {
namespace {

struct Known {
    std::string_view name;
    bool value;
};

// FF_TIMESTAMPS and the others that GitLab's own runner switches on by default are on here too.
constexpr std::array known_flags{
    Known{"FF_TIMESTAMPS", true},
    Known{"FF_MASK_ALL_DEFAULT_TOKENS", true},
    Known{"FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY", true},
    Known{"FF_USE_ADAPTIVE_REQUEST_CONCURRENCY", true},
    Known{"FF_NETWORK_PER_BUILD", true},
    Known{"FF_SCRIPT_SECTIONS", false},
    Known{"FF_ENABLE_BASH_EXIT_CODE_CHECK", false},
    Known{"FF_POSIXLY_CORRECT_ESCAPES", true},
    Known{"FF_GIT_URLS_WITHOUT_TOKENS", true},
    Known{"FF_DISABLE_AUTOMATIC_TOKEN_ROTATION", false},
};

bool resolve(const Known& known, const gitlab::Job& job, const std::map<std::string, bool>& configured,
             const std::vector<std::pair<std::string, std::string>>& environment)
{
    const std::string name(known.name);
    if (const auto found = configured.find(name); found != configured.end()) return found->second;
    if (const std::string* value = gitlab::find_variable(job, known.name))
        return parse_bool(*value).value_or(known.value);
    bool result = known.value;
    for (const auto& [key, value] : environment) {
        if (key == name) result = parse_bool(value).value_or(known.value);
    }
    return result;
}

} // namespace

std::optional<bool> parse_bool(std::string_view text) noexcept
{
    constexpr std::array<std::string_view, 6> yes{"1", "t", "T", "TRUE", "true", "True"};
    constexpr std::array<std::string_view, 6> no{"0", "f", "F", "FALSE", "false", "False"};
    if (std::ranges::find(yes, text) != yes.end()) return true;
    if (std::ranges::find(no, text) != no.end()) return false;
    return std::nullopt;
}

Flags::Flags(const gitlab::Job& job, const std::map<std::string, bool>& configured,
             const std::vector<std::pair<std::string, std::string>>& environment)
{
    for (const Known& known : known_flags) {
        flags_.emplace_back(known.name, resolve(known, job, configured, environment));
    }
}

bool Flags::is_on(std::string_view name) const
{
    const auto found = std::ranges::find(flags_, name, [](const auto& flag) -> std::string_view { return flag.first; });
    return found != flags_.end() && found->second;
}

std::string Flags::changed() const
{
    std::string text;
    for (std::size_t i = 0; i < flags_.size(); ++i) {
        if (flags_[i].second == known_flags[i].value) continue;
        text += (text.empty() ? "" : ", ") + flags_[i].first + (flags_[i].second ? ":true" : ":false");
    }
    return text;
}

} // namespace ysnp::job
