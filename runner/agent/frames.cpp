#include "runner/agent/frames.h"
#include "net/failure.h"

namespace ysnp::agent {

using wire::Header;
using wire::Type;

namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

[[noreturn]] void broken(const char* what) { throw std::system_error(make_error_code(Error::malformed_reply), what); }

constexpr std::string_view magic_text("Y\x1bS\x1f", 4);

/// Whether a header may begin with `text`.
bool may_begin(std::string_view text)
{
    const std::string_view known = magic_text.substr(0, text.size());
    return text.substr(0, known.size()) == known;
}

/// What must be at hand to judge a frame: a stream's payload may follow in pieces.
std::size_t whole(const Header& header)
{
    return wire::header_size + (wire::is_stream(header.type) ? 0 : header.length);
}

} // namespace

FrameReader::FrameReader(std::string_view key, From from, std::uint64_t received)
    : key_(bytes_of(key)), synchronized_(from == From::beginning), received_(received)
{
}

void FrameReader::feed(std::string_view bytes)
{
    view_ = bytes;
    if (held_.empty()) return;
    current_ = std::move(held_);
    held_.clear();
    current_ += bytes;
    view_ = current_;
}

/// Keeps what is left until more bytes come.
void FrameReader::hold()
{
    held_ = std::string(view_);
    view_ = {};
}

Item FrameReader::stray(std::size_t size)
{
    const Item item{Item::Kind::stray, {}, view_.substr(0, size)};
    view_.remove_prefix(size);
    return item;
}

/// How many bytes from here on are no frame's for sure.
std::size_t FrameReader::stray_bytes() const
{
    std::size_t at = view_.find(magic_text[0], 1);
    while (at != std::string_view::npos && !may_begin(view_.substr(at))) at = view_.find(magic_text[0], at + 1);
    return std::min(at, view_.size());
}

Item FrameReader::output()
{
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(output_left_, view_.size()));
    const Item item{Item::Kind::output, {}, view_.substr(0, size)};
    view_.remove_prefix(size);
    output_left_ -= size;
    if (!discard_) received_ += size;
    return item;
}

bool FrameReader::next_header(Header& header)
{
    return may_begin(view_) && view_.size() >= wire::header_size && wire::decode(bytes_of(view_), key_, header) &&
           header.sequence > sequence_;
}

Item FrameReader::next()
{
    while (!view_.empty()) {
        if (output_left_ != 0) {
            const Item item = output();
            if (discard_) continue;
            return item;
        }
        if (may_begin(view_) && view_.size() < wire::header_size) break;
        Header header;
        if (!next_header(header)) return stray(stray_bytes());
        if (view_.size() < whole(header)) break;
        const Item item = accept(header);
        if (item.kind != Item::Kind::none) return item;
    }
    if (!view_.empty()) hold();
    return {};
}

bool FrameReader::in_order(const Header& header) const { return !synchronized_ || header.sequence == sequence_ + 1; }

/// A header of the agent's and, where it is a control frame, its payload. For output none: its pieces follow.
Item FrameReader::accept(const Header& header)
{
    const bool stream = wire::is_stream(header.type);
    const std::size_t size = whole(header);
    const std::string_view payload = view_.substr(wire::header_size, size - wire::header_size);
    if (!stream && wire::digest(header.type, key_, bytes_of(payload), payload.size()) != header.digest)
        return stray(stray_bytes());
    if (!in_order(header)) broken("a frame of the job's agent is missing");
    view_.remove_prefix(size);
    sequence_ = header.sequence;
    synchronized_ = synchronized_ || header.type == Type::resumed;
    discard_ = !synchronized_;
    if (!stream) return {Item::Kind::frame, header, payload};
    if (!discard_ && header.offset != received_) broken("output of the job is missing");
    output_left_ = header.length;
    return {};
}

FrameWriter::FrameWriter(std::string_view key, std::uint64_t sequence) : key_(bytes_of(key)), sequence_(sequence) {}

void FrameWriter::add(std::string& to, Type type, std::uint32_t operation, std::uint64_t offset,
                      std::string_view payload)
{
    Header header;
    header.type = type;
    header.length = static_cast<std::uint32_t>(payload.size());
    header.operation = operation;
    header.sequence = ++sequence_;
    header.offset = offset;
    header.digest = wire::digest(type, key_, bytes_of(payload), payload.size());
    const std::size_t at = to.size();
    to.resize(at + wire::header_size);
    wire::encode(header, key_, reinterpret_cast<unsigned char*>(to.data() + at));
    to += payload;
}

PayloadWriter& PayloadWriter::number(std::uint64_t value, std::size_t size)
{
    for (std::size_t i = 0; i < size; ++i) bytes_ += static_cast<char>(value >> (8 * i));
    return *this;
}

PayloadWriter& PayloadWriter::text(std::string_view value)
{
    u32(value.size());
    return raw(value);
}

std::string_view PayloadReader::take(std::size_t size)
{
    if (size > left_.size()) broken("a frame of the job's agent is shorter than it claims");
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
}

std::uint64_t PayloadReader::number(std::size_t size) { return wire::load(bytes_of(take(size)), size); }

} // namespace ysnp::agent
