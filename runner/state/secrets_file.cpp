#include "runner/state/secrets_file.h"
#include "net/failure.h"
#include "runner/state/fault.h"
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <vector>

namespace ysnp::state {

namespace {

constexpr std::string_view magic = "ysnp-secrets-1\n";
constexpr std::size_t longest_file = 64u << 20; // a payload of 16 MiB, its digest document and the log

class Handle {
public:
    explicit Handle(int handle) : handle_(handle) {}
    ~Handle()
    {
        if (handle_ >= 0) ::close(handle_);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    int get() const noexcept { return handle_; }
    explicit operator bool() const noexcept { return handle_ >= 0; }

private:
    int handle_;
};

std::string& put_length(std::string& bytes, std::size_t size)
{
    for (std::size_t i = 0; i < 4; ++i) bytes += static_cast<char>(size >> (8 * i));
    return bytes;
}

/// Takes the next value off the front of `bytes`.
std::string_view next_value(std::string_view& bytes, const std::string& file)
{
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4 && i < bytes.size(); ++i)
        size |= std::size_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    if (bytes.size() < 4 || bytes.size() - 4 < size)
        raise(Fault::damaged, "secrets file " + file + ": is cut off; the job it belongs to cannot be continued");
    const auto value = bytes.substr(4, size);
    bytes.remove_prefix(4 + size);
    return value;
}

/// The values of a file, in their order.
std::vector<std::string_view> values_of(const JobSecrets& secrets)
{
    std::vector<std::string_view> values{secrets.job_token.reveal(), secrets.frame_key.reveal()};
    if (!secrets.waiting) return values;
    const WaitingJob& waiting = *secrets.waiting;
    values.insert(values.end(), {waiting.payload.reveal(), waiting.request.reveal(), waiting.log.reveal(),
                                 waiting.asked ? std::string_view("asked") : std::string_view()});
    return values;
}

std::string encoded(const JobSecrets& secrets)
{
    const std::vector<std::string_view> values = values_of(secrets);
    std::size_t size = magic.size();
    for (const auto value : values) size += 4 + value.size();
    std::string bytes;
    bytes.reserve(size); // grows in place: no copy is left behind
    bytes += magic;
    for (const auto value : values) put_length(bytes, value.size()).append(value);
    return bytes;
}

JobSecrets decoded(std::string_view bytes, const std::string& file)
{
    JobSecrets secrets;
    secrets.job_token = Secret(next_value(bytes, file));
    secrets.frame_key = Secret(next_value(bytes, file));
    if (bytes.empty()) return secrets;
    WaitingJob& waiting = secrets.waiting.emplace();
    waiting.payload = Secret(next_value(bytes, file));
    waiting.request = Secret(next_value(bytes, file));
    waiting.log = Secret(next_value(bytes, file));
    waiting.asked = !next_value(bytes, file).empty();
    return secrets;
}

/// Our own plain file, one name, nobody else's to read.
void expect_private(const struct stat& status, const std::string& file)
{
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 077) != 0 || status.st_nlink != 1)
        raise(Fault::not_ours,
              "secrets file " + file + ": must be a plain file, mode 0600, of the runner's user, with one name");
}

void write_all(int handle, std::string_view bytes, const std::string& file)
{
    while (!bytes.empty()) {
        const auto written = ::write(handle, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) raise_system("secrets file " + file);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

bool plain_name(std::string_view name)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    return !name.empty() && name.size() <= 200 && name.front() != '.' && std::all_of(name.begin(), name.end(), fits);
}

} // namespace

SecretsFile::SecretsFile(std::filesystem::path folder, Folder kind) : folder_(std::move(folder).lexically_normal())
{
    if (!folder_.has_filename()) folder_ = folder_.parent_path();
    if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) raise_system("secrets folder " + folder_.string());
    struct stat status {};
    struct statfs system {};
    if (::lstat(folder_.c_str(), &status) != 0 || ::statfs(folder_.c_str(), &system) != 0)
        raise_system("secrets folder " + folder_.string());
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 077) != 0)
        raise(Fault::not_ours,
              "secrets folder " + folder_.string() + ": must be a folder, mode 0700, of the runner's user");
    const auto type = static_cast<std::uint64_t>(system.f_type);
    if (kind == Folder::in_memory && type != TMPFS_MAGIC && type != RAMFS_MAGIC)
        raise(Fault::unusable,
              "secrets folder " + folder_.string() + ": must be on tmpfs, as job tokens never go to a disk");
}

std::filesystem::path SecretsFile::write(const std::string& name, const JobSecrets& secrets) const
{
    if (!plain_name(name))
        raise(Fault::unusable, "secrets file: a name of letters, digits, '-', '_' and '.' is expected");
    const auto file = folder_ / name;
    std::string fresh = (folder_ / ("." + name + ".XXXXXX")).string();
    const Handle handle(::mkostemp(fresh.data(), O_CLOEXEC)); // mode 0600
    if (!handle) raise_system("secrets file " + file.string());
    std::string bytes = encoded(secrets);
    try {
        write_all(handle.get(), bytes, file.string());
        if (::rename(fresh.c_str(), file.c_str()) != 0) raise_system("secrets file " + file.string());
    } catch (...) {
        wipe(bytes);
        ::unlink(fresh.c_str());
        throw;
    }
    wipe(bytes);
    return file;
}

JobSecrets SecretsFile::read(const std::filesystem::path& named) const
{
    const auto file = inside(named);
    const Handle handle(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!handle && errno == ELOOP) raise(Fault::not_ours, "secrets file " + file.string() + ": is a symbolic link");
    struct stat status {};
    if (!handle || ::fstat(handle.get(), &status) != 0) raise_system("secrets file " + file.string());
    expect_private(status, file.string());
    if (status.st_size > static_cast<off_t>(longest_file))
        raise(Fault::damaged, "secrets file " + file.string() + ": is too long");
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    const auto got = ::pread(handle.get(), bytes.data(), bytes.size(), 0);
    std::string_view rest(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    if (!rest.starts_with(magic)) raise(Fault::damaged, "secrets file " + file.string() + ": is not one of ours");
    rest.remove_prefix(magic.size());
    JobSecrets secrets = decoded(rest, file.string());
    wipe(bytes);
    return secrets;
}

void SecretsFile::remove(const std::filesystem::path& named) const
{
    const auto file = inside(named);
    const Handle handle(::open(file.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (handle && ::fstat(handle.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1)
        write_all(handle.get(),
                  std::string(static_cast<std::size_t>(std::clamp<off_t>(status.st_size, 0, longest_file)), '\0'),
                  file.string());
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) raise_system("secrets file " + file.string());
}

/// The journal's word for a path is not taken: what is opened is a plain name in our folder.
std::filesystem::path SecretsFile::inside(const std::filesystem::path& file) const
{
    if (file.parent_path().lexically_normal() != folder_ || !plain_name(file.filename().string()))
        raise(Fault::unusable, "secrets file: " + file.string() + " is not in " + folder_.string());
    return file;
}

} // namespace ysnp::state
