#pragma once
#include "checks/report.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// One line of a digest document as a person reads it.
struct DocumentLine {
    std::string text; ///< printable, complete, without an end
    std::string part; ///< what it belongs to: `step "script"`, `variables`, `image`
};

/// The whole document (docs/digest.md), member by member, nothing cut and nothing left out: two documents that differ
/// have lines that differ. Lines of scripts stand as they are behind `|`; what holds control bytes, characters that are
/// invisible or reorder text, or letters outside Latin-1, stands escaped behind `!`. A variable that is neither a file
/// nor raw is `NAME = "text"`. Throws std::invalid_argument for a text that is no document.
std::vector<DocumentLine> document_lines(std::string_view document, Charset charset);

/// What differs between two documents, in short: `step "script" (2 lines), variables (1 line)`; empty when nothing
/// does.
std::string summary_of_changes(const std::vector<DocumentLine>& before, const std::vector<DocumentLine>& after);

/// `text` with everything escaped that a terminal would obey or that could pass for something else: control bytes,
/// DEL, invisible and reordering characters, and letters outside Latin-1 (`\u{430}`), with Charset::ascii every
/// character outside ASCII. A backslash and a quote of the text are escaped too, so that nothing can imitate an escape.
/// Never cut.
std::string unmistakable(std::string_view text, Charset charset);

} // namespace ysnp::checks
