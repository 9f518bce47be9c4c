#include "checks/document_reader.h"
#include "checks/reference.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

bool is_base64url(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

/// 32 bytes are 43 digits, of which the last has only four bits: A, E, I, … 8.
bool is_digest_text(std::string_view text)
{
    constexpr std::string_view last = "AEIMQUYcgkosw048";
    return text.size() == 43 && is_base64url(text) && last.find(text.back()) != std::string_view::npos;
}

std::optional<ScriptEntry> script_entry(std::string_view text, std::string_view algorithm)
{
    const std::string mark = "@" + std::string(algorithm) + ":";
    const auto at = text.rfind(mark);
    if (at == std::string_view::npos) return std::nullopt;
    ScriptEntry entry;
    entry.job = text.substr(0, at);
    entry.digest = text.substr(at + 1);
    return entry;
}

void read_script(const Reader& item, Policy& policy)
{
    const auto text = item.text();
    if (!text) return;
    auto native = script_entry(*text, "ysnp2");
    auto v1 = native ? std::nullopt : script_entry(*text, "sha256");
    if (native && !native->job.empty() && is_digest_text(std::string_view(native->digest).substr(6))) {
        native->native = true;
        native->document = item.document();
        policy.scripts.push_back(std::move(*native));
    } else if (v1 && v1->digest.ends_with('=') &&
               is_digest_text(std::string_view(v1->digest).substr(7, v1->digest.size() - 8))) {
        v1->document = item.document();
        policy.scripts.push_back(std::move(*v1));
    } else {
        item.fault("an entry that can never match", "JOB@ysnp2:<43 characters> or JOB@sha256:<43 characters>=",
                   "copy the entry whole from the refusal or from `ysnprunner digest`, or remove it");
    }
}

void read_image(const Reader& item, Policy& policy)
{
    const auto text = item.text();
    if (!text) return;
    const auto at = text->find('@');
    const auto digest = at == std::string::npos ? std::string() : text->substr(at + 1);
    if (!is_image_digest(digest)) {
        item.fault("an entry that can never match", "NAME@sha256:<64 lower-case hex digits>",
                   "add the digest (docker image inspect shows it under RepoDigests), or remove the entry");
        return;
    }
    policy.images.push_back({text->substr(0, at), digest, item.document()});
}

} // namespace

void read_whitelist(const Reader& root, Policy& policy)
{
    if (!root.is_object()) return;
    if (const auto images = root.member_any_case("allowed_images"); images && !images->is_null())
        for (const Reader& item : images->items()) read_image(item, policy);
    if (const auto scripts = root.member_any_case("allowed_scripts"); scripts && !scripts->is_null())
        for (const Reader& item : scripts->items()) read_script(item, policy);
}

} // namespace ysnp::checks
