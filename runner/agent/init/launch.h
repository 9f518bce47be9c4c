#pragma once
#include "runner/agent/init/setup.h"

namespace ysnp::agent {

/// A started stage: its process and the agent's ends of its pipes.
struct Launched {
    int pid = 0;
    int output = -1; ///< reads what the stage prints; does not block
    int input = -1;  ///< writes the script; does not block; -1 where stdin is a file
    int report = -1; ///< an errno comes out of it if the program could not be started
    int error = 0;   ///< errno: not even a process could be made
};

/// Starts the stage in a session of its own, both its outputs on one pipe, signals as at the start of a program.
Launched launch(Setup& setup, char** environment, mode_t umask);
/// What the child said about why it could not become the program; 0 if it could. `step`: its text for people.
int start_error(int report, const char*& step);

} // namespace ysnp::agent
