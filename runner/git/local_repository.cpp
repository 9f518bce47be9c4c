#include "runner/git/local_repository.h"
#include "net/url.h"
#include "runner/git/libgit2.h"
#include "runner/git/library.h"
#include "runner/git/source_fault.h"

namespace ysnp::git {
namespace {

constexpr std::uint64_t most_object_bytes = 2ull << 30;
constexpr std::uint64_t most_file_bytes = 1u << 20;

void expect(int result, const std::string& what)
{
    if (result < 0) throw SourceFault(SourceError::host, what + ": " + last_error());
}

/// Library handles that free_handle does not know.
template <class T, void (*Libgit2::*Free)(T*)>
struct Freed {
    void operator()(T* handle) const noexcept { (libgit2().*Free)(handle); }
};
using CommitHandle = std::unique_ptr<git_commit, Freed<git_commit, &Libgit2::commit_free>>;
using StatusHandle = std::unique_ptr<git_status_list, Freed<git_status_list, &Libgit2::status_list_free>>;
using IndexHandle = std::unique_ptr<git_index, Freed<git_index, &Libgit2::index_free>>;

Handle<git_reference> head_reference(git_repository* repository)
{
    git_reference* raw = nullptr;
    expect(libgit2().repository_head(&raw, repository), "the repository has no commit yet");
    return Handle<git_reference>(raw);
}

CommitHandle head_commit(git_repository* repository)
{
    git_commit* raw = nullptr;
    const Handle<git_reference> reference = head_reference(repository);
    expect(libgit2().commit_lookup(&raw, repository, libgit2().reference_target(reference.get())), "HEAD is no commit");
    return CommitHandle(raw);
}

std::string without_credentials(const char* url)
{
    try {
        return url ? net::parse_url(url).to_string() : std::string();
    } catch (const std::system_error&) {
        return {}; // ssh, a path: nothing that a runner could use
    }
}

std::string origin_of(git_repository* repository)
{
    git_remote* raw = nullptr;
    if (libgit2().remote_lookup(&raw, repository, "origin") < 0) return {};
    const Handle<git_remote> remote(raw);
    return without_credentials(libgit2().remote_url(remote.get()));
}

} // namespace

struct LocalRepository::State {
    Library library; // first in, last out
    Handle<git_repository> repository;
    std::unique_ptr<ObjectStore> store;
    std::filesystem::path folder;
};

LocalRepository::LocalRepository(std::unique_ptr<State> state) : state_(std::move(state)) {}

LocalRepository::~LocalRepository() = default;

LocalRepository::LocalRepository(LocalRepository&&) noexcept = default;

std::optional<LocalRepository> LocalRepository::find(const std::filesystem::path& folder)
{
    auto state = std::make_unique<State>();
    git_repository* raw = nullptr;
    const int result = libgit2().repository_open_ext(&raw, folder.c_str(), 0, nullptr);
    if (result == GIT_ENOTFOUND) return std::nullopt;
    expect(result, "cannot open the repository of " + folder.string());
    state->repository.reset(raw);
    const char* top = libgit2().repository_workdir(raw);
    if (!top) throw SourceFault(SourceError::host, "the repository of " + folder.string() + " has no working tree");
    state->folder = std::filesystem::path(top).parent_path();
    state->store = std::make_unique<ObjectStore>(raw, most_object_bytes);
    return LocalRepository(std::move(state));
}

const std::filesystem::path& LocalRepository::folder() const noexcept { return state_->folder; }

LocalRepository::Commit LocalRepository::head() const
{
    git_repository* repository = state_->repository.get();
    const CommitHandle commit = head_commit(repository);
    const Handle<git_reference> reference = head_reference(repository);
    const git_signature* author = libgit2().commit_author(commit.get());
    Commit head;
    head.sha = oid_from_bytes(libgit2().commit_id(commit.get())->id).hex();
    if (libgit2().reference_is_branch(reference.get())) head.branch = libgit2().reference_shorthand(reference.get());
    head.message = libgit2().commit_message(commit.get());
    head.author = std::string(author->name) + " <" + author->email + ">";
    head.time = libgit2().commit_time(commit.get());
    head.origin = origin_of(repository);
    return head;
}

std::vector<WorktreeEntry> LocalRepository::files() const
{
    const CommitHandle commit = head_commit(state_->repository.get());
    return list_worktree(*state_->store, oid_from_bytes(libgit2().commit_tree_id(commit.get())->id), Limits{});
}

std::string LocalRepository::content(const WorktreeEntry& entry) const
{
    return std::string(state_->store->read(entry.oid, ObjectType::blob).bytes());
}

std::optional<std::string> LocalRepository::file(const std::string& path) const
{
    for (const WorktreeEntry& entry : files()) {
        if (entry.path != path || (entry.type != EntryType::file && entry.type != EntryType::executable)) continue;
        if (entry.size > most_file_bytes) throw SourceFault(SourceError::limit, path + " has more than 1 MiB");
        return content(entry);
    }
    return std::nullopt;
}

const ObjectStore& LocalRepository::store() const noexcept { return *state_->store; }

std::string LocalRepository::objects_dir() const
{
    return std::string(libgit2().repository_commondir(state_->repository.get())) + "objects";
}

std::vector<std::string> LocalRepository::working_tree() const
{
    git_repository* repository = state_->repository.get();
    std::vector<std::string> paths;
    git_index* raw_index = nullptr;
    expect(libgit2().repository_index(&raw_index, repository), "cannot read the index");
    const IndexHandle index(raw_index);
    for (std::size_t at = 0; at < libgit2().index_entrycount(index.get()); ++at)
        paths.emplace_back(libgit2().index_get_byindex(index.get(), at)->path);
    git_status_options options{};
    expect(libgit2().status_options_init(&options, GIT_STATUS_OPTIONS_VERSION), "cannot compare the working tree");
    options.show = GIT_STATUS_SHOW_WORKDIR_ONLY;
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS;
    git_status_list* raw_list = nullptr;
    expect(libgit2().status_list_new(&raw_list, repository, &options), "cannot compare the working tree");
    const StatusHandle list(raw_list);
    for (std::size_t at = 0; at < libgit2().status_list_entrycount(list.get()); ++at) {
        const git_status_entry* entry = libgit2().status_byindex(list.get(), at);
        if (entry->status & GIT_STATUS_WT_NEW) paths.emplace_back(entry->index_to_workdir->new_file.path);
    }
    return paths;
}

} // namespace ysnp::git
