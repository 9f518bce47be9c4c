#include "runner/git/local_dot_git.h"
#include "runner/git/dot_git.h"
#include "runner/git/file.h"
#include "runner/git/history.h"
#include "runner/git/index_file.h"
#include "runner/git/pack_writer.h"
#include "runner/git/source_fault.h"
#include <algorithm>
#include <cstdlib>

namespace ysnp::git {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone with its object.
class ScratchFolder {
public:
    ScratchFolder() : path_((fs::temp_directory_path() / "ysnprunner-XXXXXX").string())
    {
        if (::mkdtemp(path_.data()) == nullptr)
            throw SourceFault(SourceError::host, "cannot make a temporary folder " + path_);
    }
    ~ScratchFolder()
    {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    std::string operator/(const char* name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// A shallow clone has no more: its history ends where its own does.
History history_of(const LocalRepository& repository, const Oid& sha, std::uint32_t depth)
{
    History history = walk_history(repository.store(), {sha}, depth, Limits{});
    history.shallow.insert(history.shallow.end(), history.cut.begin(), history.cut.end());
    std::sort(history.shallow.begin(), history.shallow.end());
    return history;
}

void add_pack(const LocalRepository& repository, const History& history, std::vector<DotGitEntry>& entries)
{
    const ScratchFolder scratch;
    const std::string stem = scratch / "job";
    const std::vector<Oid> objects = objects_of(repository.store(), history, Limits{});
    write_pack(stem, objects, open_packs(repository.objects_dir()), repository.store());
    const MappedFile pack(stem + ".pack"), index(stem + ".idx");
    constexpr std::size_t name_bytes = 20; // the trailer of a pack is its checksum; it names the pack, as git does
    if (pack.bytes().size() < name_bytes) throw SourceFault(SourceError::host, "the job's pack is cut short");
    const std::string name =
        "objects/pack/pack-" + oid_from_bytes(pack.bytes().data() + pack.bytes().size() - name_bytes).hex();
    entries.push_back({name + ".pack", EntryType::file, std::string(pack.bytes())});
    entries.push_back({name + ".idx", EntryType::file, std::string(index.bytes())});
}

} // namespace

std::vector<DotGitEntry> dot_git_of(const LocalRepository& repository, std::uint32_t depth,
                                    const std::string& origin_url)
{
    const LocalRepository::Commit head = repository.head();
    const std::optional<Oid> sha = parse_oid(head.sha);
    if (!sha) throw SourceFault(SourceError::object, "HEAD is no commit of a SHA-1 repository");
    const History history = history_of(repository, *sha, depth);
    std::vector<DotGitEntry> entries;
    for (const char* path :
         {"", "hooks", "info", "objects", "objects/info", "objects/pack", "refs", "refs/heads", "refs/tags"})
        entries.push_back({path, EntryType::folder, {}});
    Refs refs;
    if (!head.branch.empty()) refs.emplace("refs/remotes/origin/" + head.branch, *sha);
    const IndexStat stat{static_cast<std::uint32_t>(head.time), 0, 0};
    entries.push_back({"config", EntryType::file, config_file(origin_url)});
    entries.push_back({"packed-refs", EntryType::file, packed_refs_file(refs)});
    if (!history.shallow.empty()) entries.push_back({"shallow", EntryType::file, shallow_file(history.shallow)});
    add_pack(repository, history, entries);
    entries.push_back({"HEAD", EntryType::file, detached_head_file(*sha)});
    entries.push_back({"index", EntryType::file, index_file(repository.files(), stat)});
    return entries;
}

} // namespace ysnp::git
