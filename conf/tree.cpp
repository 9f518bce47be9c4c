#include "conf/tree.h"
#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace ysnp::conf {
namespace {

/// What ends the parsing of a file: a bound was exceeded, or a construct that we refuse.
struct Refused {
    Mark mark;
    std::string message;
};

Mark mark_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

std::size_t count(const Node& node)
{
    std::size_t total = 1;
    for (const Node& item : node.items) total += count(item);
    for (const Entry& entry : node.entries) total += 1 + count(entry.value);
    return total;
}

std::size_t height(const Node& node)
{
    std::size_t most = 0;
    for (const Node& item : node.items) most = std::max(most, height(item));
    for (const Entry& entry : node.entries) most = std::max(most, height(entry.value));
    return most + 1;
}

/// Builds the tree from the parser's events, which come without recursion into aliases: what they copy is counted here.
class Builder : public YAML::EventHandler {
public:
    Builder(const std::string& file, Report& report, TreeLimits limits) : file_(file), report_(report), limits_(limits)
    {
    }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        leaf(mark, anchor, Node::Kind::null, {}, true);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { alias(mark_of(mark), anchor); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override
    {
        expect_no_tag(mark, tag);
        const bool plain = tag == "?" || tag.empty();
        const bool empty = plain && (value == "null" || value == "~");
        leaf(mark, anchor, empty ? Node::Kind::null : Node::Kind::scalar, value, plain);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        expect_no_tag(mark, tag);
        open(mark, anchor, Node::Kind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override
    {
        expect_no_tag(mark, tag);
        open(mark, anchor, Node::Kind::map);
    }
    void OnMapEnd() override { close(); }

    Node take() { return std::move(root_); }

private:
    /// Where a key of a map stands, and whether a merge key brought it.
    struct Place {
        std::size_t index;
        bool merged;
    };
    struct Frame {
        Node node;
        YAML::anchor_t anchor = 0;
        std::optional<Entry> key; // a map's key that waits for its value
        std::map<std::string, Place, std::less<>> places;
    };

    void expect_no_tag(const YAML::Mark& mark, const std::string& tag)
    {
        if (tag.empty() || tag == "?" || tag == "!") return;
        throw Refused{mark_of(mark), "tags such as " + in_quotes(tag) + " have no meaning here; remove it"};
    }
    void grow(Mark mark, std::size_t by)
    {
        nodes_ += by;
        if (nodes_ > limits_.nodes)
            throw Refused{mark, "more than " + std::to_string(limits_.nodes) + " values in one file"};
    }
    void open(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind)
    {
        grow(mark_of(mark), 1);
        if (stack_.size() >= limits_.depth)
            throw Refused{mark_of(mark), "nested deeper than " + std::to_string(limits_.depth) + " levels"};
        Frame frame;
        frame.node.kind = kind;
        frame.node.mark = mark_of(mark);
        frame.anchor = anchor;
        stack_.push_back(std::move(frame));
    }
    void close()
    {
        Frame frame = std::move(stack_.back());
        stack_.pop_back();
        finish(std::move(frame.node), frame.anchor);
    }
    void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind, const std::string& value, bool plain)
    {
        grow(mark_of(mark), 1);
        if (value.find('\0') != std::string::npos) throw Refused{mark_of(mark), "a NUL character; text has none"};
        Node node;
        node.kind = kind;
        node.text = value;
        node.plain = plain;
        node.mark = mark_of(mark);
        finish(std::move(node), anchor);
    }
    void alias(Mark mark, YAML::anchor_t anchor)
    {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) throw Refused{mark, "an alias to a value that contains it"};
        grow(mark, count(found->second));
        if (stack_.size() + height(found->second) > limits_.depth + 1)
            throw Refused{mark, "nested deeper than " + std::to_string(limits_.depth) + " levels"};
        Node node = found->second;
        node.mark = mark;
        finish(std::move(node), 0);
    }
    void finish(Node node, YAML::anchor_t anchor)
    {
        if (anchor != 0) {
            grow(node.mark, count(node));
            anchors_.insert_or_assign(anchor, node);
        }
        if (stack_.empty()) {
            root_ = std::move(node);
        } else if (stack_.back().node.kind == Node::Kind::list) {
            stack_.back().node.items.push_back(std::move(node));
        } else if (!stack_.back().key) {
            take_key(std::move(node));
        } else {
            Entry entry = std::move(*stack_.back().key);
            stack_.back().key.reset();
            entry.value = std::move(node);
            add(stack_.back(), std::move(entry));
        }
    }
    void take_key(Node node)
    {
        if (node.kind != Node::Kind::scalar) throw Refused{node.mark, "a key must be a plain word"};
        stack_.back().key = Entry{std::move(node.text), node.mark, {}};
    }
    void add(Frame& map, Entry entry)
    {
        if (entry.key == "<<") return merge(map, std::move(entry));
        const auto [same, fresh] = map.places.try_emplace(entry.key, Place{map.node.entries.size(), false});
        if (fresh) {
            map.node.entries.push_back(std::move(entry));
        } else if (same->second.merged) { // the map's own keys win over what a merge key brought
            same->second.merged = false;
            map.node.entries[same->second.index] = std::move(entry);
        } else {
            const int first = map.node.entries[same->second.index].mark.line;
            report_.add({Severity::error, file_, entry.mark, "",
                         "the key " + in_quotes(entry.key) + " comes twice, first in line " + std::to_string(first) +
                             "; remove one"});
        }
    }
    void merge(Frame& map, Entry entry)
    {
        if (entry.value.kind != Node::Kind::map)
            throw Refused{entry.mark, "<< merges a map; expected an alias to one, such as *defaults"};
        for (Entry& brought : entry.value.entries)
            if (map.places.try_emplace(brought.key, Place{map.node.entries.size(), true}).second)
                map.node.entries.push_back(std::move(brought));
    }

    const std::string& file_;
    Report& report_;
    TreeLimits limits_;
    Node root_;
    std::vector<Frame> stack_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::size_t nodes_ = 0;
};

void report_parse_error(const YAML::Exception& error, const std::string& file, Report& report)
{
    const Mark mark = error.mark.is_null() ? Mark{} : mark_of(error.mark);
    report.add({Severity::error, file, mark, "", "not YAML: " + error.msg});
}

/// UTF-8 without the control bytes that YAML forbids; yaml-cpp itself would pass them on.
std::optional<Mark> first_forbidden(std::string_view text)
{
    Mark mark{1, 1};
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte == '\n')
            mark = {mark.line + 1, 1};
        else if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7f)
            return mark;
        else
            ++mark.column;
    }
    return std::nullopt;
}

