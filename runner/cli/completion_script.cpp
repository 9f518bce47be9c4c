#include "runner/cli/completion_script.h"

namespace ysnp::cli {
namespace {

/// Names of the commands right below `path`.
std::vector<const KnownCommand*> below(const std::vector<KnownCommand>& commands, const std::string& path)
{
    std::vector<const KnownCommand*> children;
    for (const KnownCommand& command : commands) {
        if (command.name.empty()) continue;
        const auto blank = command.name.rfind(' ');
        if ((blank == std::string::npos ? "" : command.name.substr(0, blank)) == path) children.push_back(&command);
    }
    return children;
}

std::string last_word(const std::string& path)
{
    const auto blank = path.rfind(' ');
    return blank == std::string::npos ? path : path.substr(blank + 1);
}

std::string words(const std::vector<KnownCommand>& commands, const KnownCommand& command)
{
    std::string list;
    for (const KnownCommand* child : below(commands, command.name)) list += " " + last_word(child->name);
    for (const KnownFlag& flag : command.flags) list += " " + flag.name;
    if (!command.name.empty())
        for (const KnownFlag& flag : commands.front().flags) list += " " + flag.name;
    return list.empty() ? list : list.substr(1);
}

std::string in_quotes(const std::string& text)
{
    std::string out;
    for (const char letter : text) out += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return "'" + out + "'";
}

std::string bash(const std::vector<KnownCommand>& commands)
{
    std::string out = "# bash completion for ysnprunner; made by `ysnprunner completion bash`.\n"
                      "_ysnprunner() {\n"
                      "    local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" word index list\n"
                      "    for ((index = 1; index < COMP_CWORD; index++)); do\n"
                      "        word=\"${COMP_WORDS[index]}\"\n"
                      "        case \"${path:+$path }$word\" in\n";
    for (const KnownCommand& command : commands)
        if (!command.name.empty())
            out += "        " + in_quotes(command.name) + ") path=" + in_quotes(command.name) + " ;;\n";
    out += "        esac\n    done\n    case \"$path\" in\n";
    for (const KnownCommand& command : commands)
        out += "    " + in_quotes(command.name) + ") list=" + in_quotes(words(commands, command)) + " ;;\n";
    return out + "    esac\n"
                 "    case \"${COMP_WORDS[COMP_CWORD-1]}\" in\n"
                 "    -c | --config | --payload | --file) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
                 "    *) COMPREPLY=($(compgen -W \"$list\" -- \"$current\")) ;;\n"
                 "    esac\n"
                 "}\n"
                 "complete -o bashdefault -F _ysnprunner ysnprunner\n";
}

/// Text inside a description of zsh's _describe: a colon separates there.
std::string zsh_item(const std::string& name, const std::string& description)
{
    std::string text;
    for (const char letter : name + "\1" + description)
        text += letter == ':' ? std::string("\\:") : letter == '\1' ? std::string(":") : std::string(1, letter);
    return in_quotes(text);
}

std::string zsh(const std::vector<KnownCommand>& commands)
{
    std::string out = "#compdef ysnprunner\n"
                      "# zsh completion for ysnprunner; made by `ysnprunner completion zsh`.\n"
                      "_ysnprunner() {\n"
                      "    local path=\"\" word\n"
                      "    local -a list\n"
                      "    for word in ${words[2,CURRENT-1]}; do\n"
                      "        case \"${path:+$path }$word\" in\n";
    for (const KnownCommand& command : commands)
        if (!command.name.empty())
            out += "        " + in_quotes(command.name) + ") path=" + in_quotes(command.name) + " ;;\n";
    out += "        esac\n    done\n"
           "    case \"${words[CURRENT-1]}\" in\n"
           "    -c | --config | --payload | --file) _files; return ;;\n"
           "    esac\n"
           "    case \"$path\" in\n";
    for (const KnownCommand& command : commands) {
        out += "    " + in_quotes(command.name) + ") list=(";
        for (const KnownCommand* child : below(commands, command.name))
            out += "\n        " + zsh_item(last_word(child->name), child->description);
        for (const KnownFlag& flag : command.flags) out += "\n        " + zsh_item(flag.name, flag.description);
        out += ") ;;\n";
    }
    return out + "    esac\n    _describe -o ysnprunner list\n}\n_ysnprunner \"$@\"\n";
}

/// True while the words so far are this command's.
std::string fish_condition(const std::vector<KnownCommand>& commands, const KnownCommand& command)
{
    std::string condition;
    std::string path;
    for (std::size_t at = 0; at <= command.name.size() && !command.name.empty();) {
        const auto blank = std::min(command.name.find(' ', at), command.name.size());
        condition += (condition.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") +
                     command.name.substr(at, blank - at);
        at = blank + 1;
    }
    std::string children;
    for (const KnownCommand* child : below(commands, command.name)) children += " " + last_word(child->name);
    if (!children.empty())
        condition += (condition.empty() ? "" : "; and ") + std::string("not __fish_seen_subcommand_from") + children;
    return condition;
}

std::string fish(const std::vector<KnownCommand>& commands)
{
    std::string out = "# fish completion for ysnprunner; made by `ysnprunner completion fish`.\n"
                      "complete -c ysnprunner -f\n";
    for (const KnownCommand& command : commands) {
        const std::string head = "complete -c ysnprunner -n " + in_quotes(fish_condition(commands, command));
        for (const KnownCommand* child : below(commands, command.name))
            out += head + " -a " + last_word(child->name) + " -d " + in_quotes(child->description) + "\n";
        for (const KnownFlag& flag : command.flags) {
            const bool wide = flag.name.starts_with("--");
            const std::string value = flag.takes_value ? (flag.name == "--config" || flag.name == "-c" ||
                                                                  flag.name == "--file" || flag.name == "--payload"
                                                              ? " -rF"
                                                              : " -x")
                                                       : "";
            const std::string condition = command.name.empty() ? "complete -c ysnprunner" : head;
            out += condition + (wide ? " -l " + flag.name.substr(2) : " -s " + flag.name.substr(1)) + value + " -d " +
                   in_quotes(flag.description) + "\n";
        }
    }
    return out;
}

} // namespace

std::string completion_script(const std::string& shell, const std::vector<KnownCommand>& commands)
{
    if (shell == "zsh") return zsh(commands);
    if (shell == "fish") return fish(commands);
    return bash(commands);
}

} // namespace ysnp::cli
