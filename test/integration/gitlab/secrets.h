#pragma once
#include "test/integration/world.h"
#include <string>
#include <sys/types.h>
#include <vector>

namespace ysnp::test {

/// The planted secrets that a text holds, "" when it holds none.
std::string found_in(const std::string& text, const std::vector<std::string>& secrets);
/// No command line of the host shows a secret, nor does an environment of the runner or its workers. Gives the number
/// of the runner's processes.
int check_processes(pid_t runner, const std::vector<std::string>& secrets);
/// Neither the job's trace, nor the log and the audit file of the world's runner, nor a command line show its token,
/// the runner's, or `more`. The runner still runs.
void check_silence(World& world, const FakeJob& job, std::vector<std::string> more = {});

} // namespace ysnp::test
