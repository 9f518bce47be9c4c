#include "test/integration/guide/walkthrough.h"
#include <fstream>
#include <span>
#include <sstream>

namespace ysnp::test {
namespace {

constexpr const char* mark = "@@step ";
const std::string any = "…";

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The parts of a promised line come in order, the first at the beginning and the last at the end.
bool fits(const std::string& line, const std::string& promised)
{
    std::size_t at = 0, from = 0;
    for (;;) {
        const auto gap = promised.find(any, from);
        const std::string part = promised.substr(from, gap == std::string::npos ? gap : gap - from);
        const auto found = line.find(part, at);
        if (found == std::string::npos || (from == 0 && found != 0)) return false;
        if (gap == std::string::npos) return part.empty() ? true : line.ends_with(part);
        at = found + part.size();
        from = gap + any.size();
    }
}

/// Line by line; a line that is `…` alone stands for any number of lines.
bool in_order(std::span<const std::string> lines, std::span<const std::string> promised)
{
    if (promised.empty()) return lines.empty();
    if (promised.front() == any) {
        for (std::size_t skipped = 0; skipped <= lines.size(); ++skipped)
            if (in_order(lines.subspan(skipped), promised.subspan(1))) return true;
        return false;
    }
    return !lines.empty() && fits(lines.front(), promised.front()) && in_order(lines.subspan(1), promised.subspan(1));
}

} // namespace

std::vector<Step> steps_of(const std::filesystem::path& document)
{
    std::vector<Step> steps;
    std::ifstream in(document);
    std::string block;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.starts_with("```")) {
            const bool begins = block.empty() && line.size() > 3;
            block = begins ? line.substr(3) : "";
            if (block == "sh") steps.push_back({{}, {}, number});
        } else if (block == "sh") {
            steps.back().shell += line + "\n";
        } else if (block == "text") {
            steps.back().promised.push_back(line);
        }
    }
    return steps;
}

std::string script_of(const std::vector<Step>& steps)
{
    std::string script = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n";
    for (std::size_t i = 0; i < steps.size(); ++i)
        script += "printf '\\n" + std::string(mark) + std::to_string(i) + "\\n'\n" + steps[i].shell;
    return script + "printf '\\n" + std::string(mark) + "end\\n'\n";
}

std::vector<std::string> printed(const std::string& output, std::size_t steps)
{
    std::vector<std::string> parts(steps);
    for (std::size_t i = 0; i < steps; ++i) {
        const std::string head = std::string("\n") + mark + std::to_string(i) + "\n";
        const auto begin = output.find(head);
        if (begin == std::string::npos) break;
        const auto end = output.find(std::string("\n") + mark, begin + head.size() - 1);
        parts[i] = output.substr(begin + head.size(), end == std::string::npos ? end : end - begin - head.size());
    }
    return parts;
}

bool keeps(const std::string& output, const std::vector<std::string>& promised)
{
    return promised.empty() || in_order(lines_of(output), promised);
}

} // namespace ysnp::test
