#pragma once
#include "checks/policy.h"
#include <filesystem>

/// Whether policy lets jobs run at certain times only (dateTimeCheck): there the host's clock is part of the gate. What
/// cannot be read has none.
namespace ysnp::policy {

bool has_windows(const checks::Documents& documents);
/// The documents of a file store.
bool has_windows(const std::filesystem::path& folder);

} // namespace ysnp::policy
