#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace ysnp::host {

/// Facts of this host as files tell them, below a root of their own in tests. Only regular files are read (never a
/// FIFO, never through a symbolic link at the end), at most 1 MiB; what cannot be read is unknown, never fine.
class Facts {
public:
    explicit Facts(std::filesystem::path root = "/") : root_(std::move(root)) {}

    std::optional<std::string> text(const std::filesystem::path& file) const;
    /// The first line as a number.
    std::optional<std::int64_t> number(const std::filesystem::path& file) const;
    /// lstat; nothing where it is not there or cannot be seen.
    std::optional<struct stat> status(const std::filesystem::path& file) const;
    /// Names in a folder, sorted; nothing where it cannot be listed.
    std::optional<std::vector<std::string>> names(const std::filesystem::path& folder) const;
    std::filesystem::path at(const std::filesystem::path& path) const { return root_ / path.relative_path(); }

private:
    std::filesystem::path root_;
};

} // namespace ysnp::host
