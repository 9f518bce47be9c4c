#pragma once
#include <string>
#include <system_error>

namespace ysnp::vault {

/// What went wrong between us and Vault, in words for the person who has to repair it. No text of it holds a
/// credential. Codes: Failure::denied (not let in, or the policy lacks a right), missing (no such engine), conflict
/// (somebody wrote in between), transient (down, sealed, standby, rate limit), timed_out, protocol, too_large,
/// untrusted, invalid.
class Fault : public std::system_error {
public:
    Fault(std::error_code code, std::string asked, std::string found, std::string expected, std::string remedy);
    const std::string& asked() const noexcept { return asked_; }       ///< "reading cicd/group/whitelist"
    const std::string& found() const noexcept { return found_; }       ///< "status 503: Vault is sealed"
    const std::string& expected() const noexcept { return expected_; } ///< "an unsealed Vault"
    const std::string& remedy() const noexcept { return remedy_; }     ///< "unseal it, then retry the job"

private:
    std::string asked_, found_, expected_, remedy_;
};

} // namespace ysnp::vault
