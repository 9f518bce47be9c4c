#include "checks/claims.h"
#include "checks/jcs.h"
#include "checks/utf8.h"
#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

namespace ysnp::checks {
namespace {

using nlohmann::json;

constexpr std::size_t longest_claim = 1024;
constexpr std::size_t most_audiences = 16;
constexpr std::int64_t end_of_century = 4102444800;

int sextet(char c)
{
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const auto at = digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// Unpadded base64url (RFC 4648 5), each text of it in its one canonical spelling.
std::optional<std::string> decoded(std::string_view text)
{
    std::string bytes;
    unsigned buffer = 0;
    int held = 0;
    for (const char c : text) {
        const int value = sextet(c);
        if (value < 0) return std::nullopt;
        buffer = ((buffer << 6) | static_cast<unsigned>(value)) & 0xffff;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>((buffer >> held) & 0xff);
    }
    const bool whole = held < 6 && (buffer & ((1u << held) - 1)) == 0;
    return whole ? std::optional(std::move(bytes)) : std::nullopt;
}

/// Header, claims and signature.
std::optional<std::array<std::string_view, 3>> parts_of(std::string_view token)
{
    const auto first = token.find('.'), last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const std::array parts{token.substr(0, first), token.substr(first + 1, last - first - 1), token.substr(last + 1)};
    return parts[1].find('.') == std::string_view::npos ? std::optional(parts) : std::nullopt;
}

[[noreturn]] void fail(const std::string& what) { throw std::invalid_argument(what); }

const json& claim(const json& all, const char* name)
{
    const auto found = all.find(name);
    if (found == all.end()) fail(std::string("no claim ") + name);
    return *found;
}

std::string text_of(const json& value, const char* name)
{
    if (!value.is_string()) fail(std::string(name) + " is " + value.type_name() + ", not a text");
    const auto& text = value.get_ref<const std::string&>();
    const bool controls = std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (text.size() > longest_claim || controls || !is_plain_text(text)) fail(std::string(name) + " is no plain text");
    return text;
}

std::string text(const json& all, const char* name)
{
    std::string value = text_of(claim(all, name), name);
    if (value.empty()) fail(std::string(name) + " is empty");
    return value;
}

std::string text_if_any(const json& all, const char* name)
{
    return all.contains(name) ? text_of(all.at(name), name) : std::string();
}

/// Ids are decimal texts, in their one spelling.
std::int64_t id(const json& all, const char* name)
{
    const std::string digits = text(all, name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || value <= 0 || std::to_string(value) != digits) fail(std::string(name) + " is no id");
    return value;
}

bool flag(const json& all, const char* name)
{
    const std::string word = text(all, name);
    if (word != "true" && word != "false") fail(std::string(name) + " is neither \"true\" nor \"false\"");
    return word == "true";
}

std::chrono::sys_seconds time(const json& all, const char* name)
{
    const json& value = claim(all, name);
    if (!value.is_number_unsigned()) fail(std::string(name) + " is no time in seconds since 1970");
    const auto seconds = value.get<std::uint64_t>();
    if (seconds > static_cast<std::uint64_t>(end_of_century)) fail(std::string(name) + " is no time of this century");
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

std::vector<std::string> audience(const json& all)
{
    const json& value = claim(all, "aud");
    if (value.is_string()) return {text(all, "aud")};
    if (!value.is_array() || value.empty() || value.size() > most_audiences) fail("aud is no list of texts");
    std::vector<std::string> list;
    for (const json& one : value) list.push_back(text_of(one, "aud"));
    return list;
}

Claims claims_of(const json& all)
{
    if (!all.is_object()) fail("the claims are no object");
    Claims claims;
    claims.issuer = text(all, "iss");
    claims.audience = audience(all);
    claims.user_login = text(all, "user_login");
    claims.user_email = text_if_any(all, "user_email");
    claims.project_path = text(all, "project_path");
    claims.ref = text(all, "ref");
    claims.ref_type = text(all, "ref_type");
    claims.pipeline_source = text(all, "pipeline_source");
    claims.sha = text_if_any(all, "sha");
    claims.job_id = id(all, "job_id");
    claims.project_id = id(all, "project_id");
    claims.pipeline_id = id(all, "pipeline_id");
    claims.user_id = id(all, "user_id");
    claims.ref_protected = flag(all, "ref_protected");
    claims.expires = time(all, "exp");
    return claims;
}

} // namespace

std::string check_token_form(std::string_view token)
{
    if (token.size() > largest_id_token) return "a token of " + std::to_string(token.size()) + " bytes";
    const auto parts = parts_of(token);
    if (!parts) return "not three parts with dots between them";
    for (const std::string_view part : *parts)
        if (part.empty() || !decoded(part)) return "a part that is not base64url";
    return {};
}

std::string read_claims(std::string_view token, Claims& claims)
{
    if (std::string wrong = check_token_form(token); !wrong.empty()) return wrong;
    try {
        claims = claims_of(parse_strict(*decoded(parts_of(token)->at(1))));
        return {};
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

} // namespace ysnp::checks
