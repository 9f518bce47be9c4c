#include "checks/document_lines.h"
#include "checks/jcs.h"
#include "checks/line_diff.h"
#include "checks/utf8.h"
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::checks {
namespace {

using nlohmann::json;

/// What is shown as it is: printable ASCII, and the letters of Latin-1 where the terminal can.
bool shows_itself(std::uint32_t c, Charset charset)
{
    if (c >= 0x20 && c < 0x7f) return true;
    return charset == Charset::utf8 && c >= 0xc0 && c <= 0xff;
}

std::string escape_of(std::string_view text, CodePoint point)
{
    char buffer[16];
    if (point.width == 0)
        std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned char>(text.front()));
    else if (point.value == '\n')
        return "\\n";
    else
        std::snprintf(buffer, sizeof buffer, "\\u{%x}", static_cast<unsigned>(point.value));
    return buffer;
}

std::string escaped(std::string_view text, Charset charset, std::string_view also)
{
    std::string out;
    while (!text.empty()) {
        const CodePoint point = next_code_point(text);
        const std::size_t width = std::max(1u, point.width);
        if (point.width == 1 && also.find(text.front()) != std::string_view::npos) {
            out += '\\';
            out += text.front();
        } else if (point.width != 0 && shows_itself(point.value, charset)) {
            out += text.substr(0, width);
        } else {
            out += escape_of(text, point);
        }
        text.remove_prefix(width);
    }
    return out;
}

bool is_plain(std::string_view text, Charset charset)
{
    while (!text.empty()) {
        const CodePoint point = next_code_point(text);
        if (point.width == 0 || !shows_itself(point.value, charset)) return false;
        text.remove_prefix(point.width);
    }
    return true;
}

/// Names first, the rest in the document's own order.
std::vector<std::string> order_of(const json& object)
{
    constexpr std::string_view first[] = {"ysnp",  "job",  "image", "services", "steps",
                                          "hooks", "name", "key",   "reference"};
    std::vector<std::string> keys;
    for (const std::string_view key : first)
        if (object.contains(key)) keys.emplace_back(key);
    for (const auto& [key, value] : object.items())
        if (std::find(std::begin(first), std::end(first), key) == std::end(first)) keys.push_back(key);
    return keys;
}

/// A variable as most are: a text, neither a file nor raw. It has a line of one form, `NAME = "text"`.
bool is_simple_variable(const json& value)
{
    return value.is_object() && value.size() == 3 && value.value("file", json()) == false &&
           value.value("raw", json()) == false && value.contains("value") && value["value"].is_string();
}

class Writer {
public:
    explicit Writer(Charset charset) : charset_(charset) {}

    void document(const json& root)
    {
        for (const std::string& key : order_of(root)) {
            part_ = key;
            if (key == "steps" || key == "hooks" || key == "services")
                parts(key, root[key]);
            else
                member(key, root[key], 0);
        }
    }
    std::vector<DocumentLine> done() { return std::move(lines_); }

private:
    void line(std::size_t indent, const std::string& text)
    {
        lines_.push_back({std::string(indent, ' ') + text, part_});
    }
    std::string quoted(const std::string& text) const { return '"' + unmistakable(text, charset_) + '"'; }

    /// A list at the top whose entries are parts of their own.
    void parts(const std::string& key, const json& list)
    {
        if (!list.is_array() || list.empty()) return member(key, list, 0);
        const std::string one = key.substr(0, key.size() - 1);
        line(0, key + ":");
        for (const json& entry : list) {
            const auto name =
                entry.is_object() ? entry.find(entry.contains("name") ? "name" : "reference") : entry.end();
            part_ = one;
            if (entry.is_object() && name != entry.end() && name->is_string())
                part_ += " " + quoted(name->get<std::string>());
            item(entry, 2);
        }
    }

    void member(const std::string& name, const json& value, std::size_t indent)
    {
        const std::string label = is_plain(name, charset_) && !name.empty() && name.find_first_of(" :\"\\") == name.npos
                                      ? name
                                      : quoted(name);
        if (value.is_array() && !value.empty() && name == "script") {
            line(indent, label + ":");
            for (const json& entry : value) script(entry, indent + 2);
        } else if (is_simple_variable(value)) {
            line(indent, label + " = " + scalar(value["value"]));
        } else if (value.is_structured() && !value.empty()) {
            line(indent, label + ":");
            inside(value, indent + 2);
        } else {
            line(indent, label + ": " + scalar(value));
        }
    }
    void inside(const json& value, std::size_t indent)
    {
        if (value.is_object())
            for (const std::string& key : order_of(value)) member(key, value[key], indent);
        else
            for (const json& entry : value) item(entry, indent);
    }
    void item(const json& entry, std::size_t indent)
    {
        if (!entry.is_structured() || entry.empty()) return line(indent, "- " + scalar(entry));
        const std::size_t first = lines_.size();
        inside(entry, indent + 2);
        lines_[first].text[indent] = '-';
    }
    std::string scalar(const json& value) const
    {
        return value.is_string() ? quoted(value.get<std::string>()) : canonical(value);
    }

    std::string script_text(std::string_view text) const
    {
        if (is_plain(text, charset_) && !text.ends_with(' ')) return "| " + std::string(text);
        std::string shown = escaped(text, charset_, "\\");
        if (shown.ends_with(' ')) shown.replace(shown.size() - 1, 1, "\\u{20}");
        return "! " + shown;
    }

    /// One entry of a script; further lines of the same entry have no dash.
    void script(const json& entry, std::size_t indent)
    {
        if (!entry.is_string()) return line(indent, "- " + scalar(entry));
        std::string_view rest = entry.get_ref<const std::string&>();
        for (bool first = true;; first = false) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            const std::string_view text = rest.substr(0, end);
            line(indent, std::string(first ? "-" : " ") + script_text(text));
            if (end == rest.size()) return;
            rest.remove_prefix(end + 1);
        }
    }

    Charset charset_;
    std::string part_;
    std::vector<DocumentLine> lines_;
};

} // namespace

std::string unmistakable(std::string_view text, Charset charset) { return escaped(text, charset, "\\\""); }

std::vector<DocumentLine> document_lines(std::string_view document, Charset charset)
{
    const json root = parse_strict(document);
    if (!root.is_object()) throw std::invalid_argument("a digest document is an object");
    Writer writer(charset);
    writer.document(root);
    return writer.done();
}

std::string summary_of_changes(const std::vector<DocumentLine>& before, const std::vector<DocumentLine>& after)
{
    std::vector<std::string> old_lines, new_lines;
    for (const DocumentLine& line : before) old_lines.push_back(line.text);
    for (const DocumentLine& line : after) new_lines.push_back(line.text);
    std::vector<std::pair<std::string, std::size_t>> parts;
    for (const Edit& edit : edits_between(old_lines, new_lines)) {
        if (edit.change == Change::same) continue;
        const std::string& part = edit.change == Change::added ? after[edit.after].part : before[edit.before].part;
        const auto known = std::find_if(parts.begin(), parts.end(), [&](const auto& one) { return one.first == part; });
        if (known == parts.end())
            parts.emplace_back(part, 1);
        else
            ++known->second;
    }
    std::string text;
    for (const auto& [part, count] : parts)
        text += (text.empty() ? "" : ", ") + part + " (" + std::to_string(count) + (count == 1 ? " line)" : " lines)");
    return text;
}

} // namespace ysnp::checks
