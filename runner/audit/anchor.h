#pragma once
#include "runner/audit/log.h"
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::audit {

/// A head of a chain as it is kept where this host alone cannot change it: in the policy store. Whoever cuts the end of
/// the chain off, or puts an older file in its place, no longer has the record that this names.
struct Anchor {
    Position at;
    std::string system_id;
    std::string host; ///< what the machine calls itself
};

/// {"version":1,"seq":…,"hash":"…","time":"…","system_id":"…","host":"…"}
std::string write_anchor(const Anchor& anchor);
/// Strict: an unknown, missing or mistyped member is no anchor. nullopt with `problem` set.
std::optional<Anchor> read_anchor(std::string_view text, std::string& problem);

} // namespace ysnp::audit
