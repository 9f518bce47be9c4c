#include "runner/pipeline/keywords.h"
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace ysnp::pipeline {
namespace {

using enum Effect;

constexpr auto keywords = std::to_array<Keyword>({
    {"script", evaluated, "", false},
    {"before_script", evaluated, "", true},
    {"after_script", evaluated, "", true},
    {"hooks", evaluated, "", true},
    {"image", evaluated, "", true},
    {"variables", evaluated, "", false},
    {"stage", evaluated, "", false},
    {"timeout", evaluated, "", true},
    {"inherit", evaluated, "", false},
    {"extends", evaluated, "", false},
    {"allow_failure", notice, "not evaluated: a failure is a failure here", false},
    {"coverage", notice, "not evaluated: no coverage is computed here", false},
    {"dast_configuration", notice, "not evaluated", false},
    {"dependencies", notice, "not evaluated: artifacts of other jobs are not fetched", false},
    {"except", notice, "not evaluated: the job runs as if GitLab had chosen it", false},
    {"interruptible", notice, "not evaluated: nothing interrupts the job here", true},
    {"manual_confirmation", notice, "not evaluated: nobody is asked", false},
    {"needs", notice, "not evaluated: no other job runs first", false},
    {"only", notice, "not evaluated: the job runs as if GitLab had chosen it", false},
    {"pages", notice, "not evaluated: nothing is published", false},
    {"publish", notice, "not evaluated: nothing is published", false},
    {"resource_group", notice, "not evaluated: other jobs do not wait for this one", false},
    {"retry", notice, "not evaluated: the job runs once", true},
    {"rules", notice, "not evaluated: the job runs as if a rule had chosen it", false},
    {"start_in", notice, "not evaluated: the job starts now", false},
    {"tags", notice, "not evaluated: this runner takes the job", true},
    {"when", notice, "not evaluated: the job starts now", false},
    {"artifacts", undetermined, "artifacts are not supported by this runner yet", true},
    {"cache", undetermined, "caches are not supported by this runner yet", true},
    {"services", undetermined, "services are not supported by this runner yet", true},
    {"environment", undetermined, "GitLab adds the environment's variables", false},
    {"id_tokens", undetermined, "only GitLab can issue ID tokens", true},
    {"identity", undetermined, "only GitLab can issue the identity's tokens", true},
    {"inputs", undetermined, "job inputs are not evaluated locally", false},
    {"parallel", undetermined, "each of the parallel jobs has variables of its own", false},
    {"release", undetermined, "GitLab adds a step that makes the release", false},
    {"run", undetermined, "CI steps are not executed by this runner", false},
    {"secrets", undetermined, "secrets that a job describes are not fetched by this runner", false},
    {"trigger", undetermined, "the job starts another pipeline, which only GitLab can", false},
});

constexpr auto globals =
    std::to_array<std::string_view>({"default", "include", "stages", "types", "variables", "workflow", "spec", "image",
                                     "services", "before_script", "after_script", "cache"});
constexpr auto global_defaults =
    std::to_array<std::string_view>({"image", "services", "before_script", "after_script", "cache"});

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j)
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])}));
    }
    return row[b.size()];
}

} // namespace

const Keyword* find_keyword(std::string_view name) noexcept
{
    const auto* found = std::ranges::find(keywords, name, &Keyword::name);
    return found == keywords.end() ? nullptr : found;
}

std::string_view nearest_keyword(std::string_view name)
{
    if (name.size() > 40) return {};
    const auto* best =
        std::ranges::min_element(keywords, {}, [&](const Keyword& each) { return distance(each.name, name); });
    return distance(best->name, name) <= 2 ? best->name : std::string_view{};
}

bool is_global_keyword(std::string_view name) noexcept { return std::ranges::find(globals, name) != globals.end(); }

bool is_global_default(std::string_view name) noexcept
{
    return std::ranges::find(global_defaults, name) != global_defaults.end();
}

} // namespace ysnp::pipeline
