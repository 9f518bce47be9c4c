#pragma once
#include "runner/pipeline/pipeline_error.h"
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ysnp::pipeline {

/// A node of a YAML file that knows where it stands. Maps keep the file's order; a key comes once.
struct Value {
    enum class Kind { null, scalar, list, map, reference };
    struct Entry;

    Kind kind = Kind::null;
    bool plain = false;                      ///< scalar: not quoted, so that it may be a number or a boolean
    std::string text;                        ///< scalar
    std::vector<Value> items;                ///< list, and the path of a reference (`!reference [job, key]`)
    std::vector<Entry> entries;              ///< map
    std::shared_ptr<const std::string> file; ///< shared by all nodes of a file
    int line = 0, column = 0;

    bool is_null() const noexcept { return kind == Kind::null; }
    bool is_scalar() const noexcept { return kind == Kind::scalar; }
    bool is_list() const noexcept { return kind == Kind::list; }
    bool is_map() const noexcept { return kind == Kind::map; }
    bool is_reference() const noexcept { return kind == Kind::reference; }

    Place place() const;
    /// nullptr when there is none; a null value is there.
    const Value* find(std::string_view key) const noexcept;
    Value* find(std::string_view key) noexcept;
    /// As find, but a null value counts as none.
    const Value* get(std::string_view key) const noexcept;
    void set(std::string key, Value value);
    void erase(std::string_view key);

    /// "a string", "a boolean", "a list", …, as a person would say it
    std::string describe() const;
    [[noreturn]] void refuse(const std::string& text) const;
};

/// A key of a map and its value.
struct Value::Entry {
    std::string first;
    Value second;
};

/// `over` laid over `base`: maps are merged key by key at any depth, everything else is replaced.
Value deep_merge(Value base, const Value& over);

/// Number of nodes, the value itself included.
std::size_t count_nodes(const Value& value) noexcept;

} // namespace ysnp::pipeline
