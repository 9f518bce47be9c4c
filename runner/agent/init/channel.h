#pragma once
#include "runner/agent/init/bytes.h"
#include <sys/types.h>

namespace ysnp::agent {

struct Frame {
    wire::Header header;
    Bytes payload;
};

/// The frames that come in on standard input.
class Inbox {
public:
    /// Reads what is there. False at the end of the input.
    bool fill();
    /// The next frame that the runner's key made; its payload is valid until the next fill(). Everything else is
    /// skipped. The first frame must be `start`; it brings the key.
    bool next(Frame& frame);
    /// A frame was lost, repeated or invented: no going on.
    bool broken() const { return broken_; }

private:
    bool candidate();
    bool decode(wire::Header& header) const;
    bool in_order(const wire::Header& header);
    void skip(size_t bytes) { begin_ += bytes; }

    static constexpr size_t capacity = 2 * (wire::header_size + wire::max_payload);
    unsigned char bytes_[capacity];
    size_t begin_ = 0, end_ = 0;
    unsigned char key_[16] = {};
    bool keyed_ = false, broken_ = false;
    uint64_t sequence_ = 0;
};

/// The frames that go out on standard output: small ones at once, the job's output through a spool that keeps it
/// until the runner has acknowledged it.
class Outbox {
public:
    void adopt(const unsigned char* key);
    void post(wire::Type type, uint32_t operation, uint64_t offset, Bytes payload);
    /// Reads from the job's pipe as much as the spool has room for. What read() says, errno too.
    ssize_t read_output(int pipe);
    bool has_room() const { return filled_ - acknowledged_ < wire::spool_size; }
    void acknowledge(uint64_t offset);
    /// Sends again from `offset`; what was half sent is given up. False if that is not in the spool.
    bool rewind(uint64_t offset);
    /// Writes what can be written without waiting. False if nobody reads any more.
    bool flush();
    bool wants_write() const { return frame_left() || control_end_ != 0 || sent_ != filled_; }
    /// Whether all output is on its way: what is posted now comes after it.
    bool drained() const { return sent_ == filled_ && !frame_left(); }
    uint64_t filled() const { return filled_; }

private:
    bool frame_left() const { return frame_end_ != 0; }
    void begin_frame();
    ssize_t write_frame();
    ssize_t write_control();

    unsigned char key_[16] = {};
    uint64_t sequence_ = 0;
    unsigned char control_[16 * 1024];
    size_t control_begin_ = 0, control_end_ = 0;
    unsigned char head_[wire::header_size];
    size_t head_sent_ = 0;
    uint64_t frame_end_ = 0; // position in the output where the frame under way ends; 0: none
    uint64_t acknowledged_ = 0, sent_ = 0, filled_ = 0;
    unsigned char spool_[wire::spool_size];
};

} // namespace ysnp::agent
