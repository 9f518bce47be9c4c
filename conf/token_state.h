#pragma once
#include "net/secret.h"
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace ysnp::conf {

/// A runner's token after GitLab replaced it. It wins over the configured token that it replaced; when somebody
/// configures another token, the state no longer belongs to it and is ignored.
struct TokenState {
    std::int64_t id = 0;
    Secret token;
    std::optional<std::chrono::sys_seconds> obtained_at;
    std::optional<std::chrono::sys_seconds> expires_at; // unset: never
};

/// `<state_dir>/tokens/<first half of a SHA-256 over the configured token>.yml`
std::filesystem::path token_state_file(const std::filesystem::path& state_dir, const Secret& configured);

/// Saves durably before anything uses the new token: 0600, written beside, fsync, rename; when root does it, the file
/// belongs to the owner of the state directory. Throws system_error; what was there before is then untouched.
void save_token_state(const std::filesystem::path& file, const TokenState& state);
/// Nothing where there is none. Throws system_error where a file is there that cannot be used: a lost token must not
/// look like an old one.
std::optional<TokenState> load_token_state(const std::filesystem::path& file);
/// Forgets it, as `unregister` does; absent is fine.
void remove_token_state(const std::filesystem::path& file);

} // namespace ysnp::conf
