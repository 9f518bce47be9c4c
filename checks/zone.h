#pragma once
#include "checks/facts.h"
#include <cstdint>
#include <optional>
#include <string_view>

namespace ysnp::checks {

/// Seconds east of UTC at a moment, from the bytes of a TZif file (RFC 8536: version 1 and 2+ data, and the POSIX TZ
/// footer for times after the last transition). nullopt for bytes that are none.
std::optional<std::int64_t> utc_offset(std::string_view tzif, Now when);

/// The same from a POSIX TZ text such as `CET-1CEST,M3.5.0,M10.5.0/3`.
std::optional<std::int64_t> posix_offset(std::string_view rule, Now when);

} // namespace ysnp::checks
