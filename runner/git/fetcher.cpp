#include "runner/git/fetcher.h"
#include "runner/git/cache_repack.h"
#include "runner/git/source_fault.h"
#include <algorithm>

namespace ysnp::git {
namespace {

class Attempt {
public:
    Attempt(const SourceRequest& request, SourceStats& stats) : request_(request), stats_(stats)
    {
        fetched_.sha = *parse_oid(request.sha);
        fetched_.cache = std::make_unique<Cache>(request.cache_dir);
    }

    Fetched run()
    {
        open();
        Remote remote(fetched_.repository.get(), request_);
        plan_ = make_plan(remote.list(), checked_refspecs(request_), fetched_.sha, request_.tags);
        look();
        if (!fetched_.history.missing.empty()) download(remote);
        follow_tags(remote);
        if (exclusive_) repack_if_many(*fetched_.cache, fetched_.repository.get(), *fetched_.store, request_.limits);
        if (exclusive_) fetched_.cache->relock(Cache::Lock::shared);
        stats_.received_bytes += remote.received_bytes();
        stats_.received_objects += remote.received_objects();
        stats_.commits = fetched_.history.commits.size();
        fetched_.refs = std::move(plan_.refs);
        return std::move(fetched_);
    }

private:
    void open()
    {
        fetched_.cache->lock(Cache::Lock::shared);
        if (!fetched_.cache->exists()) {
            fetched_.cache->lock(Cache::Lock::exclusive);
            exclusive_ = true;
        }
        fetched_.repository = fetched_.cache->open();
        fetched_.store = std::make_unique<ObjectStore>(fetched_.repository.get(), request_.limits.blob_bytes);
    }

    void become_exclusive()
    {
        if (exclusive_) return;
        fetched_.cache->relock(Cache::Lock::exclusive);
        exclusive_ = true;
        fetched_.store->refresh();
    }

    void look() { fetched_.history = walk_history(*fetched_.store, plan_.tips, request_.depth, request_.limits); }

    void download(Remote& remote)
    {
        become_exclusive();
        look(); // another worker may have brought it while we waited
        if (fetched_.history.missing.empty()) return;
        std::vector<Want> wants = plan_.wants;
        if (!plan_.sha_is_tip && remote.sends_any_object()) wants.push_back({request_.sha});
        receive(remote, wants);
        look();
        expect_complete();
        remember();
    }

    void receive(Remote& remote, const std::vector<Want>& wants)
    {
        remote.download(wants, request_.depth);
        fetched_.store->refresh();
    }

    /// libgit2 loses entries of its list of shallow commits when the remote sends the parents of one: it is written
    /// anew from what is there.
    void remember()
    {
        const auto& commits = fetched_.history.commits;
        const auto count = static_cast<std::ptrdiff_t>(fetched_.history.tips);
        fetched_.cache->remember_tips(fetched_.repository.get(), {commits.begin(), commits.begin() + count});
        if (fetched_.cache->is_shallow()) {
            const std::vector<Oid> all = fetched_.cache->tips(fetched_.repository.get());
            fetched_.cache->note_shallow(walk_history(*fetched_.store, all, 0, request_.limits).cut);
        }
    }

    void expect_complete() const
    {
        const std::vector<Oid>& missing = fetched_.history.missing;
        if (missing.empty()) return;
        if (missing.size() == 1 && missing.front() == fetched_.sha)
            throw SourceFault(SourceError::object,
                              "commit " + request_.sha +
                                  " is not among what GitLab sent for the job's refs: it may have "
                                  "been force-pushed away since. Start a new pipeline, or use a larger GIT_DEPTH");
        throw CorruptCache("object " + missing.front().hex() + " is missing after the fetch");
    }

    /// Tags whose commit the job has come along, as with git itself.
    void follow_tags(Remote& remote)
    {
        const OidSet commits(fetched_.history.commits.begin(), fetched_.history.commits.end());
        std::erase_if(plan_.tags, [&](const TagCandidate& tag) { return !commits.contains(tag.commit); });
        std::vector<Want> wants;
        for (const TagCandidate& tag : plan_.tags)
            if (!fetched_.store->has(tag.oid)) wants.push_back({tag.name});
        if (!wants.empty()) {
            become_exclusive();
            receive(remote, wants);
            remember();
        }
        for (const TagCandidate& tag : plan_.tags) {
            if (!fetched_.store->has(tag.oid)) continue;
            add_tag(*fetched_.store, tag.oid, fetched_.history);
            plan_.refs[tag.name] = tag.oid;
        }
    }

    const SourceRequest& request_;
    SourceStats& stats_;
    Fetched fetched_;
    Plan plan_;
    bool exclusive_ = false;
};

} // namespace

Fetched fetch_into_cache(const SourceRequest& request, SourceStats& stats) { return Attempt(request, stats).run(); }

} // namespace ysnp::git
