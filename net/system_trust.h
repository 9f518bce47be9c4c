#pragma once
#include <string>
#include <vector>

namespace ysnp::net {

/// Where the system's certificates lie, as OpenSSL and its environment variables say.
struct SystemTrust {
    std::string bundle;              ///< one file of them all
    std::string directory;           ///< one file each
    std::vector<std::string> hashed; ///< the files in `directory` under the hashes of their subjects, "9d04f354.0"

    /// They are read one by one as chains need them: parsing the whole bundle costs 60 ms of CPU and more than a
    /// megabyte, for every process that speaks TLS. Not where the bundle was chosen by environment, or nothing is
    /// hashed.
    bool one_by_one = false;
};

SystemTrust system_trust();

} // namespace ysnp::net
