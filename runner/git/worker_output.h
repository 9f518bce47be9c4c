#pragma once
#include "runner/git/frames.h"
#include "runner/git/result.h"
#include "runner/git/worker.h"
#include <string>
#include <string_view>

namespace ysnp::git {

/// What the worker tells its parent. Tar bytes are gathered into frames of a good size; order is kept. Blocks while the
/// parent does not read; throws system_error when it is gone.
class WorkerOutput {
public:
    explicit WorkerOutput(int fd) : fd_(fd) {}

    void progress(ProgressKind kind, std::string_view line);
    void tar(std::string_view bytes);
    void flush();
    /// The last word.
    void result(const SourceResult& result);

private:
    int fd_;
    std::string pending_;
};

} // namespace ysnp::git
