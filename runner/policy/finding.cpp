#include "runner/policy/finding.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::policy {
namespace {

using Level = Finding::Level;

std::string padded(std::string_view text, std::size_t width)
{
    std::string result(text);
    result.resize(std::max(width, text.size()), ' ');
    return result;
}

/// Names in Vault and on the host are other people's text.
std::string printable(std::string text)
{
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

std::size_t count(const Findings& findings, Level level)
{
    return static_cast<std::size_t>(std::ranges::count(findings, level, &Finding::level));
}

std::string counted(std::size_t number, const char* noun)
{
    return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

} // namespace

std::string_view to_string(Level level) noexcept
{
    switch (level) {
    case Level::ok:
        return "ok";
    case Level::warn:
        return "WARN";
    case Level::fail:
        return "FAIL";
    case Level::unknown:
        break;
    }
    return "unknown";
}

bool any_failure(const Findings& findings) { return count(findings, Level::fail) > 0; }

std::string table_of(const Findings& findings)
{
    std::size_t width = 0;
    for (const Finding& finding : findings) width = std::max(width, finding.subject.size());
    std::string table;
    for (const Finding& finding : findings) {
        table += padded(to_string(finding.level), 7) + "  " + padded(printable(finding.subject), width) + "  " +
                 printable(finding.found) + "\n";
        if (!finding.fix.empty()) table += std::string(9, ' ') + "fix: " + printable(finding.fix) + "\n";
    }
    return table + counted(count(findings, Level::fail), "failure") + ", " +
           counted(count(findings, Level::warn), "warning") + ", " + std::to_string(count(findings, Level::unknown)) +
           " unknown\n";
}

std::string json_of(const Findings& findings)
{
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Finding& finding : findings)
        list.push_back({{"level", std::string(to_string(finding.level))},
                        {"subject", finding.subject},
                        {"found", finding.found},
                        {"fix", finding.fix}});
    const nlohmann::ordered_json all{{"findings", list},
                                     {"failures", count(findings, Level::fail)},
                                     {"warnings", count(findings, Level::warn)},
                                     {"unknown", count(findings, Level::unknown)}};
    return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace ysnp::policy
