#include "runner/git/result.h"
#include "net/failure.h"
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace ysnp::git {
namespace {

using nlohmann::json;

struct Naming {
    SourceError error;
    std::string_view name, code;
};
constexpr std::array<Naming, 10> namings{{{SourceError::none, "none", ""},
                                          {SourceError::url, "url", "GIT-URL"},
                                          {SourceError::ref, "ref", "GIT-REF"},
                                          {SourceError::object, "object", "GIT-OBJ"},
                                          {SourceError::limit, "limit", "GIT-LIMIT"},
                                          {SourceError::denied, "denied", "GLB-TOKEN"},
                                          {SourceError::missing, "missing", "GIT-URL"},
                                          {SourceError::network, "network", "GLB-REPLY"},
                                          {SourceError::untrusted, "untrusted", "GLB-TLS"},
                                          {SourceError::host, "host", "RUN-STATE"}}};

constexpr std::array<std::pair<const char*, std::uint64_t SourceStats::*>, 9> counters{
    {{"received_bytes", &SourceStats::received_bytes},
     {"received_objects", &SourceStats::received_objects},
     {"commits", &SourceStats::commits},
     {"objects", &SourceStats::objects},
     {"files", &SourceStats::files},
     {"tar_bytes", &SourceStats::tar_bytes},
     {"fetch_ms", &SourceStats::fetch_ms},
     {"total_ms", &SourceStats::total_ms},
     {"landlock", &SourceStats::landlock}}};

[[noreturn]] void refuse()
{
    throw std::system_error(make_error_code(Error::malformed_reply), "the git worker's result is not of its schema");
}

std::string text(const json& document, const char* name, std::size_t longest)
{
    const auto found = document.find(name);
    if (found == document.end() || !found->is_string()) refuse();
    std::string value = found->get<std::string>();
    if (value.size() > longest) refuse();
    for (const char c : value)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) refuse();
    return value;
}

std::uint64_t number(const json& document, const char* name)
{
    const auto found = document.find(name);
    if (found == document.end() || !found->is_number_unsigned()) refuse();
    return found->get<std::uint64_t>();
}

SourceError error_named(const std::string& name)
{
    for (const Naming& naming : namings)
        if (naming.name == name) return naming.error;
    refuse();
}

} // namespace

std::string_view code_of(SourceError error) noexcept { return namings[static_cast<std::size_t>(error)].code; }
std::string_view to_string(SourceError error) noexcept { return namings[static_cast<std::size_t>(error)].name; }

std::string to_json(const SourceResult& result)
{
    json document = {{"error", std::string(to_string(result.error))},
                     {"message", result.message},
                     {"exit_code", static_cast<unsigned>(result.exit_code)},
                     {"sha", result.sha}};
    for (const auto& [name, member] : counters) document[name] = result.stats.*member;
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

SourceResult result_from_json(std::string_view encoded)
{
    const json document = json::parse(encoded, nullptr, false);
    if (!document.is_object() || document.size() != 4 + counters.size()) refuse();
    SourceResult result;
    result.error = error_named(text(document, "error", 32));
    result.message = text(document, "message", 4096);
    result.sha = text(document, "sha", 40);
    const std::uint64_t exit_code = number(document, "exit_code");
    if (exit_code > 255 || (exit_code == 0) != result.ok()) refuse();
    result.exit_code = static_cast<int>(exit_code);
    for (const auto& [name, member] : counters) result.stats.*member = number(document, name);
    return result;
}

} // namespace ysnp::git
