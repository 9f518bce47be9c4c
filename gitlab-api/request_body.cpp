#include "gitlab-api/request_body.h"
#include "gitlab-api/payload_error.h"
#include "gitlab-api/reply_text.h"
#include "gitlab-api/rotation.h"
#include "gitlab-api/strict_json.h"
#include "net/failure.h"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace ysnp::gitlab {
namespace {

using nlohmann::json;

// Every string of the document is wiped: the token is among them.
std::string write_and_wipe(json document)
{
    auto text = document.dump(-1, ' ', false, json::error_handler_t::replace);
    for (auto& value : document)
        if (value.is_string()) wipe(value.get_ref<std::string&>());
    return text;
}

/// The runner's info is JSON already, the same in every request: it is put in as it is.
std::string write_with_info(json document, std::string_view info_json)
{
    auto text = write_and_wipe(std::move(document));
    if (info_json.empty()) return text;
    std::string whole;
    whole.reserve(text.size() + info_json.size() + 16);
    whole.append(text, 0, text.size() - 1).append(",\"info\":").append(info_json).append("}");
    wipe(text);
    return whole;
}

void put_text(json& document, const char* key, const std::string& value)
{
    if (!value.empty()) document[key] = value;
}

json output_of(const JobUpdate& update)
{
    json output = json::object();
    if (update.checksum) output["checksum"] = *update.checksum;
    if (update.size != 0) output["bytesize"] = update.size;
    return output;
}

[[noreturn]] void malformed(const char* what)
{
    throw std::system_error(make_error_code(Error::malformed_reply), what);
}

std::int64_t read_id(const json& document)
{
    const auto id = document.find("id");
    if (id == document.end() || id->is_null()) return 0;
    if (!id->is_number_integer() || *id < 0 || *id > INT64_MAX) malformed("the runner's id in GitLab's reply");
    return id->get<std::int64_t>();
}

Secret read_token(json& document)
{
    const auto token = document.find("token");
    if (token == document.end() || !token->is_string()) malformed("the runner's token in GitLab's reply");
    auto& text = token->get_ref<std::string&>();
    const bool fit = !text.empty() && text.size() <= 8192 && text.find_first_of("\"'\\") == std::string::npos &&
                     std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!fit) malformed("the runner's token in GitLab's reply");
    return take_secret(text);
}

} // namespace

std::string_view to_string(JobState state) noexcept
{
    switch (state) {
    case JobState::pending:
        return "pending";
    case JobState::success:
        return "success";
    case JobState::failed:
        return "failed";
    case JobState::running:
        break;
    }
    return "running";
}

std::string registration_body(const Secret& token, const Registration& what)
{
    json body = {{"token", std::string(token.reveal())},
                 {"run_untagged", what.run_untagged || what.tags.empty()},
                 {"locked", what.locked},
                 {"paused", what.paused}};
    put_text(body, "description", what.description);
    put_text(body, "maintenance_note", what.maintenance_note);
    put_text(body, "tag_list", fmt::format("{}", fmt::join(what.tags, ",")));
    put_text(body, "access_level", what.access_level);
    if (what.maximum_timeout.count() > 0) body["maximum_timeout"] = what.maximum_timeout.count();
    return write_and_wipe(std::move(body));
}

std::string runner_body(const Secret& token, std::string_view system_id, std::string_view info_json,
                        std::string_view last_update)
{
    json body = {{"token", std::string(token.reveal())}};
    put_text(body, "system_id", std::string(system_id));
    put_text(body, "last_update", std::string(last_update));
    return write_with_info(std::move(body), info_json);
}

std::string update_body(const Secret& job_token, const JobUpdate& update, std::string_view info_json)
{
    json body = {{"token", std::string(job_token.reveal())}, {"state", std::string(to_string(update.state))}};
    if (auto output = output_of(update); !output.empty()) body["output"] = std::move(output);
    if (update.checksum) body["checksum"] = *update.checksum;
    if (update.state == JobState::failed) {
        if (update.failure_reason) body["failure_reason"] = *update.failure_reason;
        if (update.exit_code != 0) body["exit_code"] = update.exit_code;
    }
    return write_with_info(std::move(body), info_json);
}

RunnerCredentials read_credentials(const net::Response& response)
{
    if (!is_json(response))
        throw std::system_error(make_error_code(Error::wrong_media_type), "GitLab's reply is not JSON");
    json document;
    try {
        document = parse_strictly(response.body);
    } catch (const PayloadError&) {
        malformed("GitLab's reply");
    }
    if (!document.is_object()) malformed("GitLab's reply");
    RunnerCredentials found;
    found.id = read_id(document);
    found.token = read_token(document);
    if (const auto expires = document.find("token_expires_at"); expires != document.end() && expires->is_string())
        found.expires = parse_expiry(expires->get<std::string>());
    return found;
}

} // namespace ysnp::gitlab
