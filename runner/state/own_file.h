#pragma once
#include <filesystem>

namespace ysnp::state {

/// Makes the file with our mode (0600) before SQLite would with another, and refuses one that others could have
/// written. Returns its path. `what` names it in messages. Throws system_error (state::Fault).
const std::filesystem::path& own_file(const std::filesystem::path& file, const char* what);

} // namespace ysnp::state
