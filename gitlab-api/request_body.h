#pragma once
#include "gitlab-api/client.h"
#include <string>
#include <string_view>

/// The JSON bodies of the calls. They hold tokens: private to the client, and wiped by it.
namespace ysnp::gitlab {

std::string registration_body(const Secret& token, const Registration& what);
/// token, system_id where not empty, info where not empty, last_update where not empty
std::string runner_body(const Secret& token, std::string_view system_id, std::string_view info_json,
                        std::string_view last_update = {});
std::string update_body(const Secret& job_token, const JobUpdate& update, std::string_view info_json);
std::string_view to_string(JobState state) noexcept;

/// {"id", "token", "token_expires_at"} of register, verify and reset. Throws (Failure::protocol) when it is not that.
RunnerCredentials read_credentials(const net::Response& response);

} // namespace ysnp::gitlab
