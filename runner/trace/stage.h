#pragma once
#include <string_view>

namespace ysnp::trace {

/// One step of the way from a stream's raw bytes to the trace: masking, repair, timestamps, the buffer. A stage hands
/// on what it has decided and holds back only what the bytes to come may still change. Not thread safe.
class Stage {
public:
    virtual ~Stage() = default;
    /// Takes bytes; the view need not outlive the call.
    virtual void put(std::string_view bytes) = 0;
    /// The write that the last put() belonged to is complete (a frame of the container's output, a line of ours).
    virtual void end_write() = 0;
    /// The text is complete here though the stream goes on (a line of ours): what waits for bytes that may still change
    /// it is handed on as at the end of the stream.
    virtual void settle() = 0;
    /// The stream ends: hands on whatever was held back. The stage is as new afterwards.
    virtual void close() = 0;
};

} // namespace ysnp::trace
