#pragma once
#include <span>
#include <string>
#include <string_view>

namespace ysnp::checks {

/// One code of the catalogue: what a refusal means, why the gate refuses, what to do.
struct Code {
    std::string_view name;    ///< SCR-UNLISTED
    std::string_view summary; ///< one line
    std::string_view meaning; ///< a paragraph: what was seen and why that is refused
    std::string_view remedy;  ///< a paragraph: who does what
};

/// The whole catalogue, sorted by name.
std::span<const Code> codes() noexcept;
/// nullptr when there is no such code; case and surrounding blanks are forgiven.
const Code* find_code(std::string_view name) noexcept;
/// Text of `gate explain CODE`.
std::string explain(const Code& code);
/// One line per code, for `gate explain` without an argument.
std::string list_codes();

} // namespace ysnp::checks
