#include "test/unit/agent/agent_process.h"
#include "runner/agent/image.h"
#include "runner/agent/shell.h"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fcntl.h>
#include <fstream>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ysnp::agent::test {

namespace asio = boost::asio;

PipeStream::PipeStream(asio::any_io_executor executor, int read_from, int write_to)
    : in_(executor, read_from), out_(executor, write_to), buffer_(64u << 10, '\0')
{
}

asio::awaitable<std::string_view> PipeStream::read(Deadline)
{
    boost::system::error_code code;
    const std::size_t size =
        co_await in_.async_read_some(asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, code));
    if (code && code != asio::error::eof) throw std::system_error(code, "read");
    co_return std::string_view(buffer_).substr(0, size);
}

asio::awaitable<void> PipeStream::write(std::string_view bytes, Deadline)
{
    co_await asio::async_write(out_, asio::buffer(bytes), asio::use_awaitable);
}

void PipeStream::close() noexcept
{
    boost::system::error_code ignored;
    in_.close(ignored);
    out_.close(ignored);
}

namespace {

std::vector<std::string> isolation(unsigned uid)
{
    std::vector<std::string> argv{"unshare", "--pid", "--fork", "--mount-proc", "--kill-child"};
    if (geteuid() != 0) argv.insert(argv.begin() + 1, {"--user", "--map-root-user"});
    if (uid != 0) {
        const std::string id = std::to_string(uid);
        argv.insert(argv.end(), {"setpriv", "--reuid", id, "--regid", id, "--clear-groups"});
    }
    return argv;
}

std::vector<char*> pointers(std::vector<std::string>& words)
{
    std::vector<char*> result;
    for (std::string& word : words) result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

struct Pipe {
    Pipe()
    {
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category(), "pipe2");
    }
    int ends[2];
};

int spawn(std::vector<std::string> argv, std::vector<std::string> environment, int in, int out)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    auto words = pointers(argv), variables = pointers(environment);
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::system_error(error, std::system_category(), argv[0]);
    return pid;
}

void write_image(const std::filesystem::path& path)
{
    const auto image = agent_image();
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
    file.close();
    std::filesystem::permissions(path, std::filesystem::perms(0555));
}

} // namespace

AgentProcess::AgentProcess(Options options)
{
    if (!can_isolate()) SKIP("this machine lets nobody make a PID namespace");
    if (options.uid != 0 && geteuid() != 0) SKIP("only root can become another user");
    signal(SIGPIPE, SIG_IGN);
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
    std::filesystem::create_directory(scratch());
    std::filesystem::permissions(scratch(), std::filesystem::perms(0777));
    write_image(dir_ / "agent");
    Pipe in, out;
    std::vector<std::string> argv = isolation(options.uid);
    argv.push_back((dir_ / "agent").string());
    pid_ = spawn(argv, options.environment, in.ends[0], out.ends[1]);
    ::close(in.ends[0]);
    ::close(out.ends[1]);
    to_agent_ = in.ends[1];
    from_agent_ = out.ends[0];
}

AgentProcess::~AgentProcess()
{
    ::close(to_agent_); // the agent ends with its input
    ::close(from_agent_);
    if (!ended()) {
        kill(pid_, SIGKILL); // unshare takes the agent along
        join();
    }
}

std::unique_ptr<ByteStream> AgentProcess::stream(asio::any_io_executor executor)
{
    return std::make_unique<PipeStream>(executor, fcntl(from_agent_, F_DUPFD_CLOEXEC, 3),
                                        fcntl(to_agent_, F_DUPFD_CLOEXEC, 3));
}

Session AgentProcess::session(asio::any_io_executor executor) { return {executor, stream(executor)}; }

static int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

int AgentProcess::join()
{
    if (pid_ > 0) waitpid(pid_, &status_, 0);
    pid_ = -1;
    return code_of(status_);
}

bool AgentProcess::ended()
{
    if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
    return pid_ < 0;
}

int AgentProcess::outer_pid() const
{
    const std::string unshare = std::to_string(pid_);
    std::ifstream children("/proc/" + unshare + "/task/" + unshare + "/children");
    int child = 0;
    children >> child;
    return child;
}

bool can_isolate()
{
    static const bool can = [] {
        std::vector<std::string> argv = isolation(0);
        argv.push_back("true");
        const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        const int pid = spawn(argv, {"PATH=/usr/bin:/bin"}, null, null);
        ::close(null);
        int status = 0;
        waitpid(pid, &status, 0);
        return code_of(status) == 0;
    }();
    return can;
}

Stage shell_stage(std::string script)
{
    Stage stage;
    stage.argv = stage_command({}, Shell::bash);
    stage.script = std::move(script);
    return stage;
}

} // namespace ysnp::agent::test
