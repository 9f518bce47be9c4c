#include "runner/job/script.h"

namespace ysnp::job {
namespace {

constexpr std::string_view bold_green = "\x1b[32;1m";
constexpr std::string_view reset = "\x1b[0;m";

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string print(std::string_view text) { return "printf '%s\\n' " + shell_quote(text) + "\n"; }

std::string green(std::string_view text) { return std::string(bold_green) + std::string(text) + std::string(reset); }

/// The whole item, folded, before it runs: the section never holds the command's output.
std::string folded_echo(std::string_view item, std::string_view name, const ScriptOptions& options)
{
    const std::string stamp = std::to_string(options.now) + ":" + std::string(name);
    const std::string start = "section_start:" + stamp + "[hide_duration=true,collapsed=true]\r\x1b[0K";
    const std::string stop = "section_end:" + stamp + "\r\x1b[0K";
    return "printf '%s\\n%s' " + shell_quote(start + green("$ " + std::string(item))) + " " + shell_quote(stop) + "\n";
}

std::string echo_of(std::string_view item, std::string_view name, const ScriptOptions& options)
{
    const auto newline = item.find('\n');
    if (newline == std::string_view::npos) return print(green("$ " + std::string(item)));
    if (options.sections) return folded_echo(item, name, options);
    return print(green("$ " + std::string(trimmed(item.substr(0, newline))) + " # collapsed multi-line command"));
}

std::string item_text(std::string_view raw, std::string_view name, const ScriptOptions& options)
{
    const std::string_view item = trimmed(raw);
    if (item.empty()) return print("");
    std::string text = echo_of(item, name, options);
    text += item;
    text += '\n';
    if (options.exit_code_check) text += "ysnp_status=$?; if [ $ysnp_status -ne 0 ]; then exit $ysnp_status; fi\n";
    return text;
}

/// What an earlier stage wrote to $GITLAB_ENV. Lines that are not NAME=value are reported, never fatal; so is what
/// would have this stage's shells and loader run something else than the gate saw.
constexpr std::string_view read_gitlab_env = R"(if [ -n "${GITLAB_ENV:-}" ] && [ -f "$GITLAB_ENV" ]; then
while IFS= read -r ysnp_line; do
case "$ysnp_line" in
''|\#*) ;;
[A-Za-z_]*=*)
case "${ysnp_line%%=*}" in
BASH_ENV|ENV|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|LD_*|BASH_FUNC_*)
printf 'GITLAB_ENV: ignored %s, which steers shells or the loader\n' "${ysnp_line%%=*}" ;;
*[!A-Za-z0-9_]*) printf 'GITLAB_ENV: ignored a line that is not NAME=value: %s\n' "$ysnp_line" ;;
*) export "$ysnp_line" ;;
esac ;;
*) printf 'GITLAB_ENV: ignored a line that is not NAME=value: %s\n' "$ysnp_line" ;;
esac
done < "$GITLAB_ENV"
unset ysnp_line
fi
)";

std::string body(const std::vector<ScriptPart>& parts, std::string_view first_line, const ScriptOptions& options)
{
    std::string text;
    if (!first_line.empty()) text += print(green(first_line));
    for (const ScriptPart& part : parts) {
        int number = 0;
        for (const std::string& item : part.items) {
            const std::string name = std::string(part.section_prefix) + "_" + std::to_string(number++);
            text += item_text(item, name, options);
        }
    }
    return text;
}

} // namespace

std::string shell_quote(std::string_view text)
{
    std::string quoted = "'";
    for (const char byte : text) {
        if (byte == '\'')
            quoted += "'\\''";
        else
            quoted += byte;
    }
    return quoted + "'";
}

std::string stage_script(const std::vector<ScriptPart>& parts, std::string_view first_line,
                         const ScriptOptions& options)
{
    std::string text(read_gitlab_env);
    text += "trap 'exit 1' TERM\n";
    if (options.debug_trace) text += "set -o xtrace\n";
    // In a subshell first: where the shell does not know pipefail, the attempt ends the shell that makes it.
    text += "if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi\n";
    text += "set +o noclobber\nset -o errexit\n";
    text += "( trap 'exit 1' TERM; eval " + shell_quote(body(parts, first_line, options)) + " ) </dev/null\nexit 0\n";
    return text;
}

} // namespace ysnp::job
