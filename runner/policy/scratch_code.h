#pragma once
#include "checks/decide.h"
#include "vault/client.h"
#include <string>
#include <string_view>

namespace ysnp::policy {

/// Where one scratch code of YSNP v1 lies, and beside it the runner's own mark that shows the engine to be the same one
/// still. A request's id says it all: `scratch/<user>/<22 characters>`.
class ScratchPlace {
public:
    static bool is_one(std::string_view request_id);
    explicit ScratchPlace(const checks::ApprovalRequest& request);

    const std::string& code() const noexcept { return code_; } ///< path below the mount
    const std::string& mark() const noexcept { return mark_; }
    const std::string& folder() const noexcept { return folder_; } ///< `<project>/scratch/<user>`
    bool shared() const;                                           ///< a folder that is nobody's own

private:
    std::string code_, mark_, folder_;
};

/// The folder's user: e-mail address, else login of a verified token, as far as they are fit for a path; else `shared`.
/// Never anything that a variable says.
std::string scratch_user(const checks::Decision& decision);

/// The id of the code for a request. Throws StoreFault for a nonce that cannot be a name.
std::string scratch_id(const checks::ApprovalRequest& request, const checks::Decision& decision);

/// What a code holds: v1's pipeline id, and which job and digest it is for, so that whoever removes it can tell.
std::string scratch_text(const checks::ApprovalRequest& request, const checks::Decision& decision);
/// Whether a text is that of this request.
bool is_scratch_text(std::string_view text, const checks::ApprovalRequest& request);
std::string mark_text(const checks::ApprovalRequest& request);

/// Whether what Vault says now, of a code that was seen as `before`, is its removal by somebody in time. KV v2: exactly
/// that version was deleted, not by a time that was set when it was written. KV v1: Vault's own word that there is
/// none.
bool was_removed(const vault::Document& before, const vault::Document& now, const checks::ApprovalRequest& request);

} // namespace ysnp::policy
