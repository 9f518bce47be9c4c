#include "runner/git/cache.h"
#include "runner/git/dot_git.h"
#include "runner/git/file.h"
#include "runner/git/libgit2.h"
#include "runner/git/source_fault.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_tips = 256;
constexpr const char* tip_prefix = "refs/cache/";

[[noreturn]] void unusable(const std::string& dir, const std::string& why)
{
    throw SourceFault(SourceError::host, "the cache of git objects " + dir + " cannot be used: " + why, 1);
}

void expect_private(const std::string& dir)
{
    struct stat status = {};
    if (::lstat(dir.c_str(), &status) != 0) unusable(dir, std::generic_category().message(errno));
    if (!S_ISDIR(status.st_mode)) unusable(dir, "expected a folder");
    if (status.st_uid != ::geteuid())
        unusable(dir,
                 "it belongs to uid " + std::to_string(status.st_uid) + ", expected " + std::to_string(::geteuid()));
    if ((status.st_mode & 077) != 0) unusable(dir, "others can open it; run chmod 700 on it");
}

/// Names of the refs that remember tips, oldest first: they end with a running number of fixed width.
std::vector<std::string> tip_names(git_repository* repository)
{
    git_strarray names = {};
    if (libgit2().reference_list(&names, repository) < 0)
        throw CorruptCache("cannot list the cache's refs: " + last_error());
    std::vector<std::string> tips;
    for (std::size_t i = 0; i < names.count; ++i)
        if (std::string_view(names.strings[i]).starts_with(tip_prefix)) tips.emplace_back(names.strings[i]);
    libgit2().strarray_dispose(&names);
    std::sort(tips.begin(), tips.end());
    return tips;
}

std::string tip_name(unsigned long long number)
{
    char text[48];
    std::snprintf(text, sizeof text, "%s%020llu", tip_prefix, number);
    return text;
}

} // namespace

Cache::Cache(const std::string& dir) : dir_(dir)
{
    std::error_code code;
    fs::create_directories(fs::path(dir).parent_path(), code);
    if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) unusable(dir, std::generic_category().message(errno));
    expect_private(dir);
    if (::mkdir(packs_dir().c_str(), 0700) != 0 && errno != EEXIST)
        unusable(packs_dir(), std::generic_category().message(errno));
    lock_fd_ = ::open((dir + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock_fd_ < 0) unusable(dir, std::generic_category().message(errno));
}

Cache::~Cache() { ::close(lock_fd_); }

void Cache::lock(Lock kind)
{
    while (::flock(lock_fd_, kind == Lock::shared ? LOCK_SH : LOCK_EX) != 0)
        if (errno != EINTR) unusable(dir_, std::generic_category().message(errno));
}

void Cache::relock(Lock kind)
{
    const std::uint64_t before = identity();
    lock(kind);
    if (identity() != before) throw CacheReplaced{};
}

std::uint64_t Cache::identity() const
{
    struct stat status = {};
    return ::lstat(repository_dir().c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_ino) : 0;
}

bool Cache::exists() const { return fs::exists(repository_dir() + "/HEAD"); }

Handle<git_repository> Cache::open()
{
    git_repository* repository = nullptr;
    const std::string path = repository_dir();
    if (!exists()) {
        git_repository_init_options options;
        libgit2().repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
        options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR;
        options.mode = GIT_REPOSITORY_INIT_SHARED_UMASK;
        options.initial_head = "none";
        if (libgit2().repository_init_ext(&repository, path.c_str(), &options) < 0) unusable(dir_, last_error());
        return Handle<git_repository>(repository);
    }
    if (libgit2().repository_open_bare(&repository, path.c_str()) < 0)
        throw CorruptCache("the cache of git objects cannot be opened: " + last_error());
    return Handle<git_repository>(repository);
}

void Cache::discard()
{
    std::error_code code;
    fs::remove_all(repository_dir(), code);
    if (!code) fs::remove_all(packs_dir(), code);
    if (code) unusable(dir_, code.message());
    if (::mkdir(packs_dir().c_str(), 0700) != 0) unusable(packs_dir(), std::generic_category().message(errno));
}

void Cache::remember_tips(git_repository* repository, const std::vector<Oid>& commits) const
{
    std::vector<std::string> names = tip_names(repository);
    unsigned long long number =
        names.empty() ? 0 : std::strtoull(names.back().c_str() + std::string_view(tip_prefix).size(), nullptr, 10);
    const std::size_t kept = most_tips > commits.size() ? most_tips - commits.size() : 0;
    const std::size_t forgotten = names.size() > kept ? names.size() - kept : 0;
    for (std::size_t i = 0; i < forgotten; ++i) libgit2().reference_remove(repository, names[i].c_str());
    for (const Oid& commit : commits) {
        git_oid raw;
        std::copy(commit.bytes.begin(), commit.bytes.end(), raw.id);
        git_reference* reference = nullptr;
        if (libgit2().reference_create(&reference, repository, tip_name(++number).c_str(), &raw, 1, nullptr) < 0)
            throw CorruptCache("the cache's refs cannot be written: " + last_error());
        Handle<git_reference> owned(reference);
    }
}

std::vector<Oid> Cache::tips(git_repository* repository) const
{
    std::vector<Oid> commits;
    for (const std::string& name : tip_names(repository)) {
        git_oid raw;
        if (libgit2().reference_name_to_id(&raw, repository, name.c_str()) < 0)
            throw CorruptCache("a ref of the cache cannot be read: " + last_error());
        commits.push_back(oid_from_bytes(raw.id));
    }
    return commits;
}

bool Cache::is_shallow() const { return fs::exists(repository_dir() + "/shallow"); }

void Cache::note_shallow(std::vector<Oid> commits) const
{
    const std::string path = repository_dir() + "/shallow", draft = path + ".draft";
    std::error_code code;
    fs::remove(commits.empty() ? path : draft, code);
    if (commits.empty()) return;
    std::sort(commits.begin(), commits.end());
    File::create(draft).write(shallow_file(commits));
    fs::rename(draft, path);
}

} // namespace ysnp::git
