#include "test/double/gitlab_state.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::test {

using nlohmann::json;

namespace {

json body_of(const Recorded& request)
{
    json body = json::parse(request.body, nullptr, false);
    return body.is_object() ? body : json::object();
}

std::string text(const json& body, const char* key)
{
    const auto found = body.find(key);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Answer forbidden() { return json_answer(403, {{"message", "403 Forbidden"}}); }

Answer missing(const char* field) { return json_answer(400, {{"error", std::string(field) + " is missing"}}); }

Answer identity(unsigned status, const std::string& token)
{
    return json_answer(status, {{"id", 4711}, {"token", token}, {"token_expires_at", nullptr}});
}

/// The entry of a known token, or the end.
std::vector<std::string>::iterator find_token(GitlabState& state, const std::string& token)
{
    return std::find(state.runner_tokens.begin(), state.runner_tokens.end(), token);
}

} // namespace

Answer json_answer(unsigned status, const json& body)
{
    return {status, {{"Content-Type", "application/json"}}, body.dump()};
}

bool GitlabState::knows_runner(const std::string& token) const
{
    return std::find(runner_tokens.begin(), runner_tokens.end(), token) != runner_tokens.end();
}

Answer register_runner(GitlabState& state, const Recorded& request)
{
    const json body = body_of(request);
    const std::string token = text(body, "token");
    if (token.empty()) return missing("token");
    if (token != state.options.registration_token) return forbidden();
    const bool untagged = body.value("run_untagged", true);
    const bool tags = body.contains("tag_list") && !body["tag_list"].empty() && body["tag_list"] != "";
    if (!untagged && !tags)
        return json_answer(400, {{"message",
                                  {{"tags_list",
                                    {"can not be empty when runner is not allowed to pick "
                                     "untagged jobs"}}}}});
    state.runner_tokens.push_back("t1_registered-" + std::to_string(state.runner_tokens.size()));
    return identity(201, state.runner_tokens.back());
}

Answer verify_runner(GitlabState& state, const Recorded& request)
{
    const json body = body_of(request);
    const std::string token = text(body, "token");
    if (token.empty()) return missing("token");
    if (!state.knows_runner(token)) return forbidden();
    if (const auto id = text(body, "system_id"); !id.empty()) state.managers.push_back(id);
    if (body.contains("info")) state.info = body["info"].dump();
    return identity(200, token);
}

Answer unregister_runner(GitlabState& state, const Recorded& request)
{
    const std::string token = text(body_of(request), "token");
    if (token.empty()) return missing("token");
    const auto found = find_token(state, token);
    if (found == state.runner_tokens.end()) return forbidden();
    state.runner_tokens.erase(found);
    return {204, {}, {}};
}

Answer unregister_manager(GitlabState& state, const Recorded& request)
{
    const json body = body_of(request);
    const std::string token = text(body, "token"), system_id = text(body, "system_id");
    if (token.empty()) return missing("token");
    if (system_id.empty()) return missing("system_id");
    if (!state.knows_runner(token)) return forbidden();
    if (std::erase(state.managers, system_id) == 0) return json_answer(404, {{"message", "404 Runner Not Found"}});
    return {204, {}, {}};
}

Answer reset_token(GitlabState& state, const Recorded& request)
{
    const std::string token = text(body_of(request), "token");
    if (token.empty()) return missing("token");
    const auto found = find_token(state, token);
    if (found == state.runner_tokens.end()) return forbidden();
    *found = "glrt-reset-" + std::to_string(state.next_id++);
    return identity(201, *found);
}

} // namespace ysnp::test
