#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ysnp::pipeline {

enum class RefKind { branch, tag };

/// What a payload needs and the file does not hold. The caller knows it from the command line and the repository.
struct Context {
    std::string project_path = "local/project"; ///< "group/project"
    std::int64_t project_id = 1;
    std::int64_t job_id = 1;
    std::int64_t pipeline_id = 1;
    std::string server_url = "https://gitlab.local"; ///< no trailing '/'
    std::string repo_url;                            ///< empty: server_url/project_path.git
    std::string token = "local";                     ///< the job token: there is no GitLab that would take it

    std::string sha; ///< 40 hex digits of HEAD
    std::string before_sha = "0000000000000000000000000000000000000000";
    std::string ref = "main";
    RefKind ref_kind = RefKind::branch;
    std::string default_branch = "main";
    std::string commit_message;
    std::string commit_author;    ///< "Name <mail>"
    std::string commit_timestamp; ///< ISO 8601
    std::string started_at;       ///< ISO 8601
    std::string user_name, user_email, user_login = "local";
    std::chrono::seconds timeout = std::chrono::hours(1);

    /// From the command line; they win over the file's, as a pipeline's variables do.
    std::vector<std::pair<std::string, std::string>> variables;
};

} // namespace ysnp::pipeline
