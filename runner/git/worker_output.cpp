#include "runner/git/worker_output.h"

namespace ysnp::git {

void WorkerOutput::progress(ProgressKind kind, std::string_view line)
{
    flush();
    std::string payload(1, static_cast<char>(kind));
    payload.append(line.substr(0, 4096));
    write_frame(fd_, FrameType::progress, payload);
}

void WorkerOutput::tar(std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, most_tar_bytes - pending_.size());
        pending_.append(piece);
        bytes.remove_prefix(piece.size());
        if (pending_.size() == most_tar_bytes) flush();
    }
}

void WorkerOutput::flush()
{
    if (pending_.empty()) return;
    write_frame(fd_, FrameType::tar, pending_);
    pending_.clear();
}

void WorkerOutput::result(const SourceResult& result)
{
    flush();
    write_frame(fd_, FrameType::result, to_json(result));
}

} // namespace ysnp::git
