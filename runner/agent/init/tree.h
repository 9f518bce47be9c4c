#pragma once
#include "runner/agent/init/bytes.h"
#include <sys/types.h>

namespace ysnp::agent {

inline constexpr size_t longest_path = 64 * 1024;

/// Makes a directory and those above it; an existing one is fine. 0 or an errno.
int make_directories(const char* path, mode_t mode);
/// Removes a tree, or only what is in it, without following a symlink below `path`'s parent. Nothing there is fine.
/// 0 or an errno.
int remove_tree(const char* path, bool contents_only);

/// A place below one directory: names are looked up one by one and never through a symlink, so nothing outside is
/// reached whatever the tree holds.
class Tree {
public:
    Tree() = default;
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    ~Tree() { close(); }

    /// Opens `directory`, making it if need be. 0 or an errno.
    int open(const char* directory);
    void close();
    bool is_open() const { return root_ >= 0; }

    /// The directory that holds `path`'s last component (made if missing) and that component in `name`. A descriptor
    /// that stays the tree's, or -1 with errno: ELOOP for a symlink on the way, EINVAL for "..", or an absolute path.
    int parent(char* path, const char*& name);

private:
    int walk(char* directories);

    int root_ = -1, cached_ = -1;
    char cached_path_[4096];
};

} // namespace ysnp::agent
