#include "runner/git/workspace.h"
#include "runner/git/index_file.h"
#include "runner/git/source_fault.h"
#include <algorithm>
#include <ctime>

namespace ysnp::git {

Workspace::Workspace(const SourceRequest& request, tar::Writer& tar)
    : request_(request), tar_(tar), now_(std::time(nullptr)), files_time_(now_ - 2)
{
}

tar::Entry Workspace::entry(const std::string& path, tar::Type type, unsigned mode, std::int64_t mtime) const
{
    tar::Entry entry;
    entry.path = path;
    entry.type = type;
    entry.mode = mode;
    entry.uid = request_.uid;
    entry.gid = request_.gid;
    entry.mtime = mtime;
    return entry;
}

void Workspace::folder(const std::string& path) { tar_.begin(entry(path, tar::Type::directory, 0777, now_)); }

void Workspace::text(const std::string& path, std::string_view content)
{
    tar_.file(entry(path, tar::Type::file, 0666, now_), content);
}

void Workspace::copy(const std::string& path, const File& file)
{
    tar::Entry head = entry(path, tar::Type::file, 0444, now_);
    head.size = file.size();
    tar_.begin(head);
    std::string buffer(256u << 10, '\0');
    for (std::uint64_t at = 0; at < head.size;) {
        const std::size_t got = file.read_at(at, buffer.data(), buffer.size());
        if (got == 0) throw SourceFault(SourceError::host, "a pack of the cache was cut short while it was read", 1);
        tar_.write({buffer.data(), std::min<std::uint64_t>(got, head.size - at)});
        at += got;
    }
}

void Workspace::folders()
{
    const std::string& root = request_.tar_root;
    for (auto slash = root.find('/'); slash != std::string::npos; slash = root.find('/', slash + 1))
        folder(root.substr(0, slash));
    folder(root);
}

void Workspace::repository(const Refs& refs, const History& history, const Oid& sha, const JobPack& pack,
                           const std::vector<WorktreeEntry>* entries)
{
    const std::string git = request_.tar_root + "/.git";
    for (const char* path :
         {"", "/hooks", "/info", "/objects", "/objects/info", "/objects/pack", "/refs", "/refs/heads", "/refs/tags"})
        folder(git + path);
    text(git + "/config", config_file(request_.repo_url));
    text(git + "/packed-refs", packed_refs_file(refs));
    if (!history.shallow.empty()) text(git + "/shallow", shallow_file(history.shallow));
    copy(git + "/objects/pack/" + pack.name + ".pack", pack.pack);
    copy(git + "/objects/pack/" + pack.name + ".idx", pack.index);
    text(git + "/HEAD", entries != nullptr ? detached_head_file(sha) : unborn_head_file());
    if (entries == nullptr) return;
    const IndexStat stat{static_cast<std::uint32_t>(files_time_), request_.uid, request_.gid};
    text(git + "/index", index_file(*entries, stat));
}

void Workspace::files(const ObjectStore& store, const std::vector<WorktreeEntry>& entries)
{
    for (const WorktreeEntry& file : entries) {
        const std::string path = request_.tar_root + "/" + file.path;
        if (file.type == EntryType::folder || file.type == EntryType::submodule) {
            folder(path);
            continue;
        }
        const Object content = store.read(file.oid, ObjectType::blob);
        if (content.bytes().size() != file.size) throw CorruptCache("an object of the cache changed its size");
        if (file.type == EntryType::symlink) {
            tar::Entry link = entry(path, tar::Type::symlink, 0777, files_time_);
            link.link_target = std::string(content.bytes());
            tar_.begin(link);
            continue;
        }
        const unsigned mode = file.type == EntryType::executable ? 0777 : 0666;
        tar_.file(entry(path, tar::Type::file, mode, files_time_), content.bytes());
    }
}

} // namespace ysnp::git
