#pragma once
#include <string>

namespace ysnp::docker {

/// Whether this process, and who else, may use the socket of an Engine.
enum class SocketAccess {
    ours,        ///< by its mode; whether an Engine answers is another question
    absent,      ///< not there (yet)
    denied,      ///< we may not
    of_everybody ///< every user of the host may, and that is root on it
};

/// Looks at the socket's mode with our effective rights; connects to nothing.
SocketAccess socket_access(const std::string& path) noexcept;
/// What is wrong and what to do, in a sentence; empty for `ours` and `absent`.
std::string remedy_of(SocketAccess access, const std::string& path);

} // namespace ysnp::docker
