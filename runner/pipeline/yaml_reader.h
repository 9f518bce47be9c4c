#pragma once
#include "runner/pipeline/value.h"
#include <string>

namespace ysnp::pipeline {

namespace limits {
inline constexpr std::size_t file_bytes = 1u << 20;
inline constexpr std::size_t depth = 64;
inline constexpr std::size_t nodes = 100'000; ///< of one file, aliases expanded
} // namespace limits

/// Reads a YAML file: anchors and aliases are copied out, merge keys (`<<`) applied as GitLab's reader does,
/// `!reference` kept. A leading `spec:` document becomes the key "spec" of the result. Throws PipelineError.
Value read_yaml(const std::string& text, const std::string& file);

} // namespace ysnp::pipeline
