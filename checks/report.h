#pragma once
#include "checks/decide.h"
#include <string>
#include <string_view>

namespace ysnp::checks {

enum class Charset { utf8, ascii };
enum class Colour { none, ansi };

/// Who the report speaks of; every part is escaped before it is shown.
struct ReportContext {
    std::string project, job, ref;
    std::string user;     ///< as GitLab claims; a verified one, in the decision, is shown instead
    std::string audit_id; ///< record that holds the decision
    std::string tag = {}; ///< of the job, as the audit has it; on the frame, so that no job can print a box of the gate
};

/// The box for the job's log: verdict, one line a check, the remedies, digest and code. Lines end in "\n". No bytes of
/// the payload reach it unescaped (control bytes, bidirectional and zero-width characters are shown as escapes).
std::string render_box(const Decision& decision, const ReportContext& context, Charset charset,
                       Colour colour = Colour::none);

/// The decision as JSON text, for `--output json` and the audit record. Holds no value of a variable.
std::string render_json(const Decision& decision);

/// `text` with control bytes, DEL, bidirectional and zero-width characters as escapes, cut at `limit` bytes.
std::string printable(std::string_view text, std::size_t limit = 200);

} // namespace ysnp::checks
