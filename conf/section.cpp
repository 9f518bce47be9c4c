#include "conf/section.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <openssl/sha.h>

namespace ysnp::conf {
namespace {

std::string_view kind_name(const Node& node)
{
    switch (node.kind) {
    case Node::Kind::null:
        return "nothing";
    case Node::Kind::list:
        return "a list";
    case Node::Kind::map:
        return "a map";
    case Node::Kind::scalar:
        break;
    }
    return "text";
}

std::optional<bool> parse_bool(std::string_view text)
{
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

/// Appends a form of the value in which different content never looks the same: each text comes with its length.
void append(std::string& out, const Node& node)
{
    const auto text = [&](const std::string& value) { out += std::to_string(value.size()) + ':' + value; };
    out += node.kind == Node::Kind::map ? '{' : node.kind == Node::Kind::list ? '[' : node.plain ? 'p' : 'q';
    text(node.text);
    for (const Node& item : node.items) append(out, item);
    for (const Entry& entry : node.entries) {
        text(entry.key);
        append(out, entry.value);
    }
    out += ';';
}

template <class Number>
std::optional<Number> whole_number(std::string_view text)
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

Section::Section(const Node* node, std::string file, std::string path, Report& report)
    : file_(std::move(file)), path_(std::move(path)), report_(&report)
{
    if (node == nullptr || node->kind == Node::Kind::null) return;
    if (node->kind == Node::Kind::map)
        node_ = node;
    else
        mismatch(path_, *node, "a map of keys");
}

std::string Section::path(std::string_view key) const
{
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

Mark Section::mark(std::string_view key) const
{
    const Entry* entry = node_ ? node_->find(key) : nullptr;
    return entry ? entry->value.mark : mark();
}

void Section::allow(std::string_view key) { known_.emplace_back(key); }

const Node* Section::take(std::string_view key)
{
    allow(key);
    const Entry* entry = node_ ? node_->find(key) : nullptr;
    return entry && entry->value.kind != Node::Kind::null ? &entry->value : nullptr;
}

std::string Section::fingerprint() const
{
    std::string text;
    if (node_) append(text, *node_);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    wipe(text);
    return {reinterpret_cast<const char*>(digest), sizeof digest};
}

bool Section::has(std::string_view key) { return take(key) != nullptr; }

Section Section::child(std::string_view key) { return Section(take(key), file_, path(key), *report_); }

std::vector<Section> Section::children(std::string_view key)
{
    std::vector<Section> sections;
    const Node* list = take(key);
    if (!list) return sections;
    if (list->kind != Node::Kind::list) {
        mismatch(key, *list, "a list");
        return sections;
    }
    for (const Node& item : list->items)
        sections.emplace_back(&item, file_, path(key) + "[" + std::to_string(sections.size()) + "]", *report_);
    return sections;
}

void Section::mismatch(std::string path, const Node& found, std::string_view expected)
{
    std::string shown(kind_name(found));
    if (found.kind == Node::Kind::scalar) shown = in_quotes(found.text);
    report_->add({Severity::error, file_, found.mark, std::move(path),
                  "expected " + std::string(expected) + ", found " + shown});
}

void Section::mismatch(std::string_view key, const Node& found, std::string_view expected)
{
    mismatch(path(key), found, expected);
}

void Section::error(std::string_view key, std::string message)
{
    report_->add({Severity::error, file_, mark(key), key.empty() ? path_ : path(key), std::move(message)});
}

void Section::warn(std::string_view key, std::string message)
{
    report_->add({Severity::warning, file_, mark(key), key.empty() ? path_ : path(key), std::move(message)});
}

const Node* Section::scalar(std::string_view key, std::string_view expected)
{
    const Node* node = take(key);
    if (!node || node->kind == Node::Kind::scalar) return node;
    mismatch(key, *node, expected);
    return nullptr;
}

template <class Value>
void Section::parse(std::string_view key, Value& into, std::string_view expected, auto&& parser)
{
    const Node* node = scalar(key, expected);
    if (!node) return;
    if (const auto value = parser(*node))
        into = *value;
    else
        mismatch(key, *node, expected);
}

void Section::read(std::string_view key, std::string& into)
{
    if (const Node* node = scalar(key, "text")) into = node->text;
}

void Section::read(std::string_view key, std::optional<std::string>& into)
{
    if (const Node* node = scalar(key, "text")) into = node->text;
}

void Section::read(std::string_view key, bool& into)
{
    parse(key, into, "true or false",
          [](const Node& node) { return node.plain ? parse_bool(node.text) : std::nullopt; });
}

void Section::read(std::string_view key, std::optional<bool>& into)
{
    parse(key, into, "true or false",
          [](const Node& node) { return node.plain ? parse_bool(node.text) : std::nullopt; });
}

void Section::read(std::string_view key, Duration& into)
{
    parse(key, into, "a duration such as 3s, 5m or 1h15m", [](const Node& node) { return parse_duration(node.text); });
}

void Section::read(std::string_view key, std::optional<Duration>& into)
{
    parse(key, into, "a duration such as 3s, 5m or 1h15m", [](const Node& node) { return parse_duration(node.text); });
}

void Section::read(std::string_view key, Size& into)
{
    parse(key, into, "a size such as 512MiB", [](const Node& node) { return parse_size(node.text); });
}

void Section::read(std::string_view key, std::optional<Size>& into)
{
    parse(key, into, "a size such as 512MiB", [](const Node& node) { return parse_size(node.text); });
}

void Section::read(std::string_view key, std::optional<std::chrono::sys_days>& into)
{
    parse(key, into, "a day such as 2027-01-31", [](const Node& node) { return parse_day(node.text); });
}

void Section::read(std::string_view key, std::optional<std::chrono::sys_seconds>& into)
{
    parse(key, into, "a time such as 2027-01-31T10:00:00Z", [](const Node& node) { return parse_time(node.text); });
}

void Section::read(std::string_view key, std::filesystem::path& into)
{
    parse(key, into, "an absolute path", [](const Node& node) -> std::optional<std::filesystem::path> {
        if (!node.text.starts_with('/')) return std::nullopt;
        return std::filesystem::path(node.text).lexically_normal();
    });
}

std::optional<std::int64_t> Section::number(std::string_view key, std::int64_t least, std::int64_t most)
{
    const std::string expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const Node* node = scalar(key, expected);
    if (!node) return std::nullopt;
    const auto value = node->plain ? whole_number<std::int64_t>(node->text) : std::nullopt;
    if (value && *value >= least && *value <= most) return value;
    mismatch(key, *node, expected);
    return std::nullopt;
}

void Section::read_number(std::string_view key, std::int64_t& into, std::int64_t least, std::int64_t most)
{
    if (const auto value = number(key, least, most)) into = *value;
}

void Section::read_number(std::string_view key, int& into, int least, int most)
{
    if (const auto value = number(key, least, most)) into = static_cast<int>(*value);
}

void Section::read_number(std::string_view key, double& into, double least, double most)
{
    // gitlab-runner writes cpus as text, "1.5", so quotes are accepted.
    parse(key, into, "a number such as 2 or 1.5", [&](const Node& node) -> std::optional<double> {
        const auto value = whole_number<double>(node.text);
        if (!value || !std::isfinite(*value) || *value < least || *value > most) return std::nullopt;
        return value;
    });
}

std::optional<std::size_t> Section::word_index(std::string_view key, const std::vector<std::string>& names)
{
    std::string expected = names.size() == 1 ? "" : "one of ";
    for (const std::string& name : names) expected += (&name == &names.front() ? "" : ", ") + name;
    const Node* node = scalar(key, expected);
    if (!node) return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), node->text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    mismatch(key, *node, expected);
    return std::nullopt;
}

void Section::finish(const std::vector<Refusal>& refused)
{
    if (!node_) return;
    for (const Entry& entry : node_->entries) {
        if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
        const auto reason =
            std::find_if(refused.begin(), refused.end(), [&](const Refusal& r) { return r.key == entry.key; });
        std::string message = "unknown key";
        if (reason != refused.end())
            message = std::string(reason->reason);
        else if (const std::string close = nearest(entry.key, known_); !close.empty())
            message += "; did you mean " + close + "?";
        report_->add({Severity::error, file_, entry.mark, path(entry.key), std::move(message)});
    }
}

} // namespace ysnp::conf
