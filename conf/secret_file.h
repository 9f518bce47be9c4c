#pragma once
#include "conf/environment.h"
#include "net/secret.h"
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

namespace ysnp::conf {

/// What was found out about a file that holds a credential, without printing a byte of it.
struct SecretFile {
    std::optional<Secret> value; // nothing: it could not be used, and `error` says why
    std::filesystem::path read_from;
    std::string error;   // refused: missing, a link, not a file, others may read or write it (AC-H02)
    std::string warning; // usable, but a group that we do not know may read it
};

/// Reads a credential of at most 64 KiB from a regular file and trims blanks at its end. Where the file cannot be
/// opened and systemd passed it as a credential ($CREDENTIALS_DIRECTORY), that one is read: `tokens/hardened-1` is then
/// `tokens_hardened-1` (systemd.exec(5), LoadCredential= of a directory), or simply the file's own name. A relative
/// path names a credential only. `group`: the group that may read it, besides root's and our own.
SecretFile read_secret_file(const std::filesystem::path& file, const Environment& environment, gid_t group);

/// Reads a regular file of at most `limit` bytes; what is wrong goes to `error`.
std::optional<std::string> read_small_file(const std::filesystem::path& file, std::size_t limit, std::string& error);

} // namespace ysnp::conf
