#pragma once
#include "runner/pipeline/value.h"
#include <optional>
#include <string>

namespace ysnp::pipeline {

/// What a YAML 1.1 reader (GitLab's) takes a scalar for. `special` is what is neither text nor a plain decimal number:
/// 0755, 0x1f, 1_000, 12:30, 1.5, .inf, 2026-07-14.
enum class ScalarType { text, integer, boolean, special };
ScalarType scalar_type(const Value& scalar) noexcept;
std::string describe_scalar(const Value& scalar);

/// The text of a scalar that must be a string. Throws PipelineError: "<what>: expected a string, found a boolean: …".
std::string expect_text(const Value& value, const std::string& what);
/// The same, and an integer is as good.
std::string expect_text_or_integer(const Value& value, const std::string& what);
bool expect_flag(const Value& value, const std::string& what);

} // namespace ysnp::pipeline