std::optional<Node> parse_document(std::string_view text, const std::string& file, Report& report, TreeLimits limits)
{
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder(file, report, limits);
    if (!parser.HandleNextDocument(builder)) return Node{};
    Node root = builder.take();
    Builder more(file, report, limits);
    if (parser.HandleNextDocument(more)) {
        report.add({Severity::error, file, more.take().mark, "", "a second YAML document; expected one in a file"});
        return std::nullopt;
    }
    return root;
}

} // namespace

const Entry* Node::find(std::string_view key) const
{
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

std::optional<Node> parse_yaml(std::string_view text, const std::string& file, Report& report, TreeLimits limits)
{
    if (text.size() > limits.bytes) {
        report.add(
            {Severity::error,
             file,
             {},
             "",
             "the file has " + std::to_string(text.size()) + " bytes, more than " + std::to_string(limits.bytes)});
        return std::nullopt;
    }
    if (const auto mark = first_forbidden(text)) {
        report.add({Severity::error, file, *mark, "", "a control character; YAML text has none"});
        return std::nullopt;
    }
    try {
        return parse_document(text, file, report, limits);
    } catch (const Refused& refused) {
        report.add({Severity::error, file, refused.mark, "", refused.message});
    } catch (const YAML::Exception& error) {
        report_parse_error(error, file, report);
    }
    return std::nullopt;
}

} // namespace ysnp::conf
