#pragma once
#include "conf/tree.h"
#include "conf/units.h"
#include "net/secret.h"
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ysnp::conf {

/// One word of a fixed set and what it means.
template <class Value>
struct Word {
    std::string_view name;
    Value value;
};

/// A key that has a meaning elsewhere and is refused here by name, with the reason.
struct Refusal {
    std::string_view key;
    std::string_view reason;
};

/// Reads the keys of one map. A key that is absent leaves the target as it is; a value that does not fit is reported
/// with its place and leaves the target too. What was never asked for is unknown: finish() reports it.
class Section {
public:
    /// `node` may be null (an empty section); anything but a map is reported.
    Section(const Node* node, std::string file, std::string path, Report& report);

    bool has(std::string_view key);
    /// The value as it stands, for what has a shape of its own; null where absent.
    const Node* take(std::string_view key);
    Section child(std::string_view key);
    /// One section per item of the list.
    std::vector<Section> children(std::string_view key);

    void read(std::string_view key, std::string& into);
    void read(std::string_view key, std::optional<std::string>& into);
    void read(std::string_view key, bool& into);
    void read(std::string_view key, std::optional<bool>& into);
    void read(std::string_view key, Duration& into);
    void read(std::string_view key, std::optional<Duration>& into);
    void read(std::string_view key, Size& into);
    void read(std::string_view key, std::optional<Size>& into);
    void read(std::string_view key, std::optional<std::chrono::sys_days>& into);
    void read(std::string_view key, std::optional<std::chrono::sys_seconds>& into);
    /// An absolute path; one that begins with ~/ is not expanded but refused.
    void read(std::string_view key, std::filesystem::path& into);
    /// A list of words, or one word alone.
    void read(std::string_view key, std::vector<std::string>& into);
    /// A map of words, or a list of K=V; in the order of the file.
    void read(std::string_view key, std::vector<std::pair<std::string, std::string>>& into);
    void read(std::string_view key, std::map<std::string, std::string>& into);
    void read(std::string_view key, std::map<std::string, bool>& into);
    void read_number(std::string_view key, std::int64_t& into, std::int64_t least, std::int64_t most);
    void read_number(std::string_view key, int& into, int least, int most);
    void read_number(std::string_view key, double& into, double least, double most);
    template <class Value, std::size_t Count>
    void read_word(std::string_view key, Value& into, const Word<Value> (&words)[Count])
    {
        std::vector<std::string> names;
        for (const auto& word : words) names.emplace_back(word.name);
        if (const auto index = word_index(key, names)) into = words[*index].value;
    }

    void error(std::string_view key, std::string message);
    void warn(std::string_view key, std::string message);
    /// Names a key without reading it, so that it counts as known.
    void allow(std::string_view key);
    /// Reports every key nobody asked for: by the reason in `refused`, else as unknown with the nearest known name.
    void finish(const std::vector<Refusal>& refused = {});

    /// A hash of the keys and values as written; equal for equal content, whatever its layout.
    std::string fingerprint() const;
    bool present() const { return node_ != nullptr; }
    Mark mark(std::string_view key) const;
    Mark mark() const { return node_ ? node_->mark : Mark{}; }
    std::string path(std::string_view key) const;
    const std::string& path() const { return path_; }
    const std::string& file() const { return file_; }
    Report& report() const { return *report_; }

private:
    const Node* scalar(std::string_view key, std::string_view expected);
    void mismatch(std::string_view key, const Node& found, std::string_view expected);
    void mismatch(std::string path, const Node& found, std::string_view expected);
    std::optional<std::size_t> word_index(std::string_view key, const std::vector<std::string>& names);
    std::optional<std::int64_t> number(std::string_view key, std::int64_t least, std::int64_t most);
    template <class Value>
    void parse(std::string_view key, Value& into, std::string_view expected, auto&& parser);

    const Node* node_ = nullptr;
    std::string file_;
    std::string path_;
    Report* report_;
    std::vector<std::string> known_;
};

} // namespace ysnp::conf
