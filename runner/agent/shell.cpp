#include "runner/agent/shell.h"

namespace ysnp::agent {

std::vector<std::string> shell_command()
{
    return {"sh", "-c",
            "for shell in /usr/local/bin/bash /usr/bin/bash /bin/bash /usr/local/bin/sh /usr/bin/sh /bin/sh "
            "/busybox/sh; do\n"
            "  if [ -x \"$shell\" ]; then exec \"$shell\"; fi\n"
            "done\n"
            "echo shell not found\n"
            "exit 1\n"};
}

std::vector<std::string> stage_command(const std::vector<std::string>& entrypoint)
{
    std::vector<std::string> argv;
    if (entrypoint != std::vector<std::string>{""}) argv = entrypoint;
    for (std::string& word : shell_command()) argv.push_back(std::move(word));
    return argv;
}

} // namespace ysnp::agent
