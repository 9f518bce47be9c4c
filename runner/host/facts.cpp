#include "runner/host/facts.h"
#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace ysnp::host {
namespace {

constexpr std::size_t most_bytes = 1u << 20;

/// Whole content of an open file; nothing where it has more than the bound.
std::optional<std::string> content_of(int handle)
{
    std::string content;
    char buffer[16384];
    for (;;) {
        const ssize_t got = ::read(handle, buffer, sizeof buffer);
        if (got < 0) return std::nullopt;
        if (got == 0) return content;
        content.append(buffer, static_cast<std::size_t>(got));
        if (content.size() > most_bytes) return std::nullopt;
    }
}

} // namespace

std::optional<std::string> Facts::text(const std::filesystem::path& file) const
{
    const int handle = ::open(at(file).c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (handle < 0) return std::nullopt;
    struct stat status {};
    std::optional<std::string> content;
    if (::fstat(handle, &status) == 0 && S_ISREG(status.st_mode)) content = content_of(handle);
    ::close(handle);
    return content;
}

std::optional<std::int64_t> Facts::number(const std::filesystem::path& file) const
{
    const std::optional<std::string> content = text(file);
    if (!content) return std::nullopt;
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(content->data(), content->data() + content->size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<struct stat> Facts::status(const std::filesystem::path& file) const
{
    struct stat status {};
    return ::lstat(at(file).c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

std::optional<std::vector<std::string>> Facts::names(const std::filesystem::path& folder) const
{
    std::error_code error;
    std::vector<std::string> names;
    for (std::filesystem::directory_iterator entry(at(folder), error);
         !error && entry != std::filesystem::directory_iterator() && names.size() < 10'000; entry.increment(error))
        names.push_back(entry->path().filename().string());
    if (error) return std::nullopt;
    std::ranges::sort(names);
    return names;
}

} // namespace ysnp::host
