#pragma once
#include "conf/report.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::conf {

struct Entry;

/// One value of a YAML file with the place where it stands. Anchors and merge keys are resolved, keys are unique.
struct Node {
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    std::string text;  // of a scalar
    bool plain = true; // the scalar was written without quotes, so that 3, true and 2027-01-31 have a type
    Mark mark;
    std::vector<Node> items;    // of a list
    std::vector<Entry> entries; // of a map, in the order of the file

    const Entry* find(std::string_view key) const;
};

struct Entry {
    std::string key;
    Mark mark;
    Node value;
};

/// The bounds on one file (INV-14). Aliases count as what they stand for, so no file can grow beyond them.
struct TreeLimits {
    std::size_t bytes = 1u << 20;
    std::size_t nodes = 20'000;
    std::size_t depth = 32;
};

/// Parses one YAML document. What is wrong goes to the report, with `file` as its name; nothing where the text is not
/// YAML at all. An empty document is a null node.
std::optional<Node> parse_yaml(std::string_view text, const std::string& file, Report& report, TreeLimits limits = {});

} // namespace ysnp::conf
