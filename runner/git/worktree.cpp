#include "runner/git/worktree.h"
#include "runner/git/source_fault.h"
#include <algorithm>
#include <unordered_set>

namespace ysnp::git {
namespace {

constexpr std::size_t longest_path = 4096 - 256; // PATH_MAX less the project's own folder
constexpr std::uint64_t longest_link = 4095;

class Listing {
public:
    Listing(const ObjectStore& store, const Limits& limits) : store_(store), limits_(limits) {}

    void add_tree(const Oid& oid, const std::string& prefix, std::uint32_t depth)
    {
        if (depth > limits_.path_depth) exceed("folders inside one another", limits_.path_depth);
        const Object tree = store_.read(oid, ObjectType::tree);
        std::unordered_set<std::string_view> names;
        for (const TreeEntry& entry : parse_tree(tree.bytes(), oid)) {
            if (!names.insert(entry.name).second) refuse(prefix, entry.name, "it is there twice");
            add_entry(entry, prefix, depth);
        }
    }

    std::vector<WorktreeEntry> finish() { return std::move(entries_); }

private:
    [[noreturn]] void refuse(const std::string& prefix, std::string_view name, std::string_view why) const
    {
        throw SourceFault(SourceError::object, "the commit holds a path that is never checked out: \"" +
                                                   printable(prefix + std::string(name)) + "\": " + std::string(why));
    }

    [[noreturn]] void exceed(const char* what, std::uint64_t bound) const
    {
        throw SourceFault(SourceError::limit, "the commit has more than " + std::to_string(bound) + " " + what +
                                                  ", the bound of this runner");
    }

    void add_entry(const TreeEntry& entry, const std::string& prefix, std::uint32_t depth)
    {
        const auto type = entry_type(entry.mode);
        if (!type) refuse(prefix, entry.name, "its mode is none of git's");
        if (const auto why = refusal_of_name(entry.name, *type); !why.empty()) refuse(prefix, entry.name, why);
        std::string path = prefix + std::string(entry.name);
        if (path.size() > longest_path) refuse(prefix, entry.name, "the path is too long");
        if (entries_.size() >= limits_.files) exceed("files and folders", limits_.files);
        entries_.push_back({path, *type, entry.oid, size_of(entry, *type, prefix)});
        if (*type == EntryType::folder) add_tree(entry.oid, path + "/", depth + 1);
    }

    std::uint64_t size_of(const TreeEntry& entry, EntryType type, const std::string& prefix)
    {
        if (type == EntryType::folder || type == EntryType::submodule) return 0;
        const ObjectStore::Head head = store_.head(entry.oid);
        if (head.type != ObjectType::blob) refuse(prefix, entry.name, "its content is not a file");
        if (type == EntryType::symlink) check_link(entry, head.size, prefix);
        if (head.size > limits_.blob_bytes) exceed("bytes in one file", limits_.blob_bytes);
        bytes_ += head.size;
        if (bytes_ > limits_.tree_bytes) exceed("bytes in all files", limits_.tree_bytes);
        return head.size;
    }

    void check_link(const TreeEntry& entry, std::uint64_t size, const std::string& prefix) const
    {
        if (size == 0 || size > longest_link)
            refuse(prefix, entry.name, "the symbolic link's target is empty or too long");
        const Object target = store_.read(entry.oid, ObjectType::blob);
        if (target.bytes().find('\0') != std::string_view::npos)
            refuse(prefix, entry.name, "the symbolic link's target holds a NUL byte");
    }

    const ObjectStore& store_;
    const Limits& limits_;
    std::uint64_t bytes_ = 0;
    std::vector<WorktreeEntry> entries_;
};

} // namespace

std::vector<WorktreeEntry> list_worktree(const ObjectStore& store, const Oid& tree, const Limits& limits)
{
    Listing listing(store, limits);
    listing.add_tree(tree, "", 1);
    return listing.finish();
}

} // namespace ysnp::git
