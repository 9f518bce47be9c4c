#include "runner/cli/build.h"

namespace ysnp::cli {

std::string version() { return YSNP_VERSION; }

std::string revision() { return YSNP_REVISION; }

gitlab::RunnerIdentity identity()
{
    gitlab::RunnerIdentity identity;
    identity.version = version();
    identity.revision = revision();
#if defined(__aarch64__)
    identity.architecture = "arm64";
#endif
    return identity;
}

} // namespace ysnp::cli
