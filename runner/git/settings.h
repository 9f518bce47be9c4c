#pragma once
#include "runner/git/request.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::git {

/// Value of a job variable, after expansion; nullopt when the job has none of that name.
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

enum class FetchAllowed { yes, no }; ///< payload: `allow_git_fetch`

/// What a job's variables say about its sources (GitLab: "Configure runner behavior with variables").
struct Settings {
    Strategy strategy = Strategy::clone;
    Checkout checkout = Checkout::yes;
    TagFollowing tags = TagFollowing::reachable;
    std::vector<std::string> clean_flags;  ///< default -ffdx, empty for "none"; a fresh workspace needs no cleaning
    bool lfs_skip_smudge = false;          ///< the job itself set GIT_LFS_SKIP_SMUDGE
    std::optional<std::string> clone_path; ///< GIT_CLONE_PATH as given
    int get_sources_attempts = 1;          ///< 1 to 10
    std::vector<std::string> warnings;     ///< for the one yellow WARNING of the settings; the default was taken
    std::vector<std::string> unsupported;  ///< what the job asks for and we cannot do: fail it before any effect
};

/// Pure. Typing as in Go's ParseBool and base-10 integers; an empty value is the default.
Settings parse_settings(const VariableLookup& variable, FetchAllowed allowed);

/// The project's folder: GIT_CLONE_PATH where given, else `default_dir`. The path is cleaned and must lie inside
/// `builds_dir`; otherwise throws (Failure::invalid) with the text for a configuration error.
std::string project_dir(const Settings& settings, const std::string& builds_dir, const std::string& default_dir);

} // namespace ysnp::git
