#pragma once
#include "gitlab-api/payload.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ysnp::job {

/// The feature flags of a job (https://docs.gitlab.com/runner/configuration/feature-flags), resolved: what local config
/// says counts first, then the job's variable, then the runner's `environment`, then the default.
class Flags {
public:
    Flags(const gitlab::Job& job, const std::map<std::string, bool>& configured,
          const std::vector<std::pair<std::string, std::string>>& environment);

    bool is_on(std::string_view name) const;
    /// Every known flag and its value, in the order of the documentation.
    const std::vector<std::pair<std::string, bool>>& all() const noexcept { return flags_; }
    /// "FF_X:true, FF_Y:false" of those that differ from their default; empty when none does.
    std::string changed() const;

private:
    std::vector<std::pair<std::string, bool>> flags_;
};

/// Go's ParseBool: "1 t T TRUE true True" and "0 f F FALSE false False"; nothing for other text.
std::optional<bool> parse_bool(std::string_view text) noexcept;

} // namespace ysnp::job
