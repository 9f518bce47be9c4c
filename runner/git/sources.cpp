#include "runner/git/sources.h"
#include "runner/git/confine.h"
#include "runner/git/fetcher.h"
#include "runner/git/request_check.h"
#include "runner/git/source_fault.h"
#include "runner/git/workspace.h"
#include <chrono>
#include <optional>

namespace ysnp::git {
namespace {

constexpr int most_attempts = 8; // other workers may discard the cache under us; each time one of them gets further
constexpr std::uint64_t most_attribute_bytes = 1u << 20;

/// All that could be refused has been looked at.
struct Prepared {
    Fetched fetched;
    JobPack pack;
    std::vector<WorktreeEntry> entries;
};

std::uint64_t milliseconds_since(std::chrono::steady_clock::time_point begin)
{
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count());
}

Prepared prepare_once(const SourceRequest& request, SourceStats& stats)
{
    Fetched fetched = fetch_into_cache(request, stats);
    std::vector<WorktreeEntry> entries;
    if (request.checkout == Checkout::yes) {
        const Object commit = fetched.store->read(fetched.sha, ObjectType::commit);
        entries = list_worktree(*fetched.store, parse_commit(commit.bytes(), fetched.sha).tree, request.limits);
    }
    JobPack pack = job_pack(*fetched.cache, *fetched.store, fetched.history, request.limits);
    return {std::move(fetched), std::move(pack), std::move(entries)};
}

Prepared prepare(const SourceRequest& request, SourceStats& stats)
{
    bool discarded = false;
    for (int count = 0; count < most_attempts; ++count) {
        try {
            return prepare_once(request, stats);
        } catch (const CacheReplaced&) {
            continue;
        } catch (const CorruptCache& damage) {
            if (discarded)
                throw SourceFault(SourceError::object,
                                  std::string("the fetched repository is damaged: ") + damage.what());
        }
        Cache cache(request.cache_dir);
        cache.lock(Cache::Lock::exclusive);
        cache.discard();
        discarded = true;
    }
    throw SourceFault(SourceError::host, "the cache of git objects is being replaced again and again", 1);
}

/// Large files under Git LFS come as their pointers; a job that expects their content should hear why.
void warn_about_lfs(const SourceRequest& request, const Prepared& prepared, WorkerOutput& output)
{
    if (!request.warn_lfs) return;
    for (const WorktreeEntry& entry : prepared.entries) {
        if (entry.path != ".gitattributes" || entry.type != EntryType::file || entry.size > most_attribute_bytes)
            continue;
        const Object content = prepared.fetched.store->read(entry.oid, ObjectType::blob);
        if (content.bytes().find("filter=lfs") == std::string_view::npos) return;
        return output.progress(
            ProgressKind::warning,
            "WARNING: this repository uses Git LFS, which this runner does not fetch: files under LFS "
            "hold their pointers. Run `git lfs pull` in the script, or set GIT_LFS_SKIP_SMUDGE to 1");
    }
}

void announce_fetch(const SourceRequest& request, WorkerOutput& output)
{
    output.progress(ProgressKind::step, request.depth > 0 ? "Fetching changes with git depth set to " +
                                                                std::to_string(request.depth) + "..."
                                                          : "Fetching changes...");
    output.progress(ProgressKind::text, "Initialized empty Git repository in " + request.project_dir + "/.git/");
    output.progress(ProgressKind::step, "Created fresh repository.");
}

void announce_checkout(const SourceRequest& request, WorkerOutput& output)
{
    if (request.checkout == Checkout::no) return output.progress(ProgressKind::step, "Skipping Git checkout");
    output.progress(ProgressKind::step, "Checking out " + request.sha.substr(0, 8) + " as detached HEAD (ref is " +
                                            printable(request.ref) + ")...");
}

void stream(const SourceRequest& request, const Prepared& prepared, WorkerOutput& output, SourceStats& stats)
{
    tar::Writer tar([&output](std::string_view bytes) { output.tar(bytes); });
    Workspace workspace(request, tar);
    const Fetched& fetched = prepared.fetched;
    workspace.folders();
    workspace.repository(fetched.refs, fetched.history, fetched.sha, prepared.pack,
                         request.checkout == Checkout::yes ? &prepared.entries : nullptr);
    workspace.files(*fetched.store, prepared.entries);
    tar.finish();
    stats.tar_bytes = tar.written();
}

void with_repository(const SourceRequest& request, WorkerOutput& output, SourceResult& result)
{
    const Library library;
    const auto begin = std::chrono::steady_clock::now();
    announce_fetch(request, output);
    const Prepared prepared = prepare(request, result.stats);
    result.stats.fetch_ms = milliseconds_since(begin);
    result.stats.objects = prepared.pack.objects;
    result.stats.files = prepared.entries.size();
    announce_checkout(request, output);
    warn_about_lfs(request, prepared, output);
    stream(request, prepared, output, result.stats);
    result.sha = request.sha;
}

void without_repository(const SourceRequest& request, WorkerOutput& output, SourceResult& result)
{
    output.progress(ProgressKind::step, request.strategy == Strategy::none
                                            ? "Skipping Git repository setup"
                                            : "Skipping Git repository setup and creating an empty build directory");
    tar::Writer tar([&output](std::string_view bytes) { output.tar(bytes); });
    Workspace(request, tar).folders();
    tar.finish();
    result.stats.tar_bytes = tar.written();
    output.progress(ProgressKind::step, "Skipping Git checkout");
}

void failed(SourceResult& result, SourceError error, int exit_code, const char* what)
{
    result.error = error;
    result.exit_code = exit_code;
    result.message = printable(what, 1000);
}

} // namespace

void bring_repository(const SourceRequest& request, WorkerOutput& output, SourceResult& result)
{
    if (request.strategy == Strategy::none || request.strategy == Strategy::empty)
        without_repository(request, output, result);
    else
        with_repository(request, output, result);
    output.progress(ProgressKind::step, "Skipping Git submodules setup");
}

SourceResult bring_sources(const SourceRequest& request, WorkerOutput& output, const Work& work)
{
    const auto begin = std::chrono::steady_clock::now();
    SourceResult result;
    try {
        check_request(request);
        result.stats.landlock = confine(request);
        work(request, output, result);
    } catch (const SourceFault& fault) {
        failed(result, fault.error(), fault.exit_code(), fault.what());
    } catch (const CorruptCache& damage) {
        failed(result, SourceError::host, 1, damage.what());
    } catch (const std::bad_alloc&) {
        failed(result, SourceError::limit, 128, "the repository needs more memory than a git worker may have");
    } catch (const std::exception& error) {
        failed(result, SourceError::host, 1, error.what());
    }
    result.stats.total_ms = milliseconds_since(begin);
    return result;
}

} // namespace ysnp::git
