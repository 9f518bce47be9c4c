#include "runner/git/object_store.h"
#include "runner/git/source_fault.h"

namespace ysnp::git {
namespace {

[[noreturn]] void malformed(const char* kind, const Oid& oid)
{
    throw SourceFault(SourceError::object, std::string(kind) + " " + oid.hex() + " is malformed");
}

/// Takes "<key> <40 hex>\n" off the front, if it is there.
std::optional<Oid> take_oid_line(std::string_view& rest, std::string_view key)
{
    const std::size_t length = key.size() + 1 + 40 + 1;
    if (rest.size() < length || !rest.starts_with(key) || rest[key.size()] != ' ' || rest[length - 1] != '\n')
        return std::nullopt;
    const auto oid = parse_oid(rest.substr(key.size() + 1, 40));
    if (oid) rest.remove_prefix(length);
    return oid;
}

/// Takes the octal mode and the blank after it; nullopt if there is none.
std::optional<unsigned> take_mode(std::string_view& rest)
{
    unsigned mode = 0;
    std::size_t digits = 0;
    for (; digits < rest.size() && rest[digits] != ' '; ++digits) {
        if (rest[digits] < '0' || rest[digits] > '7' || digits == 7) return std::nullopt;
        mode = mode * 8 + static_cast<unsigned>(rest[digits] - '0');
    }
    if (digits == 0 || digits == rest.size()) return std::nullopt;
    rest.remove_prefix(digits + 1);
    return mode;
}

} // namespace

Commit parse_commit(std::string_view bytes, const Oid& oid)
{
    Commit commit;
    const auto tree = take_oid_line(bytes, "tree");
    if (!tree) malformed("commit", oid);
    commit.tree = *tree;
    while (const auto parent = take_oid_line(bytes, "parent")) commit.parents.push_back(*parent);
    if (!bytes.starts_with("author ")) malformed("commit", oid);
    return commit;
}

std::vector<TreeEntry> parse_tree(std::string_view bytes, const Oid& oid)
{
    std::vector<TreeEntry> entries;
    while (!bytes.empty()) {
        const auto mode = take_mode(bytes);
        const auto end = bytes.find('\0');
        if (!mode || end == std::string_view::npos || bytes.size() - end - 1 < 20) malformed("tree", oid);
        entries.push_back({bytes.substr(0, end), *mode, oid_from_bytes(bytes.data() + end + 1)});
        bytes.remove_prefix(end + 1 + 20);
    }
    return entries;
}

Tag parse_tag(std::string_view bytes, const Oid& oid)
{
    const auto target = take_oid_line(bytes, "object");
    if (!target) malformed("tag", oid);
    if (bytes.starts_with("type commit\n")) return {*target, ObjectType::commit};
    if (bytes.starts_with("type tree\n")) return {*target, ObjectType::tree};
    if (bytes.starts_with("type blob\n")) return {*target, ObjectType::blob};
    if (bytes.starts_with("type tag\n")) return {*target, ObjectType::tag};
    malformed("tag", oid);
}

std::optional<EntryType> entry_type(unsigned mode) noexcept
{
    switch (mode & 0170000) {
    case 0100000:
        return (mode & 0100) != 0 ? EntryType::executable : EntryType::file;
    case 0120000:
        return EntryType::symlink;
    case 0040000:
        return EntryType::folder;
    case 0160000:
        return EntryType::submodule;
    default:
        return std::nullopt;
    }
}

} // namespace ysnp::git
