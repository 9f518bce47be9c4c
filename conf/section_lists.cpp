#include "conf/section.h"

namespace ysnp::conf {
namespace {

std::optional<bool> switch_value(const Node& node)
{
    if (node.kind == Node::Kind::scalar && node.text == "true") return true;
    if (node.kind == Node::Kind::scalar && node.text == "false") return false;
    return std::nullopt;
}

} // namespace

void Section::read(std::string_view key, std::vector<std::string>& into)
{
    const Node* node = take(key);
    if (!node) return;
    if (node->kind == Node::Kind::map) return mismatch(key, *node, "a list of words");
    std::vector<std::string> words;
    if (node->kind == Node::Kind::scalar) words.push_back(node->text);
    for (std::size_t index = 0; index < node->items.size(); ++index) {
        const Node& item = node->items[index];
        if (item.kind == Node::Kind::scalar)
            words.push_back(item.text);
        else
            mismatch(path(key) + "[" + std::to_string(index) + "]", item, "text");
    }
    into = std::move(words);
}

void Section::read(std::string_view key, std::vector<std::pair<std::string, std::string>>& into)
{
    const Node* node = take(key);
    if (!node) return;
    if (node->kind == Node::Kind::scalar) return mismatch(key, *node, "a map such as { NAME: value }");
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const Entry& entry : node->entries) {
        if (entry.value.kind == Node::Kind::scalar || entry.value.kind == Node::Kind::null)
            pairs.emplace_back(entry.key, entry.value.text);
        else
            mismatch(path(key) + "." + entry.key, entry.value, "text");
    }
    for (const Node& item : node->items) {
        const auto equals = item.text.find('=');
        if (item.kind == Node::Kind::scalar && equals != std::string::npos && equals > 0)
            pairs.emplace_back(item.text.substr(0, equals), item.text.substr(equals + 1));
        else
            mismatch(path(key), item, "NAME=value");
    }
    into = std::move(pairs);
}

void Section::read(std::string_view key, std::map<std::string, std::string>& into)
{
    if (!has(key)) return;
    std::vector<std::pair<std::string, std::string>> pairs;
    read(key, pairs);
    into = std::map<std::string, std::string>(pairs.begin(), pairs.end());
}

void Section::read(std::string_view key, std::map<std::string, bool>& into)
{
    const Node* node = take(key);
    if (!node) return;
    if (node->kind != Node::Kind::map) return mismatch(key, *node, "a map such as { NAME: true }");
    for (const Entry& entry : node->entries) {
        const auto value = switch_value(entry.value);
        if (value)
            into[entry.key] = *value;
        else
            mismatch(path(key) + "." + entry.key, entry.value, "true or false");
    }
}

} // namespace ysnp::conf
