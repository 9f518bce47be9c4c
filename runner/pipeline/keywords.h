#pragma once
#include <string_view>

namespace ysnp::pipeline {

/// What a keyword of a job does to a local run.
enum class Effect {
    evaluated,    ///< as GitLab does
    notice,       ///< decides whether, where or when GitLab runs the job, not what it runs: told, no effect here
    undetermined, ///< changes what the job is, in a way that we cannot reproduce
};

struct Keyword {
    std::string_view name;
    Effect effect;
    std::string_view text; ///< what a local run does instead, or why it cannot
    bool in_default;       ///< may stand in `default:` too
};

/// A keyword of a job (https://docs.gitlab.com/ci/yaml/#job-keywords); nullptr when GitLab has none of that name.
const Keyword* find_keyword(std::string_view name) noexcept;
/// The keyword nearest to a misspelt one; empty when none is near.
std::string_view nearest_keyword(std::string_view name);

/// Keywords of the top level that are no jobs.
bool is_global_keyword(std::string_view name) noexcept;
/// Those of them that are a deprecated way to write `default:`.
bool is_global_default(std::string_view name) noexcept;

} // namespace ysnp::pipeline
