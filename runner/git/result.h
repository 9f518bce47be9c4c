#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::git {

/// Why sources could not be brought. The code in `code_of` is that of the runner's refusal codes.
enum class SourceError {
    none,
    url,       ///< GIT-URL: scheme, origin or redirect
    ref,       ///< GIT-REF: sha, refspec, object format; or the remote has no such ref
    object,    ///< GIT-OBJ: the remote delivered something else, damaged or hostile
    limit,     ///< GIT-LIMIT: a bound was exceeded
    denied,    ///< the remote refused the job token (401, 403)
    missing,   ///< no such repository (404, 410)
    network,   ///< unreachable, broken off, 5xx: worth another attempt
    untrusted, ///< TLS verification failed
    host,      ///< the cache folder or the worker itself: the runner's fault, not the job's
};

std::string_view code_of(SourceError error) noexcept;
std::string_view to_string(SourceError error) noexcept;

struct SourceStats {
    std::uint64_t received_bytes = 0;   ///< of packs
    std::uint64_t received_objects = 0; ///< 0: the host had them all
    std::uint64_t commits = 0;          ///< in the job's repository
    std::uint64_t objects = 0;          ///< in the job's repository
    std::uint64_t files = 0;            ///< checked out
    std::uint64_t tar_bytes = 0;
    std::uint64_t fetch_ms = 0;
    std::uint64_t total_ms = 0;
    std::uint64_t landlock = 0; ///< version that confined the worker; 0: none
};

/// How bringing the sources ended. A failed one is a `script_failure` with `exit_code` (as git's own would be), but for
/// `host`, which is a `runner_system_failure`.
struct SourceResult {
    SourceError error = SourceError::none;
    std::string message; ///< plain words: what, found, expected, remedy; control bytes escaped; never a credential
    int exit_code = 0;
    std::string sha; ///< what HEAD is, or empty without a repository
    SourceStats stats;

    bool ok() const noexcept { return error == SourceError::none; }
};

std::string to_json(const SourceResult& result);
/// Strict: anything but the fixed schema throws (Failure::protocol), as the worker counts as compromised.
SourceResult result_from_json(std::string_view text);

} // namespace ysnp::git
