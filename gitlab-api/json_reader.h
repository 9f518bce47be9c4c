#pragma once
#include "gitlab-api/payload_error.h"
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::gitlab {

struct UnknownField;

/// One value of a payload together with its path. Reads it as the type the caller expects or throws PayloadError;
/// null and a missing member are the same: absent. The document must outlive the reader.
class JsonReader {
public:
    JsonReader(const nlohmann::json* value, std::string path) : value_(value), path_(std::move(path)) {}

    bool absent() const noexcept;
    const std::string& path() const noexcept { return path_; }

    /// Of an object. An absent object has absent members only.
    JsonReader member(std::string_view key) const;
    std::vector<std::string> keys() const;
    /// Of an array; none when absent.
    std::size_t size(std::size_t most) const;
    std::vector<JsonReader> elements(std::size_t most) const;

    std::string text(std::size_t most_bytes = 1u << 20) const;
    std::string text_or(std::string_view fallback, std::size_t most_bytes = 1u << 20) const;
    std::optional<std::string> maybe_text(std::size_t most_bytes = 1u << 20) const;
    std::vector<std::string> texts(std::size_t most, std::size_t most_bytes = 1u << 20) const;
    /// A list of texts, or one bare text instead of a list of one.
    std::optional<std::vector<std::string>> texts_or_text(std::size_t most) const;
    /// A text, or an integer written as text.
    std::optional<std::string> maybe_text_or_integer() const;

    std::int64_t integer(std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                         std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
    std::optional<std::int64_t> maybe_integer(std::int64_t least = std::numeric_limits<std::int64_t>::min()) const;
    std::optional<double> maybe_number() const;
    bool flag_or(bool fallback) const;
    std::optional<bool> maybe_flag() const;

    bool is_text() const noexcept;
    std::string type() const; ///< "a string", "nothing", …
    std::string dump() const; ///< compact JSON

    void expect_object() const;
    [[noreturn]] void refuse(std::string expected) const;
    [[noreturn]] void refuse(PayloadRefusal refusal, std::string expected, std::string found) const;

    /// Adds the object's keys that are not in `known`; with `misspelt_only`, only those that differ in case from one.
    enum class Report { all_unknown, other_case_only };
    void report_unknown(std::initializer_list<std::string_view> known, Report what,
                        std::vector<UnknownField>& into) const;

private:
    JsonReader element(std::size_t index) const;

    const nlohmann::json* value_; // null pointer: not there
    std::string path_;
};

} // namespace ysnp::gitlab
