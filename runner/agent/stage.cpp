#include "runner/agent/stage.h"
#include "net/failure.h"

namespace ysnp::agent {
namespace {

constexpr std::size_t longest_string = 128u << 10; // MAX_ARG_STRLEN of execve(2), its NUL included
constexpr std::size_t longest_path = 4096;

[[noreturn]] void refuse(const std::string& what)
{
    throw std::system_error(make_error_code(Error::invalid_value), what);
}

void require_word(const std::string& word, const std::string& what)
{
    if (word.find('\0') != std::string::npos) refuse(what + " holds a NUL byte, which no program can be given");
    if (word.size() >= longest_string)
        refuse(what + " has " + std::to_string(word.size()) +
               " bytes, more than the 128 KiB that the kernel passes to a program: use a variable of type file");
}

void require_variable(const std::string& entry)
{
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) refuse("a variable has no name");
    const std::string name = entry.substr(0, equals);
    require_word(entry, "variable " + (name.find('\0') == std::string::npos ? name : std::string("with a NUL")));
}

} // namespace

void require_startable(const Stage& stage)
{
    if (stage.argv.empty() || stage.argv.front().empty()) refuse("the stage has no command");
    for (const std::string& word : stage.argv) require_word(word, "an argument of the stage's command");
    for (const std::string& entry : stage.environment) require_variable(entry);
    require_word(stage.directory, "the stage's directory");
    for (const FileVariable& file : stage.files)
        if (file.path.empty() || file.path.size() >= longest_path || file.path.find('\0') != std::string::npos)
            refuse("the path of a variable of type file is empty, too long or holds a NUL byte");
}

} // namespace ysnp::agent
