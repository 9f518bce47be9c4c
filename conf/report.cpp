#include "conf/report.h"
#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace ysnp::conf {
namespace {

constexpr std::size_t most_problems = 200;

/// Levenshtein's distance.
std::size_t distance(std::string_view left, std::string_view right)
{
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t(0));
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

} // namespace

std::string Problem::to_string() const
{
    std::string text = file;
    if (mark.line > 0) text += ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
    if (!text.empty()) text += ": ";
    if (severity == Severity::warning) text += "warning: ";
    if (!path.empty()) text += path + ": ";
    return text + message;
}

void Report::add(Problem problem)
{
    failed_ = failed_ || problem.severity == Severity::error;
    if (problems_.size() < most_problems)
        problems_.push_back(std::move(problem));
    else
        ++left_out_;
}

std::vector<Problem> Report::take()
{
    std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& left, const Problem& right) {
        return std::tie(left.file, left.mark.line, left.mark.column) <
               std::tie(right.file, right.mark.line, right.mark.column);
    });
    if (left_out_ > 0)
        problems_.push_back({failed_ ? Severity::error : Severity::warning,
                             "",
                             {},
                             "",
                             "and " + std::to_string(left_out_) + " more findings; fix those above first"});
    left_out_ = 0;
    return std::exchange(problems_, {});
}

std::string nearest(std::string_view name, const std::vector<std::string>& known)
{
    if (name.size() > 64) return {};
    std::string best;
    std::size_t least = (name.size() < 4 ? 1 : std::max<std::size_t>(2, name.size() / 3)) + 1;
    for (const std::string& candidate : known) {
        const std::size_t away = distance(name, candidate);
        if (away < least) {
            least = away;
            best = candidate;
        }
    }
    return best;
}

std::string in_quotes(std::string_view text)
{
    constexpr std::size_t longest = 60;
    constexpr char hex[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char letter : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x20 || byte == 0x7f)
            out += std::string("\\x") + hex[byte >> 4] + hex[byte & 15];
        else
            out += letter;
    }
    return out + (text.size() > longest ? "…\"" : "\"");
}

} // namespace ysnp::conf
