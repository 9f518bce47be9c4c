#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ysnp::tar {

enum class Type : char { file = '0', symlink = '2', directory = '5' };

/// One member of an archive (POSIX.1-2017 pax: "pax Interchange Format").
struct Entry {
    std::string path; ///< relative, '/' between components; any bytes but NUL; a directory needs no '/' at its end
    Type type = Type::file;
    unsigned mode = 0644;    ///< permission bits only
    std::uint64_t size = 0;  ///< of a file's content; 0 for all others
    std::uint64_t uid = 0;   ///< numeric owner
    std::uint64_t gid = 0;   ///< numeric group
    std::int64_t mtime = 0;  ///< seconds since 1970
    std::string link_target; ///< of a symlink
};

inline constexpr std::size_t block = 512;

/// The blocks that come before a member's content: a ustar header and, where a name is too long or not ASCII, or a
/// number too big for ustar, a pax extended header in front of it. Throws std::system_error (EINVAL) for an empty path
/// or link target, or for a NUL in one.
std::string header(const Entry& entry);

/// How many zero bytes follow a content of `size` bytes.
constexpr std::size_t padding(std::uint64_t size) { return static_cast<std::size_t>((block - size % block) % block); }

/// `count` (at most 1536) zero bytes that live as long as the program.
std::string_view zeros(std::size_t count);

/// The two zero blocks that end an archive.
std::string_view end_of_archive();

/// Writes an archive member by member to `sink`, which may block. Holds no content; a member's content that does not
/// have the size its header promised throws std::logic_error, as the archive would be broken.
class Writer {
public:
    using Sink = std::function<void(std::string_view)>;
    explicit Writer(Sink sink) : sink_(std::move(sink)) {}

    /// A directory, a symlink, or the head of a file whose content follows by write().
    void begin(const Entry& entry);
    /// Content of the file begun last; any number of pieces.
    void write(std::string_view bytes);
    /// A file whose content is at hand; entry.size is set from it.
    void file(Entry entry, std::string_view content);
    /// The end of the archive. Nothing may follow.
    void finish();

    /// Bytes written so far.
    std::uint64_t written() const noexcept { return written_; }

private:
    void put(std::string_view bytes);
    void close_member();

    Sink sink_;
    std::uint64_t written_ = 0;
    std::uint64_t missing_ = 0; // content bytes that the open member still lacks
    std::size_t padding_ = 0;
};

} // namespace ysnp::tar
