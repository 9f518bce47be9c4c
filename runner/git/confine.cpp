#include "runner/git/confine.h"
#include "runner/git/cache.h"
#include "runner/git/http_fault.h"
#include "runner/git/libgit2.h"
#include "runner/git/sandbox.h"
#include "runner/git/source_fault.h"
#include "runner/git/worker_rights.h"
#include <openssl/crypto.h>
#include <system_error>

namespace ysnp::git {
namespace {

/// libgit2 is loaded here but initialised in the sandbox: where it would parse all certificates of the system, for a
/// transport that is not used, it then finds none that it may open.
void prepare(const SourceRequest& request)
{
    if (request.strategy == Strategy::none || request.strategy == Strategy::empty) return;
    libgit2();
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
    Cache made(request.cache_dir);
}

Rights checked_rights(const SourceRequest& request)
{
    try {
        return rights_of(request);
    } catch (const std::system_error& error) {
        throw fault_of_failure(error, request.repo_url);
    }
}

} // namespace

std::uint64_t confine(const SourceRequest& request)
{
    prepare(request);
    const Rights rights = checked_rights(request);
    try {
        return static_cast<std::uint64_t>(enter_sandbox(rights));
    } catch (const std::system_error& error) {
        throw SourceFault(SourceError::host,
                          std::string("the git worker cannot be confined, so it reads nothing: ") + error.what() +
                              ". Expected a kernel with seccomp, and a unit whose SystemCallFilter lists seccomp and "
                              "landlock_create_ruleset, landlock_add_rule, landlock_restrict_self",
                          1);
    }
}

} // namespace ysnp::git
