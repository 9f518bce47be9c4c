#pragma once
#include <cstdint>
#include <string_view>

namespace ysnp::agent {

struct NumericUser {
    std::uint32_t uid = 0, gid = 0;
};

/// Whom the Engine will run the container as: Config.User ("", "1000", "1000:1000", "name", "name:group") looked up in
/// the bytes of the image's /etc/passwd and /etc/group (empty where it has none). A number that passwd does not list
/// has gid 0, as with the Engine. Throws system_error (Failure::invalid) for a name that is not there.
NumericUser resolve_user(std::string_view user, std::string_view passwd, std::string_view group);

/// Whether resolve_user() knows the numbers without the files: root, or "1000:1000".
bool is_numeric(std::string_view user) noexcept;

} // namespace ysnp::agent
