#include "net/ascii.h"
#include "test/double/gitlab_state.h"
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace ysnp::test {

namespace {

/// The password of HTTP Basic credentials (RFC 7617), whatever the user's name.
std::string basic_password(std::string_view header)
{
    if (header.size() < 6 || !net::same_ignoring_case(header.substr(0, 6), "Basic ")) return {};
    const std::string encoded(header.substr(6));
    std::string plain(encoded.size() + 1, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(plain.data()),
                        reinterpret_cast<const unsigned char*>(encoded.data()), static_cast<int>(encoded.size()));
    if (size < 0) return {};
    plain.resize(static_cast<std::size_t>(size));
    while (!plain.empty() && plain.back() == '\0') plain.pop_back(); // padding
    const auto colon = plain.find(':');
    return colon == std::string::npos ? std::string() : plain.substr(colon + 1);
}

/// The project that a password opens; empty for none.
std::string project_of(const GitlabState& state, const std::string& password)
{
    if (password.empty()) return {};
    if (const auto found = state.options.git_tokens.find(password); found != state.options.git_tokens.end())
        return found->second;
    for (const auto& [id, job] : state.jobs) {
        const bool alive = job.state == "waiting" || job.state == "running" || job.state == "canceling";
        if (alive && job.token == password) return job.project_path;
    }
    return {};
}

std::filesystem::path repository_of(const GitlabState& state, const std::string& project)
{
    if (const auto found = state.options.repositories.find(project); found != state.options.repositories.end())
        return found->second;
    if (state.options.repositories_root.empty()) return {};
    return state.options.repositories_root / (project + ".git");
}

} // namespace

GitAccess git_access(GitlabState& state, const Recorded& request)
{
    const auto end = request.path().find(".git/");
    const std::string project(request.path().substr(1, end - 1));
    GitAccess access{repository_of(state, project), std::string(request.path().substr(end + 4)), {}};
    const std::string allowed = project_of(state, basic_password(request.header("Authorization")));
    std::error_code ignored;
    if (allowed.empty())
        access.refusal = Answer{401,
                                {{"WWW-Authenticate", "Basic realm=\"GitLab\""}, {"Content-Type", "text/plain"}},
                                "HTTP Basic: Access denied"};
    else if (allowed != project || access.repository.empty() || !std::filesystem::exists(access.repository, ignored))
        access.refusal =
            Answer{404, {{"Content-Type", "text/plain"}}, "The project you were looking for could not be found."};
    return access;
}

} // namespace ysnp::test
