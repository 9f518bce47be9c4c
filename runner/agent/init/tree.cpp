#include "runner/agent/init/tree.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::agent {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

bool is_dots(const char* name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

/// Opens a directory, giving its owner access to it where that is missing.
int open_to_empty(int at, const char* name)
{
    int fd = openat(at, name, directory_flags);
    if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0) fd = openat(at, name, directory_flags);
    return fd;
}

int remove_entry(int at, const char* name)
{
    if (unlinkat(at, name, 0) == 0 || errno == ENOENT) return 0;
    if (errno == EACCES && fchmod(at, 0700) == 0 && unlinkat(at, name, 0) == 0) return 0;
    if (errno != EISDIR) return errno;
    return unlinkat(at, name, AT_REMOVEDIR) == 0 ? 0 : errno;
}

bool holds_something(int error) { return error == ENOTEMPTY || error == EEXIST; }

/// Removes what can be removed at once; `into` is the first directory that still holds something, or empty.
int remove_leaves(int fd, char* into)
{
    into[0] = '\0';
    DIR* const entries = fdopendir(dup(fd));
    if (entries == nullptr) return errno;
    rewinddir(entries);
    int error = 0;
    while (const dirent* const entry = readdir(entries)) {
        if (is_dots(entry->d_name)) continue;
        error = remove_entry(fd, entry->d_name);
        if (holds_something(error)) strcpy(into, entry->d_name);
        if (error != 0) break;
    }
    closedir(entries);
    return holds_something(error) ? 0 : error;
}

/// Any depth with one open directory: down into what is not empty, up by "..", whose tree nobody else changes.
int empty_directory(int fd)
{
    char name[NAME_MAX + 1];
    int error = 0, depth = 0;
    while (error == 0) {
        error = remove_leaves(fd, name);
        const bool down = name[0] != '\0';
        if (error != 0 || (!down && depth == 0)) break;
        const int next = down ? open_to_empty(fd, name) : openat(fd, "..", directory_flags);
        if (next < 0) error = errno;
        if (next >= 0) close(fd), fd = next;
        depth += down ? 1 : -1;
    }
    close(fd);
    return error;
}

} // namespace

int make_directories(const char* path, mode_t mode)
{
    char part[4096];
    const size_t size = strlen(path);
    if (size == 0 || size >= sizeof part) return size == 0 ? ENOENT : ENAMETOOLONG;
    memcpy(part, path, size + 1);
    for (size_t i = 1; i <= size; ++i) {
        if (part[i] != '/' && part[i] != '\0') continue;
        part[i] = '\0';
        struct stat is;
        if (mkdir(part, mode) != 0 && (stat(part, &is) != 0 || !S_ISDIR(is.st_mode)))
            return errno == EEXIST ? ENOTDIR : errno;
        part[i] = path[i];
    }
    return 0;
}

int remove_tree(const char* path, bool contents_only)
{
    const int fd = open_to_empty(AT_FDCWD, path);
    if (fd < 0 && errno == ENOENT) return 0;
    const bool directory = fd >= 0;
    if (!directory && (contents_only || (errno != ENOTDIR && errno != ELOOP))) return errno;
    const int error = directory ? empty_directory(fd) : 0;
    if (error != 0 || contents_only) return error;
    if (unlinkat(AT_FDCWD, path, directory ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT) return 0;
    return errno;
}

int Tree::open(const char* directory)
{
    close();
    if (const int error = make_directories(directory, 0777); error != 0) return error;
    root_ = ::open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root_ < 0 ? errno : 0;
}

void Tree::close()
{
    if (root_ >= 0) ::close(root_);
    if (cached_ >= 0) ::close(cached_);
    root_ = cached_ = -1;
}

/// Opens one directory below another, making it if missing; takes `at` over unless it is the root.
static int enter(int root, int at, const char* name)
{
    const bool upwards = strcmp(name, "..") == 0;
    int next = upwards ? -1 : openat(at, name, directory_flags);
    if (!upwards && next < 0 && errno == ENOENT && mkdirat(at, name, 0777) == 0)
        next = openat(at, name, directory_flags);
    int error = upwards ? EINVAL : errno;
    struct stat is;
    if (next < 0 && error == ENOTDIR && fstatat(at, name, &is, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(is.st_mode))
        error = ELOOP;
    if (at != root) close(at);
    errno = error;
    return next;
}

int Tree::walk(char* directories)
{
    int at = root_;
    for (char* name = directories; name != nullptr && at >= 0;) {
        char* const slash = strchr(name, '/');
        if (slash != nullptr) *slash = '\0';
        if (*name != '\0' && strcmp(name, ".") != 0) at = enter(root_, at, name);
        if (slash != nullptr) *slash = '/';
        name = slash == nullptr ? nullptr : slash + 1;
    }
    return at;
}

int Tree::parent(char* path, const char*& name)
{
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/') path[--size] = '\0';
    if (size == 0 || path[0] == '/') return errno = EINVAL, -1;
    char* const slash = strrchr(path, '/');
    name = slash == nullptr ? path : slash + 1;
    if (is_dots(name) && (strcmp(name, "..") == 0 || slash != nullptr)) return errno = EINVAL, -1;
    if (slash == nullptr) return root_;

    *slash = '\0';
    int at = cached_ >= 0 && strcmp(cached_path_, path) == 0 ? cached_ : -1;
    if (at < 0) {
        at = walk(path);
        if (cached_ >= 0) ::close(cached_);
        cached_ = at == root_ ? -1 : at;
        cached_path_[0] = '\0';
        if (at >= 0 && static_cast<size_t>(slash - path) < sizeof cached_path_) strcpy(cached_path_, path);
    }
    *slash = '/';
    return at;
}

} // namespace ysnp::agent
