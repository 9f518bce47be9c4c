#pragma once
#include <compare>
#include <map>
#include <string>

namespace ysnp::docker {

/// A name of one kind of Engine object; kinds do not convert into each other.
template <class Kind>
struct Id {
    std::string value;

    bool empty() const noexcept { return value.empty(); }
    friend auto operator<=>(const Id&, const Id&) = default;
};

using ContainerId = Id<struct ContainerKind>; ///< 64 hex digits, as create answers
using NetworkId = Id<struct NetworkKind>;     ///< 64 hex digits; names can be ambiguous, ids never
using VolumeName = Id<struct VolumeKind>;
using ImageId =
    Id<struct ImageKind>; ///< "sha256:…": configuration digest, or manifest digest with the containerd store

using Labels = std::map<std::string, std::string>;

} // namespace ysnp::docker
