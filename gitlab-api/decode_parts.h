#pragma once
#include "gitlab-api/json_reader.h"
#include "gitlab-api/payload.h"

/// The parts of a payload, one function each. Private to the decoder.
namespace ysnp::gitlab {

JobInfo decode_job_info(const JsonReader& from);
GitInfo decode_git_info(const JsonReader& from);
RunnerInfo decode_runner_info(const JsonReader& from);
std::vector<Variable> decode_variables(const JsonReader& from);
std::vector<Step> decode_steps(const JsonReader& from, std::vector<UnknownField>& unknown);
std::vector<Hook> decode_hooks(const JsonReader& from, std::vector<UnknownField>& unknown);
std::optional<Image> decode_image(const JsonReader& from, std::vector<UnknownField>& unknown);
std::vector<Service> decode_services(const JsonReader& from, std::vector<UnknownField>& unknown);
std::vector<Artifacts> decode_artifacts(const JsonReader& from, std::vector<UnknownField>& unknown);
std::vector<Cache> decode_cache(const JsonReader& from, std::vector<UnknownField>& unknown);
std::vector<Credential> decode_credentials(const JsonReader& from);
std::vector<Dependency> decode_dependencies(const JsonReader& from);
Features decode_features(const JsonReader& from);
std::vector<Input> decode_inputs(const JsonReader& from);
std::vector<SecretRequest> decode_secrets(const JsonReader& from);
std::optional<PolicyOptions> decode_policy_options(const JsonReader& from);
std::optional<SuspendOptions> decode_suspend_options(const JsonReader& from);

When decode_when(const JsonReader& from);
/// A token: bounded, printable ASCII without blanks, so that it can stand in a header.
Secret decode_token(const JsonReader& from);

} // namespace ysnp::gitlab
