#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::gitlab {

/// How GitLab tells the machines of one token apart: `s_` (from the machine id) or `r_` (random) and 12 alphanumerics.
struct SystemId {
    std::string value;
    std::string warning; ///< empty, or why this id will not survive or is not this machine's
};

/// `s_` + first 12 hex digits of HMAC-SHA256(machine id, "gitlab-runner"), so that a host that migrates keeps its row.
std::string system_id_of_machine(std::string_view machine_id);
std::string random_system_id();
/// The id in a file's text; nothing when it is not one.
std::optional<std::string> parse_system_id(std::string_view text);

/// Reads the id from `file`; makes and writes one (0600) where there is none. Throws (Failure::invalid) when the file
/// exists but cannot be read; a folder that cannot be written gives a warning.
SystemId load_system_id(const std::filesystem::path& file, const std::filesystem::path& machine_id = "/etc/machine-id");

} // namespace ysnp::gitlab
