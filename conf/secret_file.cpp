#include "conf/secret_file.h"
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::conf {
namespace {

constexpr std::size_t most_secret_bytes = 64u << 10;

/// An open file that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor()
    {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }

private:
    int number_;
};

std::string mode_text(mode_t mode)
{
    const char digits[] = {'0', static_cast<char>('0' + ((mode >> 6) & 7)), static_cast<char>('0' + ((mode >> 3) & 7)),
                           static_cast<char>('0' + (mode & 7)), 0};
    return digits;
}

/// O_NONBLOCK, so that a FIFO in place of a file cannot hold us up.
int open_file(const std::filesystem::path& file, int flags)
{
    return ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
}

std::optional<std::string> read_all(int descriptor, std::size_t limit, std::string& error)
{
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) error = std::strerror(errno);
        if (count <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() <= limit) continue;
        error = "more than " + std::to_string(limit) + " bytes";
        break;
    }
    OPENSSL_cleanse(buffer.data(), buffer.size());
    if (error.empty()) return text;
    wipe(text);
    return std::nullopt;
}

std::string refusal(const struct stat& status)
{
    if (!S_ISREG(status.st_mode)) return "is not a regular file";
    if (status.st_mode & S_IROTH) return "others may read it (mode " + mode_text(status.st_mode) + "); chmod o= it";
    if (status.st_mode & (S_IWGRP | S_IWOTH))
        return "its group or others may write it (mode " + mode_text(status.st_mode) + "); chmod go-w it";
    return {};
}

bool known_group(gid_t group, gid_t configured) { return group == 0 || group == ::getegid() || group == configured; }

/// The credential that systemd passed for this file, where it passed one.
std::filesystem::path credential(const std::filesystem::path& file, const Environment& environment)
{
    const auto folder = environment.variable("CREDENTIALS_DIRECTORY");
    if (!folder || folder->empty()) return {};
    std::error_code ignored;
    const auto name = file.filename().string();
    for (const auto& candidate : {file.parent_path().filename().string() + "_" + name, name})
        if (const auto path = std::filesystem::path(*folder) / candidate; std::filesystem::exists(path, ignored))
            return path;
    return {};
}

SecretFile read_from(int descriptor, const std::filesystem::path& file)
{
    SecretFile result;
    result.read_from = file;
    auto text = read_all(descriptor, most_secret_bytes, result.error);
    if (!text) return result;
    while (!text->empty() && std::strchr(" \t\r\n", text->back())) text->pop_back();
    if (text->find_first_of(std::string_view("\0\n\r", 3)) != std::string::npos)
        result.error = "holds more than one line";
    else
        result.value = take_secret(*text);
    wipe(*text);
    return result;
}

} // namespace

SecretFile read_secret_file(const std::filesystem::path& file, const Environment& environment, gid_t group)
{
    const Descriptor own(file.is_absolute() ? open_file(file, O_NOFOLLOW) : -1);
    const int reason = errno;
    if (own.get() < 0) {
        // The service manager vouches for the mode of what it passed, which an ACL hides from the mode bits.
        if (const auto passed = credential(file, environment); !passed.empty())
            if (const Descriptor given(open_file(passed, 0)); given.get() >= 0) return read_from(given.get(), passed);
        if (!file.is_absolute())
            return {{}, file, "no credential of this name was passed by systemd (LoadCredential=)", {}};
        return {{}, file, reason == ELOOP ? "is a symbolic link; name the file itself" : std::strerror(reason), {}};
    }
    struct stat status {};
    if (::fstat(own.get(), &status) != 0) return {{}, file, std::strerror(errno), {}};
    if (auto refused = refusal(status); !refused.empty()) return {{}, file, std::move(refused), {}};
    SecretFile result = read_from(own.get(), file);
    if ((status.st_mode & S_IRGRP) && !known_group(status.st_gid, group))
        result.warning =
            "group " + std::to_string(status.st_gid) + " may read it; chmod g= it, or chgrp it to the service's";
    return result;
}

std::optional<std::string> read_small_file(const std::filesystem::path& file, std::size_t limit, std::string& error)
{
    const Descriptor descriptor(open_file(file, 0));
    struct stat status {};
    if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0) {
        error = std::strerror(errno);
        return std::nullopt;
    }
    if (!S_ISREG(status.st_mode)) {
        error = "is not a regular file";
        return std::nullopt;
    }
    return read_all(descriptor.get(), limit, error);
}

} // namespace ysnp::conf
