#pragma once
#include "test/double/run.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ysnp::test {

/// What happens to requests to the Engine beside being passed on.
struct Interception {
    std::string request;               // "POST /containers/*/start*": without the version; '*' is any run of characters
    int times = 1;                     // -1: for ever
    std::string reply = {};            // the bytes of a reply; set: the Engine does not hear of the request
    std::function<void()> before = {}; // done first, in the tap's thread
};

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
    /// How many of them match, as in Interception::request.
    int count(const std::string& request) const;

    void intercept(Interception what);
    /// The Engine goes away with all its connections, `meanwhile` happens, and it is back.
    void restart(const std::function<void()>& meanwhile);

private:
    struct Impl;
    TempDir folder_;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::test
