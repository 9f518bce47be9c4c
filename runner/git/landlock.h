#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace ysnp::git {

/// What a confined process may still open and reach. All else is refused: other files, whatever their mode says,
/// running a program, other TCP ports, listening. A path that is not there grants nothing.
struct Rights {
    std::vector<std::string> read;      ///< files, and all files below folders, whose names are then to be known
    std::vector<std::string> list;      ///< folders whose names may be listed, not what is in the files
    std::vector<std::string> write;     ///< folders in which files are read, made, changed and removed; must exist
    std::vector<std::uint16_t> connect; ///< TCP ports, from Landlock 4 on
    bool looks_up_names = false;        ///< may speak UDP to a name server
};

/// The newest Landlock that kernel and we know (landlock(7): 4 confines TCP too, 6 signals too); 0: none that serves.
/// Version 1 counts as none, as it forbids moving a file between folders, which the cache of objects does.
int landlock_version() noexcept;

/// Confines this thread, and the threads that it will start, for good; needs no privilege, but no_new_privs. Returns
/// the version in effect, 0 where the kernel has none. Throws system_error where it has one that cannot be used.
int apply_landlock(const Rights& rights);

} // namespace ysnp::git
