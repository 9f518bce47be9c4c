#include "runner/policy/trusted_folder.h"
#include "net/failure.h"
#include "runner/policy/store.h"
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ysnp::policy {
namespace {

namespace fs = std::filesystem;

std::error_code last_error() { return {errno, std::system_category()}; }

[[noreturn]] void fail(const fs::path& path, const char* doing)
{
    const auto code = last_error();
    if (code.value() == ELOOP || code.value() == ENOTDIR)
        throw StoreFault(code, path.string(), "a symbolic link or another kind of file", "a plain file or folder",
                         "replace it by a real one that only root can write");
    throw StoreFault(code, path.string(), code.message(), std::string("to be able to ") + doing,
                     "check that the runner's user may read it");
}

/// Nobody but root and the user running may be able to have written it.
void must_be_ours(int descriptor, const fs::path& path, mode_t kind)
{
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) fail(path, "examine it");
    const auto refuse = [&](std::string found, std::string remedy) {
        throw StoreFault(make_error_code(Error::invalid_value), path.string(), std::move(found),
                         "a policy that only root can write", std::move(remedy));
    };
    if ((status.st_mode & S_IFMT) != kind) refuse("another kind of file", "replace it by a real one");
    if (status.st_uid != 0 && status.st_uid != ::geteuid())
        refuse("owned by user " + std::to_string(status.st_uid), "chown root " + path.string());
    if (status.st_mode & (S_IWGRP | S_IWOTH)) {
        char mode[16];
        std::snprintf(mode, sizeof mode, "%04o", unsigned(status.st_mode & 07777));
        refuse(std::string("writable by others (mode ") + mode + ")", "chmod go-w " + path.string());
    }
}

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (value_ >= 0) ::close(value_);
    }
    int get() const { return value_; }

private:
    int value_;
};

void write_all(int descriptor, std::string_view content, const fs::path& path)
{
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail(path, "write it");
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string read_all(int descriptor, const fs::path& path)
{
    std::string content;
    char buffer[65536];
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(path, "read it");
        if (got == 0) return content;
        content.append(buffer, static_cast<std::size_t>(got));
        if (content.size() > TrustedFolder::max_document)
            throw StoreFault(make_error_code(Error::body_too_large), path.string(), "more than 4 MiB",
                             "a document of at most 4 MiB", "split the policy over projects, or remove old entries");
    }
}

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

} // namespace

TrustedFolder::TrustedFolder(int descriptor, fs::path path) : descriptor_(descriptor), path_(std::move(path))
{
    try {
        must_be_ours(descriptor_, path_, S_IFDIR);
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

TrustedFolder::TrustedFolder(TrustedFolder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_))
{
}

TrustedFolder& TrustedFolder::operator=(TrustedFolder&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    return *this;
}

TrustedFolder::~TrustedFolder()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<TrustedFolder> TrustedFolder::open(const fs::path& path)
{
    const int descriptor = ::open(path.c_str(), folder_flags);
    if (descriptor < 0 && errno == ENOENT) return std::nullopt;
    if (descriptor < 0) fail(path, "open it");
    return TrustedFolder(descriptor, path);
}

TrustedFolder TrustedFolder::create(const fs::path& path)
{
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) fail(path, "create it");
    auto folder = open(path);
    if (!folder) fail(path, "open it");
    return std::move(*folder);
}

std::optional<TrustedFolder> TrustedFolder::child(std::string_view name) const
{
    const int descriptor = ::openat(descriptor_, std::string(name).c_str(), folder_flags);
    if (descriptor < 0 && errno == ENOENT) return std::nullopt;
    if (descriptor < 0) fail(path_ / name, "open it");
    return TrustedFolder(descriptor, path_ / name);
}

TrustedFolder TrustedFolder::create_child(std::string_view name) const
{
    if (::mkdirat(descriptor_, std::string(name).c_str(), 0755) != 0 && errno != EEXIST)
        fail(path_ / name, "create it");
    auto folder = child(name);
    if (!folder) fail(path_ / name, "open it");
    return std::move(*folder);
}

std::optional<std::string> TrustedFolder::read(std::string_view name) const
{
    const fs::path path = path_ / name;
    const Descriptor file(
        ::openat(descriptor_, std::string(name).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.get() < 0 && errno == ENOENT) return std::nullopt;
    if (file.get() < 0) fail(path, "open it");
    must_be_ours(file.get(), path, S_IFREG);
    return read_all(file.get(), path);
}

void TrustedFolder::replace(std::string_view name, std::string_view content) const
{
    const fs::path path = path_ / name;
    const std::string temporary = "." + std::string(name) + "." + std::to_string(::getpid());
    ::unlinkat(descriptor_, temporary.c_str(), 0);
    const Descriptor file(
        ::openat(descriptor_, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (file.get() < 0) fail(path, "write it");
    try {
        write_all(file.get(), content, path);
        if (::fchmod(file.get(), 0644) != 0 || ::fsync(file.get()) != 0) fail(path, "write it");
        if (::renameat(descriptor_, temporary.c_str(), descriptor_, std::string(name).c_str()) != 0)
            fail(path, "replace it");
    } catch (...) {
        ::unlinkat(descriptor_, temporary.c_str(), 0);
        throw;
    }
    if (::fsync(descriptor_) != 0) fail(path, "make its replacement durable");
}

void TrustedFolder::lock() const
{
    if (::flock(descriptor_, LOCK_EX) != 0) fail(path_, "lock it");
}

} // namespace ysnp::policy
