#pragma once
#include "net/http.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::git {

enum class Strategy {
    clone, ///< fetch into a fresh workspace; as every workspace here is fresh, the same as `fetch`
    fetch,
    none,  ///< no repository, no checkout: the project's folder only
    empty, ///< the same, in a folder of its own that is empty
};

enum class RefType { branch, tag };
enum class Checkout { yes, no };
enum class TagFollowing {
    reachable, ///< tags whose commit is fetched anyway (git's default)
    off,       ///< --no-tags
    all,       ///< --tags
};

/// Bounds on what a remote may make the worker do. Exceeding one fails the job (GIT-LIMIT), never the runner.
struct Limits {
    std::uint64_t pack_bytes = 8ull << 30;       ///< one reply of git-upload-pack
    std::uint64_t advertised_bytes = 256u << 20; ///< the list of refs
    std::uint64_t refs = 2'000'000;
    std::uint64_t objects = 20'000'000;
    std::uint64_t files = 2'000'000;        ///< entries of the checked out tree, folders included
    std::uint64_t blob_bytes = 2ull << 30;  ///< one file
    std::uint64_t tree_bytes = 64ull << 30; ///< all files of the checkout
    std::uint32_t path_depth = 256;
    std::uint64_t memory_bytes = 8ull << 30; ///< address space of the worker
};

/// Everything a git worker needs to know to bring one job's sources. Crosses the pipe as JSON, the token in a frame of
/// its own (GitLab: `git_info` of the job payload).
struct SourceRequest {
    std::string repo_url;      ///< http or https, without user and password
    std::string pinned_origin; ///< origin of the configured GitLab (or clone_url); repo_url must have it
    Secret token;              ///< sent as password of `gitlab-ci-token`, to that origin only
    std::string user_agent = "ysnprunner";
    net::TlsOptions tls;
    net::ProxyOptions proxy;

    std::string ref; ///< for the trace and, where refspecs are missing, to build one
    RefType ref_type = RefType::branch;
    std::string sha;                   ///< 40 hex digits, lower case
    std::vector<std::string> refspecs; ///< as in the payload; checked against a fixed grammar
    std::uint32_t depth = 0;           ///< 0: whole history
    std::string object_format;         ///< "" or "sha1"; "sha256" is refused by name

    Strategy strategy = Strategy::clone;
    Checkout checkout = Checkout::yes;
    TagFollowing tags = TagFollowing::reachable;
    bool warn_lfs = true; ///< say so when files are Git LFS pointers (off where the job set GIT_LFS_SKIP_SMUDGE)

    std::string project_dir; ///< absolute, inside the container; for messages: "/builds/g/p"
    std::string tar_root;    ///< the same folder inside the tar stream: "builds/g/p"
    std::uint32_t uid = 0;   ///< numeric owner of every tar entry
    std::uint32_t gid = 0;
    std::string cache_dir; ///< on the host, one per project and protection; created 0700; absolute
    Limits limits;
};

/// All fields but the token. The other direction is strict: unknown, missing and mistyped fields throw
/// (Failure::invalid).
std::string to_json(const SourceRequest& request);
SourceRequest request_from_json(std::string_view text);

} // namespace ysnp::git
