#include "runner/job/variables.h"
#include "checks/expand.h"
#include "runner/trace/secrets.h"
#include <algorithm>
#include <cctype>
#include <set>

namespace ysnp::job {
namespace {

bool is_identifier(std::string_view name)
{
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return false;
    return std::ranges::all_of(name, [](unsigned char byte) { return std::isalnum(byte) || byte == '_'; });
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Nothing in it ends a word, a quotation or a command, assigns, or is replaced by a shell, wherever it stands.
bool is_plain_word(std::string_view value)
{
    static constexpr std::string_view more = "_./:@%+,-";
    return std::ranges::all_of(value, [](unsigned char byte) {
        return (byte < 0x80 && std::isalnum(byte)) || more.find(static_cast<char>(byte)) != std::string_view::npos;
    });
}

} // namespace

void Variables::add(std::string key, std::string value, bool is_public, bool file)
{
    gitlab::Variable variable;
    variable.key = std::move(key);
    variable.value = std::move(value);
    variable.is_public = is_public;
    variable.file = file;
    variable.raw = true;
    list_.push_back(std::move(variable));
}

Variables::Variables(const gitlab::Job& job, const Flags& flags, const RunnerFacts& facts, Layout layout)
    : layout_(std::move(layout))
{
    for (const auto& [name, on] : flags.all()) add(name, on ? "true" : "false");
    if (!facts.image.empty()) add("CI_JOB_IMAGE", facts.image);
    add("CI_RUNNER_SHORT_TOKEN", facts.short_token);
    for (const auto& [name, value] : facts.environment) add(name, value);
    add("CI_BUILDS_DIR", layout_.builds_dir);
    add("CI_PROJECT_DIR", layout_.project_dir);
    add("CI_CONCURRENT_ID", std::to_string(facts.slot.runner));
    add("CI_CONCURRENT_PROJECT_ID", std::to_string(facts.slot.project));
    add("CI_SERVER", "yes");
    add("CI_JOB_TIMEOUT", std::to_string(facts.timeout_seconds));
    if (!facts.ca_chain.empty()) add("CI_SERVER_TLS_CA_FILE", facts.ca_chain, true, true);
    for (const gitlab::Variable& variable : job.variables) {
        if (!variable.key.starts_with("FF_")) list_.push_back(variable);
    }
    add("CI_DISPOSABLE_ENVIRONMENT", "true");
    add("CI_RUNNER_VERSION", facts.version);
    add("CI_RUNNER_REVISION", facts.revision);
    add("CI_RUNNER_EXECUTABLE_ARCH", "linux/amd64");
    add("RUNNER_TEMP_PROJECT_DIR", layout_.temp_dir);
    for (const gitlab::Variable& variable : list_) {
        const bool known = std::ranges::find(skipped_, variable.key) != skipped_.end();
        if (!is_identifier(variable.key) && !known) skipped_.push_back(variable.key);
    }
}

void Variables::relocate(Layout layout)
{
    for (gitlab::Variable& variable : list_) {
        if (variable.key == "CI_PROJECT_DIR" && variable.value == layout_.project_dir)
            variable.value = layout.project_dir;
        if (variable.key == "RUNNER_TEMP_PROJECT_DIR") variable.value = layout.temp_dir;
    }
    layout_ = std::move(layout);
}

const gitlab::Variable* Variables::find(std::string_view name) const noexcept
{
    const auto last = std::ranges::find(list_.rbegin(), list_.rend(), name, &gitlab::Variable::key);
    return last == list_.rend() ? nullptr : &*last;
}

std::string Variables::path_of(const gitlab::Variable& variable) const { return layout_.temp_dir + "/" + variable.key; }

std::string Variables::seen(const gitlab::Variable& variable) const
{
    if (variable.file) return path_of(variable);
    return variable.raw ? variable.value : expand(variable.value);
}

std::optional<std::string> Variables::value(std::string_view name) const
{
    const gitlab::Variable* variable = find(name);
    if (variable == nullptr) return std::nullopt;
    return seen(*variable);
}

std::string Variables::expand(std::string_view text) const
{
    // One pass: the values put in are not expanded again, so no text can grow without bound.
    return checks::expand(text, [this](std::string_view name) -> std::string {
        const gitlab::Variable* variable = find(name);
        return variable != nullptr ? unexpanded(*variable) : std::string();
    });
}

std::string Variables::expand_script(std::string_view script) const
{
    return checks::expand(script, [this](std::string_view name) -> std::string {
        const gitlab::Variable* variable = find(name);
        if (variable == nullptr) return {};
        std::string value = unexpanded(*variable);
        if (is_plain_word(value)) return value;
        return is_identifier(name) ? "${" + std::string(name) + "}" : std::string();
    });
}

std::string Variables::unexpanded(const gitlab::Variable& variable) const
{
    return variable.file ? path_of(variable) : variable.value;
}

std::vector<std::pair<std::string, std::string>> Variables::environment(std::string_view status) const
{
    std::vector<std::pair<std::string, std::string>> result;
    std::set<std::string_view> names;
    for (auto variable = list_.rbegin(); variable != list_.rend(); ++variable) {
        if (!is_identifier(variable->key) || !names.insert(variable->key).second) continue;
        result.emplace_back(variable->key, seen(*variable));
    }
    std::ranges::reverse(result);
    if (!names.contains("CI_JOB_STATUS")) result.emplace_back("CI_JOB_STATUS", status);
    result.emplace_back("GITLAB_ENV", layout_.temp_dir + "/gitlab_runner_env");
    return result;
}

std::vector<VariableFile> Variables::files() const
{
    std::vector<VariableFile> result;
    std::set<std::string_view> names;
    for (auto variable = list_.rbegin(); variable != list_.rend(); ++variable) {
        if (!is_identifier(variable->key) || !names.insert(variable->key).second || !variable->file) continue;
        result.push_back({path_of(*variable), variable->raw ? variable->value : expand(variable->value)});
    }
    std::ranges::reverse(result);
    return result;
}

std::vector<std::string> Variables::masked() const
{
    std::set<std::string> values;
    for (const gitlab::Variable& variable : list_) {
        if (!variable.masked) continue;
        values.emplace(trimmed(variable.value));
        if (!variable.raw) values.emplace(trimmed(expand(variable.value)));
    }
    values.erase("");
    return {values.begin(), values.end()};
}

std::vector<std::string> Variables::barely_masked() const
{
    std::set<std::string> names;
    for (const gitlab::Variable& variable : list_) {
        const std::size_t size = trimmed(variable.value).size();
        if (variable.masked && size > 0 && size < trace::Secrets::short_value) names.insert(variable.key);
    }
    return {names.begin(), names.end()};
}

} // namespace ysnp::job
