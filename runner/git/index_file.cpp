#include "runner/git/index_file.h"
#include "runner/git/sha1.h"
#include <algorithm>

namespace ysnp::git {
namespace {

std::uint32_t mode_of(EntryType type) noexcept
{
    switch (type) {
    case EntryType::executable:
        return 0100755;
    case EntryType::symlink:
        return 0120000;
    case EntryType::submodule:
        return 0160000;
    default:
        return 0100644;
    }
}

void put(std::string& out, std::uint64_t value, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

void put_entry(std::string& out, const WorktreeEntry& entry, const IndexStat& stat)
{
    const std::size_t begin = out.size();
    const bool has_stat = entry.type != EntryType::submodule;
    put(out, 0, 8); // ctime
    put(out, has_stat ? stat.mtime : 0, 4);
    out.append(4 + 8, '\0'); // nanoseconds, device, inode
    put(out, mode_of(entry.type), 4);
    put(out, has_stat ? stat.uid : 0, 4);
    put(out, has_stat ? stat.gid : 0, 4);
    put(out, entry.size & 0xFFFFFFFFu, 4);
    out.append(reinterpret_cast<const char*>(entry.oid.bytes.data()), entry.oid.bytes.size());
    put(out, std::min<std::size_t>(entry.path.size(), 0xFFF), 2);
    out += entry.path;
    do out += '\0';
    while ((out.size() - begin) % 8 != 0);
}

} // namespace

std::string index_file(const std::vector<WorktreeEntry>& entries, const IndexStat& stat)
{
    std::vector<const WorktreeEntry*> files;
    for (const WorktreeEntry& entry : entries)
        if (entry.type != EntryType::folder) files.push_back(&entry);
    std::sort(files.begin(), files.end(), [](const auto* a, const auto* b) { return a->path < b->path; });

    std::string out = "DIRC";
    put(out, 2, 4);
    put(out, files.size(), 4);
    for (const WorktreeEntry* file : files) put_entry(out, *file, stat);
    Sha1 sha1;
    sha1.update(out);
    const Oid digest = sha1.finish();
    out.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
    return out;
}

} // namespace ysnp::git
