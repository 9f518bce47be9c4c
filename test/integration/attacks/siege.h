#pragma once
#include "test/integration/attacks/engine_tap.h"
#include "test/integration/gate/site.h"
#include "test/integration/vault_site.h"
#include <functional>
#include <string>
#include <vector>

namespace ysnp::test {

/// One job of an attacker, and by what it must be refused.
struct Attack {
    std::string what, code;
    std::function<void(PayloadSpec&)> change;
};

/// A runner with its policy in a real Vault, whose Engine, registry and git server are watched: whatever a job makes
/// happen is seen at one of the three. Its host has credentials for the registry that is watched.
class Siege {
public:
    using More = std::function<std::string(VaultSite&)>;
    /// `more` gives further lines of the gate's configuration, as VaultSite::world() takes them.
    explicit Siege(const More& more = {});

    VaultSite& vault() noexcept { return vault_; }
    World& world() noexcept { return world_; }
    /// The job that people mean to run: sources, a hook, an after_script, an image by digest, a variable.
    PayloadSpec intended();
    /// What every intended job has besides; its id is set by then.
    void besides(std::function<void(PayloadSpec&)> prepare) { prepare_ = std::move(prepare); }
    /// An image of a registry that is watched: whoever asks for it is seen.
    std::string hostile_image() const;
    /// Lets policy list the intended job, as an operator would: from the refusal in its log.
    void approve_intended(const std::string& native_policy = "");
    /// Each attack is refused with its code among the reasons, and none of them, nor all of them together, makes
    /// anything happen.
    void check_refused(const std::vector<Attack>& attacks);
    /// The intended job runs, and the watches do see it.
    void check_runs();

private:
    void check_quiet();
    std::vector<std::string> happened();

    TempDir operators_; // with the host's registry credentials
    VaultSite vault_;
    EngineTap engine_;
    World world_;
    HttpServer registry_;
    std::function<void(PayloadSpec&)> prepare_;
    std::uint64_t last_id_ = 7000;
};

} // namespace ysnp::test
