#pragma once
#include <filesystem>
#include <string_view>
#include <sys/types.h>

namespace ysnp::conf {

/// Who may read a file that we write.
enum class Readers {
    owner,          // 0600
    owner_and_group // 0640, with the folder's group, where root writes it for the service; else 0600
};

/// Replaces `file` in one step: written beside it, fsync, rename, fsync of the folder. When root writes with
/// Readers::owner, the file gets the folder's owner. Throws system_error and leaves what was there.
void write_file(const std::filesystem::path& file, std::string_view text, Readers readers);

} // namespace ysnp::conf
