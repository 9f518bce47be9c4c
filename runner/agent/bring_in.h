#pragma once
#include "net/http.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ysnp::agent {

/// Where the agent lies in the container: its Entrypoint. Root's, 0555.
inline constexpr const char* agent_path = "/.ysnp/agent";

/// A folder to make in the container, such as /builds, /builds/group, /builds/group/project.
struct Folder {
    std::string path; ///< absolute
    std::uint32_t uid = 0, gid = 0;
    unsigned mode = 0777;
};

/// `path` and every folder above it but the root and those above `from`: the project's folder needs all of them.
/// folders_to("/builds/group/project", "/builds", …) = /builds, /builds/group, /builds/group/project.
std::vector<Folder> folders_to(std::string path, std::string from, std::uint32_t uid, std::uint32_t gid);

/// The archive to PUT at "/" of a created, never started container: the folders in their order, then the agent at
/// `agent` (an absolute path). The agent's bytes are not copied. Throws Failure::invalid for a path with "..".
std::unique_ptr<net::BodySource> bring_in_archive(const std::vector<Folder>& folders, std::string agent = agent_path);

} // namespace ysnp::agent
