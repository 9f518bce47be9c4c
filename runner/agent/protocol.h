#pragma once
// The language between the runner and the agent in the job's container; README.md tells the story. Shared by both
// programs: no header but the freestanding ones.
#include "runner/agent/siphash.h"

namespace ysnp::agent::wire {

inline constexpr uint8_t version = 2;
inline constexpr unsigned char magic[4] = {'Y', 0x1b, 'S', 0x1f};
inline constexpr size_t header_size = 56;
inline constexpr size_t max_payload = 256u << 10;
inline constexpr size_t key_size = 32; ///< the first half tags frames to the agent, the second half those from it
inline constexpr size_t spool_size = 1u << 20; ///< output that the agent keeps until it is acknowledged

enum class Type : uint8_t {
    // to the agent
    start = 1,   ///< key, u32 lease seconds, u32 deadline seconds; the first frame, tagged with the key that it brings
    renew,       ///< u32 lease seconds
    resume,      ///< header.offset = output received so far; a new connection takes over
    acknowledge, ///< header.offset = output received so far
    settled,     ///< the result of header.operation has arrived
    stage,       ///< u32 StageFlag, text directory, u32 count, text argv…
    environment, ///< text "NAME=value"…
    file,        ///< u32 mode, u32 FileFlag, text path, the rest is content
    script,      ///< bytes
    launch,      ///< what the stage needs is complete
    stop,        ///< u32 grace milliseconds, u32 StopReason
    unpack,      ///< u32 UnpackFlag, text directory
    data,        ///< header.offset = position in the stream
    data_end,    ///< header.offset = size of the stream
    make_dir,    ///< u32 mode, text path
    remove,      ///< u32 RemoveFlag, text path
    leave,       ///< kill what is left and exit
    pack = 32,   ///< reserved: a tar stream out of the container
    // from the agent
    hello = 64,  ///< u32 version, u32 uid, u32 gid, u32 processes, u32 proc mounted
    output,      ///< header.offset = bytes of output before these
    ended,       ///< see Ended
    unpacked,    ///< u32 errno, text path, u64 files, u64 directories, u64 bytes
    done,        ///< u32 errno, text path
    resumed,     ///< u32 State, u32 operation
    goodbye,     ///< u32 Goodbye, text
    alive,       ///< the answer to renew
    packed = 96, ///< reserved
};

enum StageFlag : uint32_t { script_by_pipe = 1 }; ///< stdin of the stage is a pipe even where a memfd would do
enum FileFlag : uint32_t { append = 1 };
enum UnpackFlag : uint32_t { keep_times = 1 };
enum RemoveFlag : uint32_t { contents_only = 1 };
enum class StopReason : uint32_t { cancelled = 0, timed_out = 1 };
enum class State : uint32_t { idle = 0, running = 1 };
enum class Outcome : uint32_t { exited = 0, stopped = 1, timed_out = 2, not_started = 3 };
enum class Goodbye : uint32_t {
    asked = 0,
    lease_ended = 1,
    deadline_passed = 2,
    broken_protocol = 3,
    wrong_version = 4
};

// Payload of Type::ended, in this order: u32 Outcome, u32 exit code, u32 signal, u64 bytes of output, u32 errno of what
// kept the stage from starting, text of what failed, u32 processes that could not be killed, u32 kills by the kernel
// for lack of memory. Integers are little-endian; a text is u32 length and bytes.

/// A frame's head. Frames whose payload is a stream (output, data) have no digest: their offset must continue.
struct Header {
    Type type{};
    uint16_t flags = 0;
    uint32_t length = 0;
    uint32_t operation = 0;
    uint64_t sequence = 0; ///< each direction counts up by one; a new connection (resume) may jump ahead
    uint64_t offset = 0;
    uint64_t digest = 0;
};

inline constexpr bool is_stream(Type type) { return type == Type::output || type == Type::data; }

inline void store(unsigned char* to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; ++i) to[i] = static_cast<unsigned char>(value >> (8 * i));
}
inline uint64_t load(const unsigned char* from, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;) value = value << 8 | from[i];
    return value;
}

inline void encode(const Header& header, const SipHash& key, unsigned char* to)
{
    for (size_t i = 0; i < 4; ++i) to[i] = magic[i];
    to[4] = version;
    to[5] = static_cast<unsigned char>(header.type);
    store(to + 6, header.flags, 2);
    store(to + 8, header.length, 4);
    store(to + 12, header.operation, 4);
    store(to + 16, header.sequence, 8);
    store(to + 24, header.offset, 8);
    store(to + 32, header.digest, 8);
    const Tag tag = key.of(to, 40);
    store(to + 40, tag.low, 8);
    store(to + 48, tag.high, 8);
}

/// Whether the header_size bytes at `from` are a header made with `key`; fills `header` then.
inline bool decode(const unsigned char* from, const SipHash& key, Header& header)
{
    for (size_t i = 0; i < 4; ++i)
        if (from[i] != magic[i]) return false;
    const Tag tag = key.of(from, 40);
    if (((tag.low ^ load(from + 40, 8)) | (tag.high ^ load(from + 48, 8))) != 0) return false;
    header.type = static_cast<Type>(from[5]);
    header.flags = static_cast<uint16_t>(load(from + 6, 2));
    header.length = static_cast<uint32_t>(load(from + 8, 4));
    header.operation = static_cast<uint32_t>(load(from + 12, 4));
    header.sequence = load(from + 16, 8);
    header.offset = load(from + 24, 8);
    header.digest = load(from + 32, 8);
    return header.length <= max_payload;
}

/// What header.digest of a frame must be.
inline uint64_t digest(Type type, const SipHash& key, const unsigned char* payload, size_t size)
{
    if (is_stream(type) || size == 0) return 0;
    return key.of(payload, size).low;
}

} // namespace ysnp::agent::wire
