#pragma once
#include "runner/pipeline/value.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::pipeline {

/// One job as GitLab sees it: its own keywords, else those of `default:` or of the top level as far as it inherits
/// them, references resolved. The configuration must outlive the view.
class JobView {
public:
    /// Throws PipelineError for unknown keywords and a wrong `inherit`.
    JobView(const Value& config, std::string name, const Value& job);

    const std::string& name() const noexcept { return name_; }
    Place place() const { return job_.place(); }
    /// The keyword that counts; nothing when there is none, or it is null.
    std::optional<Value> keyword(std::string_view name) const;
    /// Where a keyword that counts was written: "build" or "default".
    std::string owner(std::string_view keyword) const;
    std::vector<std::string> keywords() const; ///< all that count, the job's own first
    bool inherits_variable(std::string_view name) const;
    [[noreturn]] void refuse(const Value& at, const std::string& text) const; ///< `job "build": …`

private:
    /// `inherit: default:` and `inherit: variables:`: all, none, or these
    struct Inheritance {
        bool all = true;
        std::vector<std::string> names;
        bool covers(std::string_view name) const;
    };
    static Inheritance read_inheritance(const Value& inherit, const char* part);
    const Value* inherited(std::string_view keyword) const;

    const Value& config_;
    std::string name_;
    Value job_; // references resolved
    Inheritance defaults_, variables_;
};

} // namespace ysnp::pipeline
