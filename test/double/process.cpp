#include "test/double/process.h"
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::test {

namespace {

[[noreturn]] void fail(int code, const char* what) { throw std::system_error(code, std::generic_category(), what); }

struct Pipe {
    int read_end = -1, write_end = -1;
    Pipe()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "pipe2");
        read_end = ends[0];
        write_end = ends[1];
    }
};

std::vector<char*> pointers(const std::vector<std::string>& texts)
{
    std::vector<char*> out;
    for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str())); // posix_spawn does not write
    out.push_back(nullptr);
    return out;
}

pid_t spawn(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, int input,
            int output, int error)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    if (error >= 0) posix_spawn_file_actions_adddup2(&actions, error, 2);
    pid_t pid = -1;
    const int code = ::posix_spawnp(&pid, arguments.front().c_str(), &actions, nullptr, pointers(arguments).data(),
                                    pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0) fail(code, arguments.front().c_str());
    return pid;
}

std::string slurp(int descriptor)
{
    std::string out;
    std::array<char, 4096> bytes{};
    for (ssize_t size = 1; size > 0;) {
        size = ::read(descriptor, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR)
            size = 1;
        else if (size > 0)
            out.append(bytes.data(), static_cast<std::size_t>(size));
    }
    ::close(descriptor);
    return out;
}

std::vector<std::string> clean_git_environment()
{
    const char* path = ::getenv("PATH");
    return {std::string("PATH=") + (path ? path : "/usr/bin:/bin"),
            "HOME=/nonexistent",
            "GIT_TERMINAL_PROMPT=0",
            "LC_ALL=C",
            "GIT_CONFIG_NOSYSTEM=1",
            "GIT_AUTHOR_NAME=Ada Example",
            "GIT_AUTHOR_EMAIL=ada@example.test",
            "GIT_COMMITTER_NAME=Ada Example",
            "GIT_COMMITTER_EMAIL=ada@example.test",
            "GIT_CONFIG_COUNT=3",
            "GIT_CONFIG_KEY_0=safe.directory",
            "GIT_CONFIG_VALUE_0=*",
            "GIT_CONFIG_KEY_1=init.defaultBranch",
            "GIT_CONFIG_VALUE_1=main",
            "GIT_CONFIG_KEY_2=protocol.file.allow",
            "GIT_CONFIG_VALUE_2=always"};
}

} // namespace

Process::Process(boost::asio::any_io_executor executor, const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment)
    : input_(executor), output_(executor)
{
    const Pipe in, out;
    pid_ = spawn(arguments, environment, in.read_end, out.write_end, -1);
    ::close(in.read_end);
    ::close(out.write_end);
    input_.assign(in.write_end);
    output_.assign(out.read_end);
}

Process::~Process()
{
    boost::system::error_code ignored;
    input_.close(ignored);
    output_.close(ignored);
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::string git(const std::filesystem::path& directory, const std::vector<std::string>& arguments)
{
    std::vector<std::string> all{"git", "-C", directory.string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Pipe out;
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const pid_t pid = spawn(all, clean_git_environment(), null, out.write_end, out.write_end);
    ::close(out.write_end);
    ::close(null);
    std::string text = slurp(out.read_end);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!text.empty() && text.back() == '\n') text.pop_back();
    if (status != 0) throw std::runtime_error("git " + arguments.front() + ": " + text);
    return text;
}

} // namespace ysnp::test
