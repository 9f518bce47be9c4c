#include "runner/cli/parse.h"
#include "conf/report.h"
#include "runner/cli/foreign_flags.h"
#include "runner/cli/grammar.h"
#include <CLI/CLI.hpp>
#include <algorithm>

namespace ysnp::cli {
namespace {

std::vector<std::string> flag_names(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

/// One flag that the command does not have: where it lives now, or what was meant.
std::string unknown_flag(const std::string& argument, const CLI::App& command)
{
    const std::string flag = argument.substr(0, argument.find('='));
    if (const std::string place = where_it_lives(flag); !place.empty()) return flag + " " + place;
    std::vector<std::string> known = flag_names(command);
    for (const CLI::App* parent = command.get_parent(); parent; parent = parent->get_parent())
        for (std::string& name : flag_names(*parent)) known.push_back(std::move(name));
    const std::string close = conf::nearest(flag, known);
    return "unknown flag " + flag + (close.empty() ? "; see --help" : "; did you mean " + close + "?");
}

/// "ysnprunner gate allow"
std::string path_of(const CLI::App& command)
{
    const CLI::App* parent = command.get_parent();
    return (parent ? path_of(*parent) + " " : "") + command.get_name();
}

std::vector<std::string> names_of_commands(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!command->get_group().empty()) names.push_back(command->get_name());
    return names;
}

/// A word that no command takes: where commands are expected, it was meant as one.
void refuse_surplus(const std::string& surplus, const CLI::App& command)
{
    if (surplus.empty()) return;
    const std::vector<std::string> names = names_of_commands(command);
    if (names.empty()) throw UsageError("unexpected argument " + conf::in_quotes(surplus) + "; see --help");
    std::string place = where_the_command_lives(surplus);
    if (const std::string close = conf::nearest(surplus, names); place.empty() && !close.empty())
        place = "did you mean " + close + "?";
    throw UsageError("unknown command " + conf::in_quotes(surplus) + "; " +
                     (place.empty() ? "see " + path_of(command) + " --help" : place));
}

void refuse_missing_command(const CLI::App& command)
{
    std::string known;
    for (const std::string& name : names_of_commands(command)) known += (known.empty() ? "" : ", ") + name;
    if (!known.empty()) throw UsageError(path_of(command) + " needs a command: " + known);
}

/// Help for what is no command would be help for something else.
std::string help_for(const CLI::App& app, const CLI::App& command)
{
    for (const std::string& argument : app.remaining(true))
        if (!argument.starts_with('-') && !names_of_commands(command).empty()) refuse_surplus(argument, command);
    const CLI::App* parent = command.get_parent();
    return command.help(parent ? path_of(*parent) : "");
}

/// What no command took stands in `app`, the program itself: subcommands pass it upwards.
void refuse_extras(const CLI::App& app, const CLI::App& command)
{
    std::string message, surplus;
    for (const std::string& argument : app.remaining(true)) {
        if (argument.starts_with('-') && argument.size() > 1)
            message += (message.empty() ? "" : "\n") + unknown_flag(argument, command);
        else if (surplus.empty())
            surplus = argument;
    }
    if (!message.empty()) throw UsageError(message);
    refuse_surplus(surplus, command);
}

const CLI::App* deepest(const CLI::App& app)
{
    const CLI::App* current = &app;
    while (!current->get_subcommands().empty()) current = current->get_subcommands().front();
    return current;
}

std::vector<KnownFlag> flags_of(const CLI::App& app)
{
    std::vector<KnownFlag> flags;
    for (const CLI::Option* option : app.get_options()) {
        const bool value = option->get_expected_max() > 0 && option->get_items_expected_max() > 0;
        for (const std::string& name : option->get_lnames())
            flags.push_back({"--" + name, value, option->get_description()});
        for (const std::string& name : option->get_snames())
            flags.push_back({"-" + name, value, option->get_description()});
    }
    return flags;
}

void describe(const CLI::App& app, const std::string& path, std::vector<KnownCommand>& into)
{
    if (app.get_group().empty()) return; // hidden
    into.push_back({path, app.get_description(), flags_of(app)});
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        describe(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), into);
}

/// `help COMMAND` is `COMMAND --help`.
std::vector<std::string> without_help(std::vector<std::string> arguments)
{
    if (arguments.empty() || (arguments.front() != "help" && arguments.front() != "h")) return arguments;
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
    return arguments;
}

} // namespace

CommandLine parse(const std::vector<std::string>& arguments)
{
    CommandLine line;
    CLI::App app;
    declare(app, line);
    std::vector<std::string> reversed = without_help(arguments);
    std::ranges::reverse(reversed);
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
        return {line.global, Help{help_for(app, *deepest(app))}};
    } catch (const CLI::CallForVersion&) {
        return {line.global, Version{}};
    } catch (const CLI::ParseError& error) {
        refuse_extras(app, *deepest(app));
        refuse_missing_command(*deepest(app));
        throw UsageError(error.what());
    }
    refuse_extras(app, *deepest(app));
    if (app.get_subcommands().empty()) return {line.global, Help{app.help()}};
    return line;
}

std::vector<KnownCommand> known_commands()
{
    CommandLine line;
    CLI::App app;
    declare(app, line);
    std::vector<KnownCommand> commands;
    describe(app, "", commands);
    return commands;
}

} // namespace ysnp::cli
