#include "runner/host/log_line.h"
#include "conf/units.h"

namespace ysnp::host {
namespace {

constexpr std::size_t message_width = 50;

/// What a terminal or a line-based reader would take for something else, as \xNN; UTF-8 stays.
std::string printable(std::string_view text)
{
    constexpr char hex[] = "0123456789abcdef";
    std::string out;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 0x20 && byte != 0x7f)
            out += letter;
        else
            out += std::string("\\x") + hex[byte >> 4] + hex[byte & 15];
    }
    return out;
}

std::string value_text(std::string_view value)
{
    const bool plain = !value.empty() && value.find_first_of(" \"=\t\r\n") == std::string_view::npos;
    if (plain) return printable(value);
    std::string out = "\"";
    for (const char letter : value) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter;
    }
    return printable(out) + "\"";
}

std::string json_text(std::string_view text)
{
    constexpr char hex[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\')
            out += std::string("\\") + letter;
        else if (letter == '\n')
            out += "\\n";
        else if (byte < 0x20 || byte == 0x7f)
            out += std::string("\\u00") + hex[byte >> 4] + hex[byte & 15];
        else
            out += letter;
    }
    return out + '"';
}

struct Style {
    std::string_view prefix, colour, name;
};

Style style(conf::LogLevel level)
{
    switch (level) {
    case conf::LogLevel::debug:
        return {"", "\33[37m", "debug"};
    case conf::LogLevel::info:
        return {"", "", "info"};
    case conf::LogLevel::warning:
        return {"WARNING: ", "\33[0;33m", "warning"};
    case conf::LogLevel::error:
        return {"ERROR: ", "\33[31;1m", "error"};
    }
    return {"", "", "info"};
}

} // namespace

std::string text_line(conf::LogLevel level, std::string_view message, std::span<const Field> fields, Colour colour)
{
    const Style look = style(level);
    std::string head = std::string(look.prefix) + printable(message);
    if (!fields.empty() && head.size() < message_width) head.resize(message_width, ' ');
    if (colour == Colour::on && !look.colour.empty()) head = std::string(look.colour) + head + "\33[0;m";
    for (const Field& field : fields) head += " " + std::string(field.name) + "=" + value_text(field.value);
    return head;
}

std::string json_line(conf::LogLevel level, std::string_view message, std::span<const Field> fields,
                      std::chrono::sys_seconds time)
{
    std::string line = "{";
    for (const Field& field : fields) line += json_text(field.name) + ":" + json_text(field.value) + ",";
    line += "\"level\":" + json_text(style(level).name) + ",\"msg\":" + json_text(message);
    return line + ",\"time\":" + json_text(conf::to_string(time)) + "}";
}

} // namespace ysnp::host
