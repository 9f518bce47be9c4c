#pragma once
#include "runner/git/library.h"
#include "runner/git/names.h"
#include "runner/git/oid.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::git {

enum class ObjectType { commit = 1, tree = 2, blob = 3, tag = 4 }; // numbers of the pack format

/// A read object: its bytes live as long as it does.
class Object {
public:
    explicit Object(Handle<git_odb_object> handle) : handle_(std::move(handle)) {}
    ObjectType type() const noexcept;
    std::string_view bytes() const noexcept;

private:
    Handle<git_odb_object> handle_;
};

/// The objects of a repository, by name, each verified against its name when read. Reads what is stored: grafts and
/// replacements have no effect.
class ObjectStore {
public:
    /// `most_bytes`: a larger object throws SourceFault (GIT-LIMIT).
    ObjectStore(git_repository* repository, std::uint64_t most_bytes);

    bool has(const Oid& oid) const;
    /// Throws CorruptCache when it is missing or damaged.
    Object read(const Oid& oid) const;
    /// The same, of that type; SourceFault (GIT-OBJ) if it has another.
    Object read(const Oid& oid, ObjectType type) const;
    struct Head {
        ObjectType type;
        std::uint64_t size;
    };
    Head head(const Oid& oid) const;
    /// Looks at the folder again: packs were added.
    void refresh();

private:
    Handle<git_odb> odb_;
    std::uint64_t most_bytes_;
};

struct Commit {
    Oid tree;
    std::vector<Oid> parents;
};
struct TreeEntry {
    std::string_view name; // in the tree's bytes
    unsigned mode;         // as stored, in octal
    Oid oid;
};
struct Tag {
    Oid target;
    ObjectType type;
};

/// Strict parsers of an object's bytes; what is malformed throws SourceFault (GIT-OBJ) naming `oid`.
Commit parse_commit(std::string_view bytes, const Oid& oid);
std::vector<TreeEntry> parse_tree(std::string_view bytes, const Oid& oid);
Tag parse_tag(std::string_view bytes, const Oid& oid);

/// The kind of a tree entry's mode; nullopt for what git does not know.
std::optional<EntryType> entry_type(unsigned mode) noexcept;

} // namespace ysnp::git
