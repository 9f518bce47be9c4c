#pragma once
#include "test/integration/gate/registry.h"
#include "test/integration/world.h"
#include <chrono>
#include <string>
#include <vector>

namespace ysnp::test {

/// A world whose gate enforces; `options` may say more.
WorldOptions enforcing(WorldOptions options = {});
/// A job of the world with an image that has a digest.
PayloadSpec approvable(const World& world, std::vector<std::string> script = {"echo approved"});
/// `ysnprunner gate allow --payload` with the payload of a queued job.
Finished allow(World& world, const FakeJob& job);
/// The same for a spec, by a payload like the one that GitLab will send. Fails the test when it is not allowed.
void allow(World& world, PayloadSpec spec);

/// The label that everything of the world's runner bears at the Engine.
std::string label_of(World& world);
/// Containers, volumes and networks of the world's runner, one line each.
std::vector<std::string> objects_of(World& world);

/// What the Engine does between construction and `seen`.
class EngineWatch {
public:
    EngineWatch();
    /// The Engine's events with the filter ("label=…", "image=…"), one line each.
    std::vector<std::string> seen(const std::string& filter) const;

private:
    std::chrono::system_clock::time_point since_;
};

/// The targets of the requests that GitLab got and that are not of the runner API: git, archives, whatever else.
std::vector<std::string> requests_beside_api(World& world);
/// Records of the audit file that hold the text.
int audit_records(World& world, const std::string& text);
/// The box and all else without what line breaks and frames put between the words.
std::string words(const std::string& trace);

} // namespace ysnp::test
