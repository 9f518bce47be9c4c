#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// Claims of an ID token whose signature somebody else verified: evidence about the job, never an authority. Public
/// source: https://docs.gitlab.com/ci/secrets/id_token_authentication/ (token payload).
struct Claims {
    std::string issuer;
    std::vector<std::string> audience;
    std::string user_login, user_email; ///< e-mail: empty where the token has none
    std::string project_path, ref, ref_type, pipeline_source;
    std::string sha; ///< empty: GitLab before 16.2 sends none
    std::int64_t job_id = 0, project_id = 0, pipeline_id = 0, user_id = 0;
    bool ref_protected = false;
    std::chrono::sys_seconds expires{};
};

/// Why a job has no claims, and what brings some.
struct MissingClaims {
    std::string found = "no verified ID token, as this runner verifies none";
    std::string remedy = "set gate.vault.id_token in the runner's configuration, and give the job a token (id_tokens:)";
};

/// Larger tokens are not looked at, nor sent to anybody.
inline constexpr std::size_t largest_id_token = 16u << 10;

/// What is wrong with the outer form of a token: not three parts of base64url, or too large. Empty: nothing.
std::string check_token_form(std::string_view token);

/// The claims of a token, read strictly: duplicate keys, missing claims, other types than GitLab sends (ids and flags
/// are texts), control characters and values out of range are refused. Verifies no signature. Returns what is wrong,
/// without quoting the token; empty when nothing is.
std::string read_claims(std::string_view token, Claims& claims);

} // namespace ysnp::checks
