#include "runner/agent/shell.h"

namespace ysnp::agent {

std::vector<std::string> shell_command(Shell wanted)
{
    const std::string bash = wanted == Shell::bash ? "/usr/local/bin/bash /usr/bin/bash /bin/bash " : "";
    return {"sh", "-c",
            "for shell in " + bash +
                "/usr/local/bin/sh /usr/bin/sh /bin/sh /busybox/sh; do\n"
                "  if [ -x \"$shell\" ]; then exec \"$shell\"; fi\n"
                "done\n"
                "echo shell not found\n"
                "exit 1\n"};
}

std::vector<std::string> stage_command(const std::vector<std::string>& entrypoint, Shell wanted)
{
    std::vector<std::string> argv;
    if (entrypoint != std::vector<std::string>{""}) argv = entrypoint;
    for (std::string& word : shell_command(wanted)) argv.push_back(std::move(word));
    return argv;
}

} // namespace ysnp::agent
