#include "gitlab-api/reply_text.h"
#include "net/http.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::gitlab {
namespace {

using nlohmann::json;

constexpr std::size_t longest = 400;

std::string drop_queries(std::string text)
{
    for (std::size_t at = 0; (at = text.find("://", at)) != std::string::npos; at += 3) {
        const auto end = std::min(text.find_first_of(" \"'<>)", at), text.size());
        const auto query = text.find('?', at);
        if (query < end) text.replace(query, end - query, "?…");
    }
    return text;
}

std::string clean(std::string text)
{
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    text = drop_queries(std::move(text));
    if (text.size() > longest) text = text.substr(0, longest) + "…";
    return text;
}

// {"tags_list": ["can't be blank", …], …} as "tags_list: can't be blank; …"
std::string flatten(const json& value, int depth = 0)
{
    if (value.is_string()) return value.get<std::string>();
    if (depth > 3 || (!value.is_object() && !value.is_array()))
        return value.dump(-1, ' ', false, json::error_handler_t::replace);
    std::string text;
    for (const auto& [key, each] : value.items()) {
        if (!text.empty()) text += value.is_array() ? ", " : "; ";
        text += (value.is_array() ? "" : key + ": ") + flatten(each, depth + 1);
        if (text.size() > longest) break;
    }
    return text;
}

std::string between(std::string_view text, std::string_view open, std::string_view close)
{
    const auto begin = text.find(open);
    const auto end = begin == std::string_view::npos ? begin : text.find(close, begin);
    if (end == std::string_view::npos) return {};
    return std::string(text.substr(begin + open.size(), end - begin - open.size()));
}

std::string from_xml(std::string_view body)
{
    const auto code = between(body, "<Code>", "</Code>");
    const auto message = between(body, "<Message>", "</Message>");
    return code.empty() || message.empty() ? code + message : code + ": " + message;
}

// Depth is limited before the parser sees it, as its destructor and dump recurse.
bool shallow(std::string_view text)
{
    return std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; }) < 100;
}

} // namespace

bool is_json(const net::Response& response) noexcept
{
    const auto type = response.header("Content-Type");
    const auto media = type.substr(0, type.find_first_of("; \t"));
    constexpr std::string_view json_type = "application/json";
    return std::ranges::equal(media, json_type,
                              [](unsigned char a, unsigned char b) { return (a | 0x20) == (b | 0x20); });
}

std::string explain(const net::Response& response)
{
    const std::string_view body = std::string_view(response.body).substr(0, 64u << 10);
    if (body.starts_with('<')) return clean(from_xml(body));
    if (!shallow(body)) return {};
    const auto document = json::parse(body, nullptr, false);
    if (!document.is_object()) return {};
    for (const auto* key : {"message", "error"})
        if (const auto found = document.find(key); found != document.end()) return clean(flatten(*found));
    return {};
}

std::string printable_header(std::string_view value)
{
    std::string text(value.substr(0, 128));
    std::ranges::replace_if(
        text, [](unsigned char c) { return c <= 0x20 || c >= 0x7f; }, '?');
    return text;
}

} // namespace ysnp::gitlab
