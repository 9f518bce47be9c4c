#pragma once
#include "runner/agent/init/bytes.h"
#include <sys/types.h>

namespace ysnp::agent {

/// What a stage needs, collected frame by frame.
class Setup {
public:
    void stage(Fields fields);
    void environment(Fields fields);
    void file(Fields fields, mode_t umask);
    void script(Bytes bytes);
    void clear();

    /// errno of the first thing that failed, and what it was about.
    int error() const { return error_; }
    const char* failed() const { return failed_; }

    const char* directory() { return directory_.text(); }
    /// Null-terminated, valid until clear(); null when there is no memory.
    char** argv();
    /// The agent's own environment with the stage's over it.
    char** merged_environment(char** inherited);
    /// The script as a file to read from its start, or -1: it must go through a pipe.
    int script_file() const { return memfd_; }
    Bytes script_bytes() { return {script_.data(), script_.size()}; }

private:
    void fail(int error, const char* what);
    void open_file(const char* path, mode_t mode, bool append, mode_t umask);

    Buffer directory_, argv_, environment_, script_, argv_pointers_, environment_pointers_;
    uint32_t arguments_ = 0;
    int memfd_ = -1, file_ = -1;
    int error_ = 0;
    char failed_[512] = {};
};

} // namespace ysnp::agent
