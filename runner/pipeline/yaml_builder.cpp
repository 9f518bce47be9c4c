#include "runner/pipeline/yaml_builder.h"
#include "runner/pipeline/yaml_reader.h"
#include <algorithm>
#include <ranges>
#include <yaml-cpp/mark.h>

namespace ysnp::pipeline {
namespace {

bool is_core_tag(const std::string& tag)
{
    return tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str" ||
           tag == "tag:yaml.org,2002:seq" || tag == "tag:yaml.org,2002:map";
}

void expect_core_tag(const std::string& tag, const Value& value)
{
    if (!is_core_tag(tag)) value.refuse("unknown tag " + tag + ": GitLab knows only !reference");
}

bool is_null_word(const std::string& text) { return text == "~" || text == "null" || text == "Null" || text == "NULL"; }

} // namespace

YamlBuilder::YamlBuilder(const std::string& file) : file_(std::make_shared<const std::string>(file)) {}

Value YamlBuilder::take() { return std::exchange(document_, Value{}); }

void YamlBuilder::OnDocumentStart(const YAML::Mark&)
{
    frames_.clear();
    anchors_.clear();
    document_ = {};
    document_.file = file_;
}

Value YamlBuilder::at(const YAML::Mark& mark, Value::Kind kind) const
{
    Value value;
    value.kind = kind;
    value.file = file_;
    value.line = mark.line + 1;
    value.column = mark.column + 1;
    return value;
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) { place(at(mark, Value::Kind::null), anchor); }

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor)
{
    const auto here = at(mark, Value::Kind::null);
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) here.refuse("this alias stands inside its own anchor");
    count(count_nodes(found->second), here.place());
    Value copy = found->second;
    place(std::move(copy), 0);
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& text)
{
    Value value = at(mark, Value::Kind::scalar);
    expect_core_tag(tag, value);
    value.plain = tag == "?";
    value.text = text;
    if (value.plain && is_null_word(text)) value.kind = Value::Kind::null;
    place(std::move(value), anchor);
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value)
{
    const bool reference = tag == "!reference";
    Value value = at(mark, reference ? Value::Kind::reference : Value::Kind::list);
    if (!reference) expect_core_tag(tag, value);
    open(std::move(value), anchor);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value)
{
    Value value = at(mark, Value::Kind::map);
    expect_core_tag(tag, value);
    open(std::move(value), anchor);
}

void YamlBuilder::OnSequenceEnd() { close(); }
void YamlBuilder::OnMapEnd() { close(); }

void YamlBuilder::open(Value value, YAML::anchor_t anchor)
{
    if (frames_.size() >= limits::depth)
        throw PipelineError(value.place(), "more than 64 levels of nesting", PipelineError::Kind::too_large);
    count(1, value.place());
    Frame frame;
    frame.value = std::move(value);
    frame.anchor = anchor;
    frames_.push_back(std::move(frame));
}

void YamlBuilder::close()
{
    auto frame = std::move(frames_.back());
    frames_.pop_back();
    place(std::move(frame.value), frame.anchor);
}

void YamlBuilder::place(Value value, YAML::anchor_t anchor)
{
    count(1, value.place());
    if (anchor != 0) {
        count(count_nodes(value), value.place()); // kept as a copy
        anchors_[anchor] = value;
    }
    if (frames_.empty()) {
        document_ = std::move(value);
        return;
    }
    auto& frame = frames_.back();
    if (!frame.value.is_map())
        frame.value.items.push_back(std::move(value));
    else if (!frame.key)
        frame.key = std::move(value);
    else {
        const auto key = *std::exchange(frame.key, std::nullopt);
        put(frame, key, std::move(value));
    }
}

void YamlBuilder::put(Frame& frame, const Value& key, Value value)
{
    if (!key.is_scalar()) key.refuse("a key must be a string, found " + key.describe());
    if (key.plain && key.text == "<<") {
        merge(frame, value);
        return;
    }
    const auto before = std::ranges::find(frame.own, key.text, &std::pair<std::string, Place>::first);
    if (before != frame.own.end())
        key.refuse("the key \"" + key.text + "\" is already there (line " + std::to_string(before->second.line) +
                   "): only one of the two would count");
    frame.own.emplace_back(key.text, key.place());
    frame.value.set(key.text, std::move(value));
}

// As in Ruby's reader: what is merged replaces what stands before it in the map; of a list, the first counts most.
void YamlBuilder::merge(Frame& frame, const Value& from)
{
    if (from.is_list()) {
        for (const auto& each : from.items | std::views::reverse) {
            if (!each.is_map()) each.refuse("`<<` takes a map or a list of maps, found " + each.describe());
            merge(frame, each);
        }
        return;
    }
    if (!from.is_map()) from.refuse("`<<` takes a map or a list of maps, found " + from.describe());
    for (const auto& [key, value] : from.entries) frame.value.set(key, value);
}

void YamlBuilder::count(std::size_t nodes, const Place& place)
{
    nodes_ += nodes;
    if (nodes_ > limits::nodes)
        throw PipelineError(place, "the file has more than 100000 values once its aliases are expanded",
                            PipelineError::Kind::too_large);
}

} // namespace ysnp::pipeline
