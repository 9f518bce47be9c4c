#pragma once
#include "vault/client.h"
#include "vault/reply.h"

namespace ysnp::vault {

/// The KV engine behind the configured mount.
struct Engine {
    std::string path;   ///< where it is mounted: "cicd"
    std::string prefix; ///< what of the configured mount lies inside it: "" or "team/"
    int version = 1;
};

/// GET sys/internal/ui/mounts/<mount>: the one question about a mount that any token with a right below it may ask.
std::string engine_target(const std::string& mount);
/// Throws Fault: not a KV engine, or not the one that was asked for.
Engine decode_engine(const std::string& mount, const net::Response& response);

/// Where an engine keeps a document: /v1/cicd/data/group/whitelist
std::string document_target(const Engine& engine, const std::string& path);
std::string metadata_target(const Engine& engine, const std::string& path);
/// Where it lists a folder's names; an empty folder is all that lies below the configured mount.
std::string folder_target(const Engine& engine, const std::string& folder);
/// The same for a person who writes a policy: cicd/data/group/whitelist
std::string policy_path(const Engine& engine, const std::string& path);
std::string folder_policy_path(const Engine& engine, const std::string& folder); ///< cicd/metadata/group

/// What Vault says about a document. A 404 counts as "none" only where it is Vault's own: `errors` empty, no warnings;
/// or, on KV v2, the metadata of a deleted or destroyed version.
Document decode_document(const Question& question, const Engine& engine, const net::Response& response);
std::string write_body(const Engine& engine, const std::string& text, std::optional<std::uint64_t> only_at);
std::uint64_t decode_written(const Question& question, const Engine& engine, const net::Response& response);
std::vector<std::string> decode_list(const Question& question, const net::Response& response);

} // namespace ysnp::vault
