#include "runner/pipeline/mentions.h"
#include <algorithm>
#include <array>

namespace ysnp::pipeline {
namespace {

constexpr auto runner_names = std::to_array<std::string_view>({"CI_BUILDS_DIR",
                                                               "CI_CONCURRENT_ID",
                                                               "CI_CONCURRENT_PROJECT_ID",
                                                               "CI_DEBUG_SERVICES",
                                                               "CI_DEBUG_TRACE",
                                                               "CI_DISPOSABLE_ENVIRONMENT",
                                                               "CI_JOB_IMAGE",
                                                               "CI_JOB_STATUS",
                                                               "CI_JOB_TIMEOUT",
                                                               "CI_PROJECT_DIR",
                                                               "CI_RUNNER_EXECUTABLE_ARCH",
                                                               "CI_RUNNER_ID",
                                                               "CI_RUNNER_REVISION",
                                                               "CI_RUNNER_SHORT_TOKEN",
                                                               "CI_RUNNER_TAGS",
                                                               "CI_RUNNER_DESCRIPTION",
                                                               "CI_RUNNER_VERSION",
                                                               "CI_SERVER",
                                                               "CI_SERVER_TLS_CA_FILE",
                                                               "CI_SHARED_ENVIRONMENT"});

// awk's names, which stand in scripts as $NF in single quotes.
constexpr auto awk_names = std::to_array<std::string_view>({"FNR", "FS", "NF", "NR"});

// What shells set themselves and what images commonly bring.
constexpr auto shell_names = std::to_array<std::string_view>({"BASH",
                                                              "BASHPID",
                                                              "BASH_SOURCE",
                                                              "BASH_VERSION",
                                                              "CARGO_HOME",
                                                              "COLUMNS",
                                                              "DEBIAN_FRONTEND",
                                                              "DISPLAY",
                                                              "EDITOR",
                                                              "EUID",
                                                              "FUNCNAME",
                                                              "GOPATH",
                                                              "GOROOT",
                                                              "GROUPS",
                                                              "HOME",
                                                              "HOSTNAME",
                                                              "IFS",
                                                              "JAVA_HOME",
                                                              "LANG",
                                                              "LC_ALL",
                                                              "LINENO",
                                                              "LINES",
                                                              "LOGNAME",
                                                              "MAIL",
                                                              "NODE_VERSION",
                                                              "NVM_DIR",
                                                              "OLDPWD",
                                                              "OPTARG",
                                                              "OPTIND",
                                                              "OSTYPE",
                                                              "PATH",
                                                              "PIPESTATUS",
                                                              "PPID",
                                                              "PWD",
                                                              "PYTHON_VERSION",
                                                              "RANDOM",
                                                              "REPLY",
                                                              "RUSTUP_HOME",
                                                              "SECONDS",
                                                              "SHELL",
                                                              "SHLVL",
                                                              "TEMP",
                                                              "TERM",
                                                              "TMP",
                                                              "TMPDIR",
                                                              "TZ",
                                                              "UID",
                                                              "USER",
                                                              "VIRTUAL_ENV",
                                                              "XDG_CONFIG_HOME",
                                                              "XDG_RUNTIME_DIR"});

bool begins_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool in_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

std::string_view name_at(std::string_view text)
{
    if (text.empty() || !begins_name(text[0])) return {};
    return text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, in_name) - text.begin()));
}

/// Calls `each(name, rest)` for every reference; `rest` begins after the name and tells ${NAME:-default} apart.
template <class Each>
void scan(std::string_view text, Each each)
{
    for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
        if (at > 0 && text[at - 1] == '\\') continue;
        if (text.substr(at).starts_with("$$")) {
            ++at;
            continue;
        }
        const bool braced = text.substr(at + 1).starts_with('{');
        const auto name = name_at(text.substr(at + (braced ? 2 : 1)));
        if (name.empty()) continue;
        const auto rest = text.substr(at + (braced ? 2 : 1) + name.size());
        each(name, braced ? rest : std::string_view{});
    }
}

bool has_default(std::string_view rest)
{
    if (rest.starts_with(':')) rest.remove_prefix(1);
    return !rest.empty() && (rest[0] == '-' || rest[0] == '=' || rest[0] == '+' || rest[0] == '?');
}

bool looks_like_ci(std::string_view name)
{
    return name.size() >= 2 && std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
}

bool is_word_end(std::string_view text, std::size_t at) { return at >= text.size() || !in_name(text[at]); }

constexpr std::size_t longest_command = 500; // in bytes, before the name that is looked for

/// Whether a command that assigns its arguments (for, read, export, …) stands before a word, after `before`.
bool is_declared(std::string_view before)
{
    if (before.size() > longest_command) before.remove_prefix(before.size() - longest_command);
    const auto separator = before.find_last_of(";|&\n(){}");
    if (separator != std::string_view::npos) before.remove_prefix(separator + 1);
    for (const std::string_view word :
         {"for", "read", "export", "local", "declare", "typeset", "readonly", "-v", "mapfile", "readarray", "getopts"})
        for (std::size_t at = before.find(word); at != std::string_view::npos; at = before.find(word, at + 1))
            if ((at == 0 || before[at - 1] == ' ') && before.substr(at + word.size()).starts_with(' ')) return true;
    return false;
}

/// Whether the text assigns the name somewhere: NAME=…, NAME+=…, or as an argument of for, read, export, local,
/// declare.
bool assigns(std::string_view text, std::string_view name)
{
    for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
        const bool begins = at == 0 || (!in_name(text[at - 1]) && text[at - 1] != '$' && text[at - 1] != '{');
        if (!begins || !is_word_end(text, at + name.size())) continue;
        const auto rest = text.substr(at + name.size());
        if (rest.starts_with('=') || rest.starts_with("+=") || rest.starts_with('[')) return true;
        if (is_declared(text.substr(0, at))) return true;
    }
    return false;
}

} // namespace

bool is_runner_name(std::string_view name) noexcept
{
    return std::ranges::find(runner_names, name) != runner_names.end();
}

bool is_gitlab_name(std::string_view name) noexcept
{
    return (name.starts_with("CI_") || name.starts_with("GITLAB_")) && !is_runner_name(name);
}

std::set<std::string> references(std::string_view text)
{
    std::set<std::string> names;
    scan(text, [&](std::string_view name, std::string_view) { names.emplace(name); });
    return names;
}

std::set<std::string> unexplained(const std::vector<std::string>& script)
{
    std::set<std::string> names;
    for (const auto& line : script)
        scan(line, [&](std::string_view name, std::string_view rest) {
            const bool known = std::ranges::find(shell_names, name) != shell_names.end() ||
                               std::ranges::find(awk_names, name) != awk_names.end();
            if (looks_like_ci(name) && !known && !is_runner_name(name) && !has_default(rest)) names.emplace(name);
        });
    std::erase_if(names, [&](const std::string& name) {
        return std::ranges::any_of(script, [&](const std::string& line) { return assigns(line, name); });
    });
    return names;
}

} // namespace ysnp::pipeline
