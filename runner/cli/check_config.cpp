#include "runner/cli/commands.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

nlohmann::ordered_json to_json(const conf::Problem& problem)
{
    return {{"severity", problem.severity == conf::Severity::error ? "error" : "warning"},
            {"file", problem.file},
            {"line", problem.mark.line},
            {"column", problem.mark.column},
            {"path", problem.path},
            {"message", problem.message}};
}

void print_json(const conf::Loaded& loaded, const std::filesystem::path& file, Session& session)
{
    nlohmann::ordered_json problems = nlohmann::ordered_json::array();
    for (const conf::Problem& problem : loaded.problems) problems.push_back(to_json(problem));
    const nlohmann::ordered_json result{
        {"file", file.string()}, {"ok", loaded.config.has_value()}, {"problems", problems}};
    session.console.line(result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const conf::Loaded& loaded, const std::filesystem::path& file, Session& session)
{
    session.console.text(conf::to_string(loaded.problems));
    if (!loaded.config) return session.console.line(file.string() + ": not usable");
    const std::size_t count = loaded.config->runners.size();
    session.console.line(file.string() + ": OK, " + std::to_string(count) + (count == 1 ? " runner" : " runners"));
}

} // namespace

int check_config(const ConfigCheck& options, Session& session)
{
    const auto file = config_file(session);
    if (!file) throw CommandError(configuration, "no configuration: name one with -c");
    const conf::Loaded loaded = conf::load(*file, session.environment);
    if (options.output == Output::json)
        print_json(loaded, *file, session);
    else
        print_text(loaded, *file, session);
    return loaded.config ? success : configuration;
}

} // namespace ysnp::cli
