#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ysnp::trace {

/// An append-only store of bytes that can be read again from any offset. The first 64 KiB stay in memory; past that all
/// goes, in large writes, to a file that has no name (mode 0600) in `folder`. Where the folder takes no file, or its
/// disk is full, the bytes stay in memory: a full disk costs memory, never a trace.
class Spool {
public:
    static constexpr std::size_t in_memory = 64u << 10;

    explicit Spool(std::filesystem::path folder);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    void append(std::string_view bytes);
    std::uint64_t size() const noexcept { return on_disk_ + tail_.size(); }
    /// Up to `most` bytes from `offset` on; fewer only at the end. Throws system_error where the disk fails to read.
    std::string read(std::uint64_t offset, std::size_t most) const;
    bool uses_disk() const noexcept { return file_ >= 0; }

private:
    enum class Disk { unused, open, refused };
    bool store(std::string_view bytes);

    std::filesystem::path folder_;
    Disk disk_ = Disk::unused;
    int file_ = -1;
    std::uint64_t on_disk_ = 0;
    std::string tail_; // everything after on_disk_
};

} // namespace ysnp::trace
