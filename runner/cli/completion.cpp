#include "runner/cli/commands.h"
#include "runner/cli/completion_script.h"

namespace ysnp::cli {

int print_completion(const Completion& options, Session& session)
{
    session.console.text(completion_script(options.shell, known_commands()));
    return success;
}

} // namespace ysnp::cli
