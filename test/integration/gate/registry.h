#pragma once
#include "test/integration/world.h"
#include <string>
#include <sys/types.h>

namespace ysnp::test {

/// A registry on loopback (Debian's docker-registry) with the test's BusyBox, for images that have a digest. One for
/// the whole program; it ends with it.
class Registry {
public:
    static Registry& here();
    ~Registry();
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    /// BusyBox as "127.0.0.1:<port>/ysnp-test/gate@sha256:…". It is pushed, and the Engine has it.
    const std::string& approved() const noexcept { return approved_; }
    /// The tag that the digest was pushed under.
    std::string tag() const { return repository() + ":1"; }
    std::string repository() const;
    /// Makes another image of BusyBox, pushes it under `tag` and gives its reference by digest.
    std::string push(const std::string& tag, const std::vector<std::string>& changes) const;

private:
    Registry();
    void serve();

    TempDir folder_;
    pid_t pid_ = -1;
    int port_ = 0;
    std::string approved_;
};

} // namespace ysnp::test
