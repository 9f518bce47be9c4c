#pragma once
#include "gitlab-api/decode.h"
#include "runner/pipeline/pipeline.h"
#include <map>
#include <string>

namespace ysnp::test {

using Files = std::map<std::string, std::string>;

pipeline::FileReader reader_of(Files files);
pipeline::Pipeline load(std::string text);
pipeline::Pipeline load(Files files);
pipeline::Context context();
pipeline::LocalJob build(std::string text, std::string_view job = "job");
/// The payload of the job, through the production decoder.
gitlab::Job decoded(std::string text, std::string_view job = "job");
gitlab::Job decoded(const pipeline::Pipeline& pipeline, std::string_view job = "job");
/// The message of the PipelineError that loading and building ends with; "fine" when there is none.
std::string error_of(std::string text, std::string_view job = "job");
std::string error_of(Files files, std::string_view job = "job");

} // namespace ysnp::test
