#pragma once
#include "runner/pipeline/value.h"

namespace ysnp::pipeline {

/// Replaces every `!reference [name, key, …]` within `value` by what it names in `config`, references of references
/// too. Throws PipelineError when there is no such thing, on a cycle, and when the result grows beyond bounds.
Value resolve_references(const Value& value, const Value& config);

} // namespace ysnp::pipeline
