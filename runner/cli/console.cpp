#include "runner/cli/console.h"

namespace ysnp::cli {

std::optional<std::string> Console::ask(std::string_view question, std::string_view proposed)
{
    out_ << question << ": ";
    if (!proposed.empty()) out_ << '[' << proposed << "]: ";
    out_.flush();
    std::string answer;
    if (!std::getline(in_, answer)) return std::nullopt;
    const auto first = answer.find_first_not_of(" \t\r");
    if (first == std::string::npos) return std::string(proposed);
    return answer.substr(first, answer.find_last_not_of(" \t\r") - first + 1);
}

} // namespace ysnp::cli
