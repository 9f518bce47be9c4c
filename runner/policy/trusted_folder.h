#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::policy {

/// A folder that only root or the user running can have filled, opened once and used by descriptor, so that nobody
/// can swap a part of the path. Symbolic links are refused. All calls block and throw StoreFault.
class TrustedFolder {
public:
    static constexpr std::size_t max_document = 4u << 20;

    /// nullopt when it does not exist.
    static std::optional<TrustedFolder> open(const std::filesystem::path& path);
    static TrustedFolder create(const std::filesystem::path& path);
    TrustedFolder(TrustedFolder&& other) noexcept;
    TrustedFolder& operator=(TrustedFolder&& other) noexcept;
    ~TrustedFolder();

    std::optional<TrustedFolder> child(std::string_view name) const;
    TrustedFolder create_child(std::string_view name) const;
    /// Whole content of a regular file; nullopt when there is none.
    std::optional<std::string> read(std::string_view name) const;
    /// Replaces a file: temporary file, fsync, rename, fsync of the folder.
    void replace(std::string_view name, std::string_view content) const;
    /// Exclusive until the folder is closed.
    void lock() const;
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    TrustedFolder(int descriptor, std::filesystem::path path);
    int descriptor_ = -1;
    std::filesystem::path path_;
};

} // namespace ysnp::policy
