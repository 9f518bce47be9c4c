#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::test {

struct PayloadVariable {
    std::string key, value;
    bool is_public = true, masked = false, file = false, raw = false;
};

/// What a job is made of; everything else of the payload (predefined variables, features, refspecs) follows from it.
struct PayloadSpec {
    std::string project_path = "acme/tools/hello";
    std::uint64_t project_id = 77, pipeline_id = 5001;
    std::string name = "say-hello", stage = "test";
    std::string image; // empty: null, the runner's default
    std::optional<std::vector<std::string>> entrypoint;
    std::string user; // executor_opts.docker.user
    std::vector<std::string> script{"echo hello"};
    std::vector<std::string> after_script;
    std::vector<std::string> pre_get_sources, post_get_sources;
    std::vector<PayloadVariable> variables; // after the predefined ones
    std::string ref = "main", ref_type = "branch";
    std::string sha;                  // empty: what `ref` is in `repository`, else a made-up one
    std::filesystem::path repository; // bare; refs/pipelines/<id> is set in it
    int depth = 20;
    bool is_protected = true;
    int timeout = 3600;
    std::string pipeline_source = "push";
    std::string user_login = "ada", commit_message = "tidy the build";
    std::vector<std::string> token_mask_prefixes;
    /// JSON objects merged over the result (RFC 7396), for what has no field here.
    std::string patch;

    // Filled in by FakeGitlab::enqueue where they are empty.
    std::uint64_t id = 0;
    std::string token;
    std::string server_url;
};

/// The payload as GitLab sends it, as JSON text.
std::string make_payload(const PayloadSpec& spec);

} // namespace ysnp::test
