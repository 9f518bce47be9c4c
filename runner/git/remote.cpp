#include "runner/git/remote.h"
#include "runner/git/libgit2.h"
#include "runner/git/source_fault.h"
#include <git2/sys/remote.h>
#include <git2/sys/transport.h>

namespace ysnp::git {
namespace {

git_remote* make_remote(git_repository* repository, const std::string& url)
{
    git_remote* remote = nullptr;
    if (libgit2().remote_create_anonymous(&remote, repository, url.c_str()) < 0)
        throw SourceFault(SourceError::url, printable(url) + ": " + last_error());
    return remote;
}

} // namespace

Remote::Remote(git_repository* repository, const SourceRequest& request)
    : repository_(repository), limits_(request.limits), url_(request.repo_url), transport_(request),
      remote_(make_remote(repository, request.repo_url))
{
}

void Remote::check(int code, const char* what)
{
    transport_.rethrow();
    if (code >= 0) return;
    throw SourceFault(SourceError::object, std::string(what) + " " + printable(url_) + ": " + last_error());
}

std::vector<Advertised> Remote::list()
{
    git_remote_connect_options options;
    libgit2().remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
    options.callbacks.transport = make_transport;
    options.callbacks.payload = this;
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    check(libgit2().remote_connect_ext(remote_.get(), GIT_DIRECTION_FETCH, &options), "cannot list the refs of");

    const git_remote_head** heads = nullptr;
    std::size_t count = 0;
    check(libgit2().remote_ls(&heads, &count, remote_.get()), "cannot list the refs of");
    if (count > limits_.refs)
        throw SourceFault(SourceError::limit, printable(url_) + " has " + std::to_string(count) + " refs, at most " +
                                                  std::to_string(limits_.refs) + " are accepted");
    std::vector<Advertised> refs;
    refs.reserve(count);
    for (std::size_t i = 0; i < count; ++i) refs.push_back({heads[i]->name, oid_from_bytes(heads[i]->oid.id)});
    return refs;
}

bool Remote::sends_any_object() const
{
    git_transport* transport = transport_.handle();
    unsigned capabilities = 0;
    if (transport == nullptr || transport->capabilities(&capabilities, transport) < 0) return false;
    return (capabilities & GIT_REMOTE_CAPABILITY_REACHABLE_OID) != 0;
}

int Remote::make_transport(git_transport** out, git_remote* owner, void* self)
{
    return HttpTransport::create(out, owner, &static_cast<Remote*>(self)->transport_);
}

int Remote::count_objects(const git_indexer_progress* progress, void* self)
{
    auto& remote = *static_cast<Remote*>(self);
    if (progress->total_objects <= remote.limits_.objects) return 0;
    remote.transport_.remember(std::make_exception_ptr(SourceFault(
        SourceError::limit, "the remote sends " + std::to_string(progress->total_objects) + " objects, at most " +
                                std::to_string(remote.limits_.objects) + " are accepted")));
    return -1;
}

void Remote::download(const std::vector<Want>& wants, std::uint32_t depth)
{
    std::vector<std::string> texts;
    for (const Want& want : wants) texts.push_back("+" + want.name + ":refs/fetched/" + std::to_string(texts.size()));
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    const git_strarray refspecs{pointers.data(), pointers.size()};

    git_fetch_options options;
    libgit2().fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.callbacks.transport = make_transport;
    options.callbacks.transfer_progress = count_objects;
    options.callbacks.payload = this;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    const bool partial = libgit2().repository_is_shallow(repository_) == 1;
    options.depth = depth > 0 ? static_cast<int>(depth) : partial ? GIT_FETCH_DEPTH_UNSHALLOW : GIT_FETCH_DEPTH_FULL;
    const int code = libgit2().remote_download(remote_.get(), &refspecs, &options);
    transport_.rethrow();
    // libgit2 does not tell whether the remote's bytes or the cache's files are wrong: a fresh cache will.
    if (code < 0) throw CorruptCache(last_error());
    const git_indexer_progress* progress = libgit2().remote_stats(remote_.get());
    received_objects_ += progress->received_objects;
}

} // namespace ysnp::git
