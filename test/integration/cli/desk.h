#pragma once
#include "test/integration/gate/site.h"
#include <string>
#include <vector>

namespace ysnp::test {

/// A command that talks to the world's GitLab: GitLab answers while it runs. `out` holds both of its streams.
Finished beside(World& world, const std::vector<std::string>& arguments,
                const std::vector<std::string>& environment = {});
/// A command with the world's configuration that needs no GitLab, in the folder of the project.
Finished command(World& world, std::vector<std::string> arguments);

inline bool says(const Finished& done, const std::string& text)
{
    return (done.out + done.err).find(text) != std::string::npos;
}

} // namespace ysnp::test
