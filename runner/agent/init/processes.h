#pragma once
#include <stdint.h>

namespace ysnp::agent {

/// The child whose end ends the stage, as far as it is known.
struct Child {
    int pid = 0; ///< 0: none runs
    int status = 0;
    bool ended = false;
};

/// Reaps every child that has ended; remembers the status of `child`.
void reap(Child& child);
/// Whether any process but this one is left in the PID namespace.
bool others_left();
/// TERM to every other process, the highest PID first.
void terminate_all();
/// KILL to every other process until none is left, at most five seconds; says how many withstood.
uint32_t kill_all(Child& child);

/// Processes in this PID namespace; 0 if /proc is not mounted or belongs to another one.
uint32_t count_processes();
/// How many processes of this container the kernel has killed for lack of memory, where its cgroup tells.
uint64_t memory_kills();

} // namespace ysnp::agent
