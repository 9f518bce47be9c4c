#include "gitlab-api/runner_identity.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ysnp::gitlab {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
bool is_label_char(char c) { return is_word(c) || c == '.' || c == '-'; }

bool is_label_key(std::string_view key)
{
    return key.size() >= 3 && key.size() <= 65 && is_word(key.front()) && std::ranges::all_of(key, is_label_char);
}
bool is_label_value(std::string_view value)
{
    return !value.empty() && value.size() <= 256 && std::ranges::all_of(value, is_label_char);
}

} // namespace

const std::vector<Feature>& features()
{
    static const std::vector<Feature> all = {
        {"variables", true},
        {"image", true},
        {"services", false},
        {"artifacts", false},
        {"cache", false},
        {"fallback_cache_keys", false},
        {"shared", false},
        {"upload_multiple_artifacts", false},
        {"upload_raw_artifacts", false},
        {"session", false},
        {"terminal", false},
        {"refspecs", true},
        {"masking", true},
        {"proxy", false},
        {"raw_variables", true},
        {"artifacts_exclude", false},
        {"multi_build_steps", true},
        {"trace_reset", true},
        {"trace_checksum", true},
        {"trace_size", true},
        {"vault_secrets", false},
        {"cancelable", true},
        {"return_exit_code", true},
        {"service_variables", false},
        {"service_multiple_aliases", false},
        {"image_executor_opts", true},
        {"service_executor_opts", false},
        {"cancel_gracefully", true},
        {"native_steps_integration", false},
        {"two_phase_job_commit", true},
        {"job_inputs", false},
    };
    return all;
}

std::string label_problem(const std::map<std::string, std::string>& labels)
{
    if (labels.size() > 32) return fmt::format("at most 32 labels, found {}", labels.size());
    for (const auto& [key, value] : labels) {
        if (!is_label_key(key))
            return fmt::format(
                "label \"{}\": a key has 3 to 65 letters, digits, '_', '.' or '-' and begins with a letter, "
                "digit or '_'",
                key);
        if (!is_label_value(value))
            return fmt::format("label \"{}\": a value has 1 to 256 letters, digits, '_', '.' or '-'", key);
    }
    return {};
}

std::string info_json(const RunnerIdentity& identity)
{
    nlohmann::json info = {
        {"name", identity.name},         {"version", identity.version},           {"revision", identity.revision},
        {"platform", identity.platform}, {"architecture", identity.architecture}, {"executor", identity.executor},
        {"shell", identity.shell}};
    auto& claimed = info["features"] = nlohmann::json::object();
    for (const auto& feature : features()) claimed[std::string(feature.name)] = feature.works;
    if (!identity.labels.empty()) info["labels"] = identity.labels;
    return info.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string user_agent(const RunnerIdentity& identity)
{
    return fmt::format("{} {} ({}; c++20; {}/{})", identity.name, identity.version,
                       identity.revision.empty() ? "main" : identity.revision, identity.platform,
                       identity.architecture);
}

} // namespace ysnp::gitlab
