#pragma once
#include "runner/cli/parse.h"
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace ysnp::cli {

/// A command whose options live in `line.command` once it was named. CLI11 writes into a copy that the callback moves.
template <class Options>
std::shared_ptr<Options> add(CLI::App& parent, CommandLine& line, const std::string& name, const std::string& text,
                             CLI::App*& command)
{
    command = parent.add_subcommand(name, text);
    command->allow_extras();
    command->fallthrough();
    auto options = std::make_shared<Options>(); // shared with the callback, which outlives this function
    command->callback([options, &line] { line.command = *options; });
    return options;
}

// Flags that several commands have.
void add_output(CLI::App& command, Output& into);
/// -e may come more than once, with one value each.
void add_variables(CLI::App& command, std::vector<std::string>& into);
void add_source(CLI::App& command, std::string& job, std::string& payload, std::string& project, bool& working_tree);
void add_vault(CLI::App& command, VaultAccess& into);

/// The commands of `gate`.
void declare_gate(CLI::App& app, CommandLine& line);

} // namespace ysnp::cli
