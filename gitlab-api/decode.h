#pragma once
#include "gitlab-api/payload.h"
#include "gitlab-api/payload_error.h"
#include <optional>
#include <string_view>

namespace ysnp::gitlab {

/// Decodes the answer of POST /api/v4/jobs/request strictly: every known field has its type or is null, each key comes
/// once, depth, counts and bytes are bounded, integers are exact, texts are UTF-8 without NUL. Unknown keys are ignored
/// but inside what executes, where they are listed in Job::unknown_fields. Throws PayloadError.
Job decode(std::string_view json);

struct JobIdentity {
    std::int64_t id = 0;
    Secret token;
};

/// Finds id and token of a payload that decode() refuses, so that its job can be acknowledged and failed. Works on
/// truncated and mistyped text; nothing when either is missing, malformed or there twice with different values.
std::optional<JobIdentity> dig_identity(std::string_view json);

} // namespace ysnp::gitlab
