#pragma once
#include "runner/pipeline/value.h"

namespace ysnp::pipeline {

/// Replaces every `extends` of the top level's maps by what it names, deep-merged; a later parent lies over an earlier
/// one, the entry itself over all. Throws PipelineError on a cycle, a missing parent and more than ten levels.
void resolve_extends(Value& config);

} // namespace ysnp::pipeline
