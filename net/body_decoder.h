#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace ysnp::net {

/// Undoes a reply's Content-Encoding, piece by piece, with bounded memory: nothing (identity) or gzip (RFC 1952). We
/// ask for none, but middleboxes compress unasked. Throws Failure::protocol for any other coding and for broken data.
class BodyDecoder {
public:
    explicit BodyDecoder(std::string_view content_encoding);
    ~BodyDecoder();

    /// Consumes a prefix of `bytes` (which it shortens) and returns what came out of it, valid until the next call; may
    /// be empty.
    std::string_view put(std::string_view& bytes);
    /// The last put() filled its output: another one, also without bytes, may bring more.
    bool has_more() const noexcept;
    /// The body is over. Throws (Failure::protocol) where the compressed data is not.
    void finish() const;

private:
    struct Gzip;
    std::unique_ptr<Gzip> gzip_; // null: identity
};

} // namespace ysnp::net
