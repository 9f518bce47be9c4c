#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace ysnp::trace {

/// How the runner's own lines look in the job's log. The first four are the runner's, the others those of a stage's
/// script.
enum class Style {
    plain,          ///< ESC[0K text
    info,           ///< bold green
    warning,        ///< yellow, "WARNING: "
    error,          ///< bold red, "ERROR: "
    script_notice,  ///< bold green
    script_plain,   ///< reset before the text, none after
    script_warning, ///< yellow, without a word before
    script_error,   ///< bold red, without a word before
    none,           ///< the text and its newline
};

/// The line with its newline. A newline inside the text starts another line of the same style.
std::string line(Style style, std::string_view text);

/// `section_start:<unix seconds>:<name>\r ESC[0K`, no newline. Characters outside `[A-Za-z0-9_.-]` of the name become
/// '_'.
std::string section_start(std::chrono::system_clock::time_point at, std::string_view name);
std::string section_end(std::chrono::system_clock::time_point at, std::string_view name);
/// The title that follows a section's start, with its newline.
std::string section_title(std::string_view title);

/// A line of a service's log under CI_DEBUG_SERVICES.
std::string service_line(std::string_view service, std::string_view text);

} // namespace ysnp::trace
