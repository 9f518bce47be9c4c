#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::state {

/// A document of a place, and a version of it.
struct SeenVersion {
    std::string path;
    std::uint64_t version = 0;
};

/// The highest version of each policy document that this host has seen: SQLite in `state_dir`, so that an older one
/// shows. All calls block; use on_pool. The service and a command may have it open at the same time. Throws as Journal.
class VersionFile {
public:
    /// Opens, or creates with mode 0600. Refuses files that others may write.
    explicit VersionFile(const std::filesystem::path& file);
    ~VersionFile();
    VersionFile(const VersionFile&) = delete;
    VersionFile& operator=(const VersionFile&) = delete;

    /// Those of `now` of which a higher version was seen, with that version. Where there are none, `now` is remembered,
    /// durable on return; where there are some, nothing is.
    std::vector<SeenVersion> look(std::string_view place, const std::vector<SeenVersion>& now);
    /// What was seen is forgotten: the next look takes what is there. Says whether anything was.
    bool forget(std::string_view place, std::string_view path);
    /// All that is remembered of a place, by path.
    std::vector<SeenVersion> all(std::string_view place);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::state
