#include "runner/git/file.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::git {
namespace {

[[noreturn]] void fail(const char* what, const std::string& path)
{
    throw std::system_error(errno, std::generic_category(), std::string(what) + " " + path);
}

} // namespace

File File::open_to_read(const std::string& path)
{
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) fail("open", path);
    return {fd, path};
}

File File::create(const std::string& path)
{
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) fail("create", path);
    return {fd, path};
}

File::~File()
{
    if (fd_ >= 0) ::close(fd_);
}

std::uint64_t File::size() const
{
    struct stat status = {};
    if (::fstat(fd_, &status) != 0) fail("stat", path_);
    return static_cast<std::uint64_t>(status.st_size);
}

std::size_t File::read_at(std::uint64_t offset, char* into, std::size_t size) const
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(fd_, into + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("read", path_);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

void File::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(fd_, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) fail("write", path_);
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
}

MappedFile::MappedFile(const std::string& path)
{
    const File file = File::open_to_read(path);
    const std::size_t size = file.size();
    if (size == 0) return;
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd(), 0);
    if (address == MAP_FAILED) fail("map", path);
    bytes_ = {static_cast<const char*>(address), size};
}

MappedFile::~MappedFile()
{
    if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

} // namespace ysnp::git
