#include "runner/agent/init/channel.h"
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

namespace ysnp::agent {

using wire::Header;
using wire::SipHash;
using wire::Type;

bool Inbox::fill()
{
    if (begin_ != 0 && capacity - end_ < wire::header_size + wire::max_payload) {
        memmove(bytes_, bytes_ + begin_, end_ - begin_);
        end_ -= begin_, begin_ = 0;
    }
    const ssize_t got = read(STDIN_FILENO, bytes_ + end_, capacity - end_);
    if (got > 0) end_ += static_cast<size_t>(got);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/// Moves to what may be a frame; false if more bytes are needed to tell.
bool Inbox::candidate()
{
    const void* const found = memchr(bytes_ + begin_, wire::magic[0], end_ - begin_);
    begin_ = found == nullptr ? end_ : static_cast<size_t>(static_cast<const unsigned char*>(found) - bytes_);
    if (begin_ == end_) begin_ = end_ = 0;
    return end_ - begin_ >= wire::header_size;
}

bool Inbox::decode(Header& header) const
{
    if (keyed_) return wire::decode(bytes_ + begin_, SipHash(key_), header);
    const unsigned char* const key = bytes_ + begin_ + wire::header_size; // the first frame brings its own
    if (end_ - begin_ < wire::header_size + wire::key_size) return false;
    return wire::decode(bytes_ + begin_, SipHash(key), header) && header.type == Type::start &&
           header.length >= wire::key_size;
}

bool Inbox::in_order(const Header& header)
{
    const bool jump = header.type == Type::resume || !keyed_;
    if (header.sequence != sequence_ + 1 && !(jump && header.sequence > sequence_)) return false;
    sequence_ = header.sequence;
    return true;
}

bool Inbox::next(Frame& frame)
{
    while (!broken_ && candidate()) {
        if (!keyed_ && end_ - begin_ < wire::header_size + wire::key_size) return false;
        if (!decode(frame.header)) {
            skip(1);
            continue;
        }
        if (end_ - begin_ < wire::header_size + frame.header.length) return false;
        frame.payload = {bytes_ + begin_ + wire::header_size, frame.header.length};
        const unsigned char* const key = keyed_ ? key_ : frame.payload.data;
        if (wire::digest(frame.header.type, SipHash(key), frame.payload.data, frame.payload.size) !=
            frame.header.digest) {
            skip(1);
            continue;
        }
        broken_ = !in_order(frame.header);
        if (!keyed_) memcpy(key_, frame.payload.data, sizeof key_);
        keyed_ = true;
        skip(wire::header_size + frame.payload.size);
        return !broken_;
    }
    return false;
}

void Outbox::adopt(const unsigned char* key) { memcpy(key_, key + sizeof key_, sizeof key_); }

void Outbox::post(Type type, uint32_t operation, uint64_t offset, Bytes payload)
{
    if (sizeof control_ - control_end_ < wire::header_size + payload.size) return; // sent again on request
    Header header;
    header.type = type;
    header.length = static_cast<uint32_t>(payload.size);
    header.operation = operation;
    header.sequence = ++sequence_;
    header.offset = offset;
    header.digest = wire::digest(type, SipHash(key_), payload.data, payload.size);
    wire::encode(header, SipHash(key_), control_ + control_end_);
    memcpy(control_ + control_end_ + wire::header_size, payload.data, payload.size);
    control_end_ += wire::header_size + payload.size;
}

/// The ring's bytes from `begin` to `end` as at most two pieces.
static int pieces(unsigned char* ring, uint64_t begin, uint64_t end, iovec* into)
{
    const size_t at = begin % wire::spool_size, size = static_cast<size_t>(end - begin);
    const size_t first = size < wire::spool_size - at ? size : wire::spool_size - at;
    into[0] = {ring + at, first};
    into[1] = {ring, size - first};
    return size > first ? 2 : 1;
}

ssize_t Outbox::read_output(int pipe)
{
    iovec room[2];
    const int count = pieces(spool_, filled_, acknowledged_ + wire::spool_size, room);
    const ssize_t got = readv(pipe, room, count);
    if (got > 0) filled_ += static_cast<uint64_t>(got);
    return got;
}

void Outbox::acknowledge(uint64_t offset)
{
    if (offset > acknowledged_ && offset <= sent_) acknowledged_ = offset;
}

bool Outbox::rewind(uint64_t offset)
{
    if (offset < acknowledged_ || offset > filled_) return false;
    sent_ = acknowledged_ = offset;
    frame_end_ = 0;
    control_begin_ = control_end_ = 0;
    return true;
}

void Outbox::begin_frame()
{
    Header header;
    const uint64_t left = filled_ - sent_;
    header.type = Type::output;
    header.length = static_cast<uint32_t>(left < wire::max_payload ? left : wire::max_payload);
    header.sequence = ++sequence_;
    header.offset = sent_;
    wire::encode(header, SipHash(key_), head_);
    head_sent_ = 0;
    frame_end_ = sent_ + header.length;
}

ssize_t Outbox::write_frame()
{
    iovec out[3];
    out[0] = {head_ + head_sent_, sizeof head_ - head_sent_};
    const int count = 1 + pieces(spool_, sent_, frame_end_, out + 1);
    const ssize_t put = writev(STDOUT_FILENO, out, count);
    if (put <= 0) return put;
    const size_t head = static_cast<size_t>(put) < out[0].iov_len ? static_cast<size_t>(put) : out[0].iov_len;
    head_sent_ += head;
    sent_ += static_cast<uint64_t>(put) - head;
    if (sent_ == frame_end_) frame_end_ = 0;
    return put;
}

ssize_t Outbox::write_control()
{
    const ssize_t put = write(STDOUT_FILENO, control_ + control_begin_, control_end_ - control_begin_);
    if (put > 0) control_begin_ += static_cast<size_t>(put);
    if (control_begin_ == control_end_) control_begin_ = control_end_ = 0;
    return put;
}

bool Outbox::flush()
{
    while (wants_write()) {
        if (!frame_left() && control_end_ == 0) begin_frame();
        const ssize_t put = frame_left() ? write_frame() : write_control();
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno == EAGAIN;
    }
    return true;
}

} // namespace ysnp::agent
