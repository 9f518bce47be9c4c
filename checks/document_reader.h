#pragma once
#include "checks/policy.h"
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// Reads one value of a policy document and writes down what is wrong, with its place. Never throws on content.
class Reader {
public:
    Reader(const nlohmann::json& value, std::string document, std::string path, std::vector<Fault>& faults)
        : value_(&value), document_(std::move(document)), path_(std::move(path)), faults_(&faults)
    {
    }

    const std::string& document() const noexcept { return document_; }
    const std::string& path() const noexcept { return path_; }
    const nlohmann::json& json() const noexcept { return *value_; }
    bool is_null() const noexcept { return value_->is_null(); }

    void fault(std::string found, std::string expected, std::string remedy) const;

    /// Each gives nothing, and a fault, for another type.
    std::optional<std::string> text() const;
    std::optional<bool> boolean() const;
    std::optional<std::int64_t> integer(std::int64_t least, std::int64_t most) const; ///< 3.0 is 3, 3.5 is a fault
    bool is_object() const;                                                           ///< with a fault when it is not
    std::vector<Reader> items() const;
    std::vector<std::string> texts() const; ///< at least one

    /// Member by exact name; nothing when absent. A null is there, and of the wrong type wherever a type is asked for.
    std::optional<Reader> member(std::string_view name) const;
    /// Member whose name matches without regard to case (v1's fixed structure); two of them are a fault.
    std::optional<Reader> member_any_case(std::string_view name) const;
    /// A fault for each member that is not among `known`.
    void only(std::initializer_list<std::string_view> known) const;
    /// A fault for each member that is one of `known` but for its case.
    void exact_case(std::initializer_list<std::string_view> known) const;

private:
    Reader child(const nlohmann::json& value, std::string_view name) const;
    const nlohmann::json* value_;
    std::string document_, path_;
    std::vector<Fault>* faults_;
};

/// "a string", "a number", … for messages; never the value.
std::string kind_of(const nlohmann::json& value);
bool same_but_case(std::string_view a, std::string_view b) noexcept;

/// Parts of parse_policy, one per kind of document.
void read_whitelist(const Reader& root, Policy& policy);
void read_project_config(const Reader& root, bool legacy_profiles, Policy& policy);
void read_namespace_config(const Reader& root, Policy& policy);
NativePolicy read_native_policy(const Reader& root);
/// A window's `scale`, `intervals`, `time`, `tolerance` and `timezone`.
Window read_window(const Reader& options, std::string_view default_zone);

} // namespace ysnp::checks
