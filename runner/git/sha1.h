#pragma once
#include "runner/git/oid.h"
#include <memory>
#include <string_view>

namespace ysnp::git {

/// SHA-1, as git's file formats end with it; integrity only.
class Sha1 {
public:
    Sha1();
    ~Sha1();
    void update(std::string_view bytes);
    Oid finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace ysnp::git
