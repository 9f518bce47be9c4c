#include "gitlab-api/decode_parts.h"
#include <algorithm>

namespace ysnp::gitlab {
namespace {

constexpr std::size_t name_bytes = 4096;
constexpr std::chrono::seconds longest_timeout = std::chrono::days(31);

bool is_hex(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string decode_sha(const JsonReader& from)
{
    auto sha = from.text(64);
    if ((sha.size() != 40 && sha.size() != 64) || !is_hex(sha))
        from.refuse(PayloadRefusal::json, "40 or 64 lower-case hex digits", "other text");
    return sha;
}

ObjectFormat decode_format(const JsonReader& from)
{
    const auto format = from.text_or("sha1", 64);
    if (format.empty() || format == "sha1") return ObjectFormat::sha1;
    if (format == "sha256") return ObjectFormat::sha256;
    from.refuse(PayloadRefusal::json, "\"sha1\" or \"sha256\"", "other text");
}

RefType decode_ref_type(const JsonReader& from)
{
    const auto type = from.text_or("branch", 64);
    if (type == "branch") return RefType::branch;
    if (type == "tag") return RefType::tag;
    from.refuse(PayloadRefusal::json, "\"branch\" or \"tag\"", "other text");
}

// Splits scheme://user:password@rest. What is no such URL stays as it is: the gate refuses it by its origin.
void split_repo_url(std::string url, GitInfo& into)
{
    const auto scheme = url.find("://");
    const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
    const auto at = std::string_view(url).substr(0, url.find('/', begin)).rfind('@');
    if (at != std::string::npos && at >= begin) {
        std::string user = url.substr(begin, at - begin);
        const auto colon = user.find(':');
        into.repo_user = user.substr(0, colon);
        if (colon != std::string::npos) into.repo_password = Secret(std::string_view(user).substr(colon + 1));
        wipe(user);
        into.repo_url = url.substr(0, begin) + url.substr(at + 1);
        wipe(url);
    } else {
        into.repo_url = std::move(url);
    }
}

} // namespace

JobInfo decode_job_info(const JsonReader& from)
{
    from.expect_object();
    JobInfo info;
    info.id = from.member("id").maybe_integer(1).value_or(0);
    info.name = from.member("name").text(name_bytes);
    info.stage = from.member("stage").text_or("", name_bytes);
    info.project_id = from.member("project_id").integer(1);
    info.project_name = from.member("project_name").text_or("", name_bytes);
    info.project_full_path = from.member("project_full_path").maybe_text(name_bytes);
    info.pipeline_id = from.member("pipeline_id").maybe_integer(1);
    info.namespace_id = from.member("namespace_id").maybe_integer(1);
    info.root_namespace_id = from.member("root_namespace_id").maybe_integer(1);
    info.organization_id = from.member("organization_id").maybe_integer(1);
    info.instance_id = from.member("instance_id").maybe_text_or_integer();
    info.instance_uuid = from.member("instance_uuid").maybe_text(name_bytes);
    info.user_id = from.member("user_id").maybe_integer(1);
    info.scoped_user_id = from.member("scoped_user_id").maybe_integer(1);
    info.time_in_queue_seconds = from.member("time_in_queue_seconds").maybe_number();
    info.project_jobs_running_on_instance_runners_count =
        from.member("project_jobs_running_on_instance_runners_count").maybe_text_or_integer();
    info.queue_size = from.member("queue_size").maybe_integer();
    info.queue_depth = from.member("queue_depth").maybe_integer();
    return info;
}

GitInfo decode_git_info(const JsonReader& from)
{
    from.expect_object();
    GitInfo info;
    split_repo_url(from.member("repo_url").text(64 << 10), info);
    info.ref = from.member("ref").text(name_bytes);
    info.ref_type = decode_ref_type(from.member("ref_type"));
    info.sha = decode_sha(from.member("sha"));
    if (const auto before = from.member("before_sha"); !before.absent()) info.before_sha = decode_sha(before);
    info.refspecs = from.member("refspecs").texts(1024, name_bytes);
    info.depth = from.member("depth").absent() ? 0 : from.member("depth").integer(0, 1'000'000'000);
    info.object_format = decode_format(from.member("repo_object_format"));
    info.is_protected = from.member("protected").maybe_flag();
    return info;
}

RunnerInfo decode_runner_info(const JsonReader& from)
{
    RunnerInfo info;
    const std::chrono::seconds timeout(from.member("timeout").maybe_integer(0).value_or(0));
    if (timeout.count() > 0) info.timeout = std::min(timeout, longest_timeout);
    info.runner_session_url = from.member("runner_session_url").maybe_text(name_bytes);
    info.uuid = from.member("uuid").maybe_text(name_bytes);
    return info;
}

Features decode_features(const JsonReader& from)
{
    Features features;
    features.trace_sections = from.member("trace_sections").flag_or(false);
    features.failure_reasons = from.member("failure_reasons").texts(1000, 256);
    features.token_mask_prefixes = from.member("token_mask_prefixes").texts(1000, 256);
    std::erase(features.token_mask_prefixes, ""); // an empty prefix would match everywhere
    return features;
}

} // namespace ysnp::gitlab
