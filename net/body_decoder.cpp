#include "net/body_decoder.h"
#include "net/ascii.h"
#include "net/failure.h"
#include <array>
#include <utility>
#include <zlib.h>

namespace ysnp::net {

namespace {

constexpr std::size_t output_size = 32u << 10;

[[noreturn]] void broken(const std::string& what)
{
    throw std::system_error(make_error_code(Error::malformed_reply), what);
}

} // namespace

struct BodyDecoder::Gzip {
    z_stream state{};
    std::array<char, output_size> output;
    bool begun = false, ended = false;

    Gzip()
    {
        if (inflateInit2(&state, 15 + 16) != Z_OK) throw std::bad_alloc();
    }
    ~Gzip() { inflateEnd(&state); }
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    std::string_view put(std::string_view& bytes);
};

std::string_view BodyDecoder::Gzip::put(std::string_view& bytes)
{
    if (ended) broken("gzip: bytes after the end of the data");
    begun = true;
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // zlib only reads it
    state.avail_in = static_cast<uInt>(bytes.size());
    state.next_out = reinterpret_cast<Bytef*>(output.data());
    state.avail_out = static_cast<uInt>(output.size());
    const int result = inflate(&state, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) broken("gzip: damaged data");
    ended = result == Z_STREAM_END;
    bytes.remove_prefix(bytes.size() - state.avail_in);
    return {output.data(), output.size() - state.avail_out};
}

BodyDecoder::BodyDecoder(std::string_view content_encoding)
{
    if (content_encoding.empty() || same_ignoring_case(content_encoding, "identity")) return;
    if (!same_ignoring_case(content_encoding, "gzip") && !same_ignoring_case(content_encoding, "x-gzip"))
        broken("a Content-Encoding other than gzip");
    gzip_ = std::make_unique<Gzip>();
}

BodyDecoder::~BodyDecoder() = default;

std::string_view BodyDecoder::put(std::string_view& bytes)
{
    if (!gzip_) return std::exchange(bytes, {});
    return gzip_->put(bytes);
}

bool BodyDecoder::has_more() const noexcept
{
    return gzip_ && !gzip_->ended && gzip_->state.avail_out == 0 && gzip_->begun;
}

void BodyDecoder::finish() const
{
    if (gzip_ && gzip_->begun && !gzip_->ended) broken("gzip: data cut off");
}

} // namespace ysnp::net
