#include "conf/environment.h"
#include <cctype>
#include <cstdlib>

namespace ysnp::conf {
namespace {

bool name_letter(char letter, bool first)
{
    const auto byte = static_cast<unsigned char>(letter);
    return letter == '_' || std::isalpha(byte) || (!first && std::isdigit(byte));
}

/// Takes the name behind a '$' from the front of `text`; empty where none follows.
std::string take_name(std::string_view& text)
{
    const bool braces = text.starts_with('{');
    std::string_view rest = text.substr(braces ? 1 : 0);
    std::size_t length = 0;
    while (length < rest.size() && name_letter(rest[length], length == 0)) ++length;
    if (length == 0 || (braces && rest.substr(length, 1) != "}")) return {};
    text.remove_prefix(length + (braces ? 2 : 0));
    return std::string(rest.substr(0, length));
}

const char* const system_config = "/etc/ysnprunner/config.yml";

} // namespace

Environment Environment::of_process()
{
    const auto variable = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    };
    return {variable, std::chrono::system_clock::now()};
}

std::filesystem::path Environment::home() const { return variable("HOME").value_or(""); }

std::string expand(std::string_view text, const Environment& environment, std::string& missing)
{
    std::string out;
    while (!text.empty()) {
        const char letter = text.front();
        text.remove_prefix(1);
        if (letter != '$') {
            out += letter;
        } else if (text.starts_with('$')) {
            out += '$';
            text.remove_prefix(1);
        } else if (const std::string name = take_name(text); name.empty()) {
            out += '$';
        } else if (const auto value = environment.variable(name)) {
            out += *value;
        } else {
            missing += (missing.empty() ? "" : ", ") + name;
        }
    }
    return out;
}

std::optional<std::filesystem::path> find_config(const Environment& environment)
{
    std::error_code ignored;
    if (const auto home = environment.home(); !home.empty())
        if (const auto file = default_config(environment, false); std::filesystem::exists(file, ignored)) return file;
    if (std::filesystem::exists(system_config, ignored)) return system_config;
    return std::nullopt;
}

std::filesystem::path default_config(const Environment& environment, bool root)
{
    if (root || environment.home().empty()) return system_config;
    return environment.home() / ".config/ysnprunner/config.yml";
}

} // namespace ysnp::conf
