#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::conf {

/// Where something stands in a file; line and column count from 1, 0 where there is none.
struct Mark {
    int line = 0;
    int column = 0;
};

enum class Severity { warning, error };

/// One finding: `config.yml:14:11: runners[0].docker.memory: expected a size such as 512MiB, found "lots"`.
struct Problem {
    Severity severity = Severity::error;
    std::string file;
    Mark mark;
    std::string path; // "runners[0].docker.memory"; empty where the whole file is meant
    std::string message;

    std::string to_string() const;
};

/// Collects everything that is wrong, so that one run shows it all. Bounded: after 200 findings the rest is counted.
class Report {
public:
    void add(Problem problem);
    bool failed() const { return failed_; }
    const std::vector<Problem>& problems() const { return problems_; }
    /// All findings in the order of the files' lines.
    std::vector<Problem> take();

private:
    std::vector<Problem> problems_;
    std::size_t left_out_ = 0;
    bool failed_ = false;
};

/// The name of `known` closest to `name` where it is close enough to be what was meant, else empty.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

/// `"text"` with what a terminal would interpret escaped, and cut where it is long.
std::string in_quotes(std::string_view text);

} // namespace ysnp::conf
