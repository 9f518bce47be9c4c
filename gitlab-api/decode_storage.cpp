#include "gitlab-api/decode_parts.h"
#include <algorithm>
#include <array>

namespace ysnp::gitlab {
namespace {

constexpr std::size_t most_entries = 1000;
constexpr std::size_t most_paths = 10'000;
constexpr std::size_t path_bytes = 64u << 10;

// Goes into a query as it is: free text such as "1 week", but never anything that steers a header or a terminal.
std::optional<std::string> decode_expiry(const JsonReader& from)
{
    auto text = from.maybe_text(256);
    if (text && !std::ranges::all_of(*text, [](char c) { return c >= 0x20 && c < 0x7f; }))
        from.refuse(PayloadRefusal::json, "printable ASCII such as \"1 week\"", "other text");
    return text;
}

template <std::size_t N>
std::optional<std::string> decode_word(const JsonReader& from, const std::array<std::string_view, N>& known,
                                       std::string_view names)
{
    auto word = from.maybe_text(256);
    if (word && !word->empty() && std::ranges::find(known, *word) == known.end())
        from.refuse(PayloadRefusal::json, std::string(names), "other text");
    return word;
}

std::optional<std::string> decode_type(const JsonReader& from)
{
    auto type = from.maybe_text(256);
    if (type && !std::ranges::all_of(
                    *type, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }))
        from.refuse(PayloadRefusal::json, "lower-case letters, digits and _", "other text");
    return type;
}

Artifacts decode_artifact(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    from.expect_object();
    from.report_unknown(
        {"name", "untracked", "paths", "exclude", "when", "expire_in", "artifact_type", "artifact_format"},
        JsonReader::Report::all_unknown, unknown);
    Artifacts artifacts;
    artifacts.name = from.member("name").maybe_text(4096);
    artifacts.untracked = from.member("untracked").flag_or(false);
    artifacts.paths = from.member("paths").texts(most_paths, path_bytes);
    artifacts.exclude = from.member("exclude").texts(most_paths, path_bytes);
    artifacts.when = decode_when(from.member("when"));
    artifacts.expire_in = decode_expiry(from.member("expire_in"));
    artifacts.type = decode_type(from.member("artifact_type"));
    artifacts.format =
        decode_word(from.member("artifact_format"), std::to_array<std::string_view>({"zip", "gzip", "raw"}),
                    "\"zip\", \"gzip\" or \"raw\"");
    return artifacts;
}

std::string decode_policy(const JsonReader& from)
{
    const auto policy = from.text_or("pull-push", 1024);
    if (policy.empty()) return "pull-push";
    if (policy == "pull-push" || policy == "pull" || policy == "push") return policy;
    if (policy.find('$') != std::string::npos) return policy; // a variable: judged once it is expanded
    from.refuse(PayloadRefusal::json, "\"pull-push\", \"pull\", \"push\" or a variable", "other text");
}

Cache decode_cache_entry(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    from.expect_object();
    from.report_unknown({"key", "untracked", "paths", "policy", "when", "fallback_keys"},
                        JsonReader::Report::all_unknown, unknown);
    Cache cache;
    cache.key = from.member("key").text_or("", 4096);
    cache.untracked = from.member("untracked").flag_or(false);
    cache.paths = from.member("paths").texts(most_paths, path_bytes);
    cache.policy = decode_policy(from.member("policy"));
    cache.when = decode_when(from.member("when"));
    cache.fallback_keys = from.member("fallback_keys").texts(100, 4096);
    return cache;
}

Dependency decode_dependency(const JsonReader& from)
{
    from.expect_object();
    Dependency dependency;
    dependency.id = from.member("id").integer(1);
    dependency.name = from.member("name").text_or("", 4096);
    dependency.token = decode_token(from.member("token"));
    if (const auto file = from.member("artifacts_file"); !file.absent()) {
        ArtifactsFile found;
        found.filename = file.member("filename").text_or("", 4096);
        found.size = file.member("size").maybe_integer(0).value_or(0);
        dependency.artifacts_file = std::move(found);
    }
    return dependency;
}

} // namespace

std::vector<Artifacts> decode_artifacts(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    std::vector<Artifacts> all;
    for (const auto& each : from.elements(most_entries)) all.push_back(decode_artifact(each, unknown));
    return all;
}

std::vector<Cache> decode_cache(const JsonReader& from, std::vector<UnknownField>& unknown)
{
    std::vector<Cache> all;
    for (const auto& each : from.elements(most_entries)) all.push_back(decode_cache_entry(each, unknown));
    return all;
}

std::vector<Dependency> decode_dependencies(const JsonReader& from)
{
    std::vector<Dependency> all;
    for (const auto& each : from.elements(most_entries)) {
        auto dependency = decode_dependency(each);
        if (std::ranges::any_of(all, [&](const Dependency& other) { return other.id == dependency.id; }))
            each.refuse(PayloadRefusal::json, "each dependency once", "the same id again");
        all.push_back(std::move(dependency));
    }
    return all;
}

} // namespace ysnp::gitlab
