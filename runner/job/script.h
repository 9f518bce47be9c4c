#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::job {

/// What shapes the text of a stage's script.
struct ScriptOptions {
    bool debug_trace = false;     ///< CI_DEBUG_TRACE: the shell traces itself
    bool exit_code_check = false; ///< FF_ENABLE_BASH_EXIT_CODE_CHECK: each item's status counts
    bool sections = false;        ///< FF_SCRIPT_SECTIONS: multi-line items become folded sections
    std::int64_t now = 0;         ///< unix seconds for the section markers
};

/// A run of script items that share a section prefix, such as "section_script_step".
struct ScriptPart {
    std::string_view section_prefix;
    std::vector<std::string> items;
};

/// The text that the job's shell reads from its stdin: the items in one subshell, each echoed before it runs, with
/// errexit, and pipefail where the shell knows it. User commands read an empty stdin. Valid in bash, BusyBox ash and
/// dash. `first_line` is printed before the items ("Running after script..."); empty prints nothing.
std::string stage_script(const std::vector<ScriptPart>& parts, std::string_view first_line,
                         const ScriptOptions& options);

/// Quotes for any POSIX shell: the bytes arrive as they are.
std::string shell_quote(std::string_view text);

} // namespace ysnp::job
