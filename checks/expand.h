#pragma once
#include "checks/facts.h"
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// Go's os.Expand: `$NAME`, `${NAME}`, `$$` is `$`, shell specials are empty, `${A:-d}` is empty, bad syntax is eaten.
/// `lookup` gives a name's replacement, which is not expanded again; nullopt is as good as empty.
std::string expand(std::string_view text, const std::function<std::optional<std::string>(std::string_view)>& lookup);

/// Names that `text` refers to, in order, each once. `$$` and the shell's specials are not names.
std::vector<std::string> references(std::string_view text);

/// runner-expand (job-execution.md 3.4) over a list of variables where the last of a name counts: values of non-raw
/// variables are expanded once against the unexpanded list. A file variable stands for its path, which
/// `file_path` gives (default: its name, as the path is not known before the job runs).
class Expander {
public:
    explicit Expander(std::span<const Variable> variables, std::function<std::string(const Variable&)> file_path = {});
    std::string operator()(std::string_view text) const;
    /// The variable that counts for a name, or nullptr.
    const Variable* find(std::string_view name) const;

private:
    std::string value_of(const Variable& variable) const;
    std::string raw_value(std::string_view name) const;
    std::vector<const Variable*> by_name_; // sorted, unique
    std::function<std::string(const Variable&)> file_path_;
};

} // namespace ysnp::checks
