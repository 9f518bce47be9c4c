#include "runner/agent/user.h"
#include "net/failure.h"
#include <charconv>
#include <optional>
#include <string>

namespace ysnp::agent {
namespace {

std::optional<std::uint32_t> number(std::string_view text)
{
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > 0x7fffffff) return {};
    return value;
}

std::string_view take(std::string_view& from, char until)
{
    const std::size_t end = std::min(from.find(until), from.size());
    const std::string_view part = from.substr(0, end);
    from.remove_prefix(std::min(end + 1, from.size()));
    return part;
}

/// passwd(5) and group(5) begin alike: name, password, id; passwd's fourth field is the group.
struct Line {
    std::string_view name;
    std::optional<std::uint32_t> id, fourth;
};

/// The first line with that name or, where the text is a number, that id.
std::optional<Line> find(std::string_view file, std::string_view wanted)
{
    const std::optional<std::uint32_t> id = number(wanted);
    while (!file.empty()) {
        std::string_view text = take(file, '\n');
        Line line;
        line.name = take(text, ':');
        take(text, ':');
        line.id = number(take(text, ':'));
        line.fourth = number(take(text, ':'));
        if (line.id && !line.name.empty() && (line.name == wanted || (id && *line.id == *id))) return line;
    }
    return {};
}

std::uint32_t group_id(std::string_view wanted, std::string_view group)
{
    if (const std::optional<Line> line = find(group, wanted)) return *line->id;
    if (const std::optional<std::uint32_t> id = number(wanted)) return *id;
    throw std::system_error(make_error_code(Error::invalid_value),
                            "the image's /etc/group has no group \"" + std::string(wanted) + "\"");
}

} // namespace

bool is_numeric(std::string_view user) noexcept
{
    const auto colon = user.find(':');
    if (user.empty() || user == "root" || user == "0") return true;
    return colon != std::string_view::npos && number(user.substr(0, colon)) && number(user.substr(colon + 1));
}

NumericUser resolve_user(std::string_view user, std::string_view passwd, std::string_view group)
{
    std::string_view rest = user;
    const std::string_view name = take(rest, ':');
    NumericUser result;
    if (!name.empty()) {
        const std::optional<Line> line = find(passwd, name);
        const std::optional<std::uint32_t> id = number(name);
        if (!line && !id)
            throw std::system_error(make_error_code(Error::invalid_value),
                                    "the image's /etc/passwd has no user \"" + std::string(name) + "\"");
        result.uid = line ? *line->id : *id;
        result.gid = line ? line->fourth.value_or(0) : 0;
    }
    if (!rest.empty()) result.gid = group_id(rest, group);
    return result;
}

} // namespace ysnp::agent
