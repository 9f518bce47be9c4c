#include "net/failure.h"
#include "runner/pipeline/pipeline.h"
#include "runner/pipeline/yaml_reader.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::pipeline {
namespace {

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return number_; }
    void reset(int number) noexcept
    {
        close();
        number_ = number;
    }

private:
    void close() noexcept
    {
        if (number_ >= 0) ::close(number_);
    }
    int number_;
};

[[noreturn]] void refuse(const std::string& path, const std::string& why)
{
    throw std::system_error(make_error_code(Error::invalid_value), path + ": " + why);
}

bool is_link(int folder, const std::filesystem::path& name)
{
    const int kept = errno;
    struct stat status {};
    const bool link = ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
    errno = kept;
    return link;
}

// One component after the other, so that no symbolic link leads out of the folder. A missing file leaves -1.
void descend(Descriptor& at, const std::filesystem::path& path)
{
    for (auto part = path.begin(); part != path.end() && at.get() >= 0; ++part) {
        if (*part == "." || part->empty()) continue;
        if (*part == "..") refuse(path.string(), "leads out of the project");
        const bool last = std::next(part) == path.end();
        const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY);
        const int next = ::openat(at.get(), part->c_str(), flags);
        if (next < 0 && is_link(at.get(), *part))
            refuse(path.string(), "leads over a symbolic link, which is not followed");
        if (next < 0 && errno != ENOENT && errno != ENOTDIR)
            refuse(path.string(), std::generic_category().message(errno));
        at.reset(next);
    }
}

std::string read_all(int file, const std::string& path)
{
    struct stat status {};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) refuse(path, "is not a regular file");
    std::string text;
    char piece[65536];
    for (ssize_t got; (got = ::read(file, piece, sizeof piece)) != 0;) {
        if (got < 0) refuse(path, std::generic_category().message(errno));
        text.append(piece, static_cast<std::size_t>(got));
        if (text.size() > limits::file_bytes) refuse(path, "is larger than 1 MiB");
    }
    return text;
}

} // namespace

FileReader folder_reader(std::filesystem::path folder)
{
    return [folder = std::move(folder)](const std::string& path) -> std::optional<std::string> {
        Descriptor at(::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
        if (at.get() < 0) refuse(folder.string(), std::generic_category().message(errno));
        descend(at, std::filesystem::path(path).relative_path());
        if (at.get() < 0) return std::nullopt;
        return read_all(at.get(), path);
    };
}

} // namespace ysnp::pipeline
