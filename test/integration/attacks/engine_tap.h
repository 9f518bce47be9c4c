#pragma once
#include "test/double/run.h"
#include <memory>
#include <string>
#include <vector>

namespace ysnp::test {

/// Stands between a runner and the Engine, passes everything on, and writes down each request. Works in a thread of its
/// own while the object lives.
class EngineTap {
public:
    EngineTap();
    ~EngineTap();
    EngineTap(const EngineTap&) = delete;
    EngineTap& operator=(const EngineTap&) = delete;

    /// What a runner takes for the Engine's socket.
    std::string socket() const { return (folder_ / "engine.sock").string(); }
    /// "POST /v1.41/containers/create?name=…", in the order of their coming.
    std::vector<std::string> requests() const;
    /// Those of them that change something: all but GET and HEAD.
    std::vector<std::string> effects() const;

private:
    struct Impl;
    TempDir folder_;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::test
