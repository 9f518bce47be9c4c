#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ysnp::git {

/// An open file; closed when it goes. Failures throw std::system_error with the path.
class File {
public:
    static File open_to_read(const std::string& path);
    /// Must not exist yet; 0600.
    static File create(const std::string& path);

    File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
    File& operator=(File&& other) noexcept
    {
        std::swap(fd_, other.fd_);
        std::swap(path_, other.path_);
        return *this;
    }
    ~File();

    int fd() const noexcept { return fd_; }
    std::uint64_t size() const;
    /// Exactly `size` bytes from `offset`, or fewer at the end of the file.
    std::size_t read_at(std::uint64_t offset, char* into, std::size_t size) const;
    void write(std::string_view bytes);

private:
    File(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

    int fd_;
    std::string path_;
};

/// A whole file in memory, read-only; the mapping ends with the object.
class MappedFile {
public:
    explicit MappedFile(const std::string& path);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    MappedFile& operator=(MappedFile&&) = delete;
    std::string_view bytes() const noexcept { return bytes_; }

private:
    std::string_view bytes_;
};

} // namespace ysnp::git
