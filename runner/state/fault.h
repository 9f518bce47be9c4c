#pragma once
#include <string>
#include <system_error>

namespace ysnp::state {

/// What can be wrong with the files that the runner's state lives in.
enum class Fault {
    damaged = 1, ///< not what we wrote: Failure::invalid
    newer,       ///< written by a newer version of this program: Failure::invalid
    unusable,    ///< a name or folder that cannot be used: Failure::invalid
    full,        ///< no space left: Failure::too_large
    busy,        ///< in use by another process: Failure::transient
    no_access,   ///< the system refuses to open or write: Failure::denied
    not_ours,    ///< wrong owner, mode, type or link count: Failure::untrusted
    open_already ///< the job is open in the journal already: Failure::conflict
};
std::error_code make_error_code(Fault fault) noexcept;

/// Throws system_error with the fault's code; `what` names the file, what was found and the remedy.
[[noreturn]] void raise(Fault fault, const std::string& what);
/// The same for what the operating system answered just now (errno).
[[noreturn]] void raise_system(const std::string& what);

} // namespace ysnp::state

template <>
struct std::is_error_code_enum<ysnp::state::Fault> : std::true_type {};
