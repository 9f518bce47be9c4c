#include "test/integration/program.h"
#include "test/double/run.h"
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace ysnp::test {
namespace {

using namespace std::chrono_literals;

struct Wiring {
    std::filesystem::path out, err, directory;
};

[[noreturn]] void become(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                         const Wiring& wiring)
{
    const int flags = O_WRONLY | O_CREAT | O_APPEND;
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(::open(wiring.out.c_str(), flags, 0600), 1);
    ::dup2(::open(wiring.err.c_str(), flags, 0600), 2);
    if (::chdir(wiring.directory.c_str()) != 0) ::_exit(126);
    std::vector<std::string> words{program().string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/nonexistent"};
    variables.insert(variables.end(), environment.begin(), environment.end());
    std::vector<char*> argv, envp;
    for (std::string& word : words) argv.push_back(word.data());
    for (std::string& variable : variables) envp.push_back(variable.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    ::execve(argv.front(), argv.data(), envp.data());
    ::_exit(127);
}

pid_t spawn(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
            const Wiring& wiring)
{
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("fork failed");
    if (child == 0) become(arguments, environment, wiring);
    return child;
}

int exit_code(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

} // namespace

std::filesystem::path program()
{
    const char* given = std::getenv("YSNP_PROGRAM");
    return given != nullptr ? std::filesystem::path(given)
                            : std::filesystem::path(YSNP_SOURCE_DIR) / "build/ysnprunner";
}

std::string read_text(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(const std::filesystem::path& file, const std::string& text, unsigned mode)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    ::chmod(file.c_str(), mode);
}

Finished run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                     const std::filesystem::path& directory)
{
    const TempDir folder;
    const Wiring wiring{folder / "out", folder / "err", directory};
    const pid_t child = spawn(arguments, environment, wiring);
    int status = 0;
    ::waitpid(child, &status, 0);
    return {exit_code(status), read_text(wiring.out), read_text(wiring.err)};
}

Daemon::Daemon(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
               std::filesystem::path log)
    : pid_(spawn(arguments, environment, {log, log, "/"})), log_(std::move(log))
{
}

Daemon::~Daemon()
{
    if (reaped_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
}

void Daemon::signal(int number) const { ::kill(pid_, number); }

bool Daemon::running()
{
    if (!reaped_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) reaped_ = true;
    return !reaped_;
}

int Daemon::wait(std::chrono::seconds limit)
{
    const auto until = std::chrono::steady_clock::now() + limit;
    while (running()) {
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error("the runner did not end in time:\n" + log());
        std::this_thread::sleep_for(10ms);
    }
    return exit_code(status_);
}

std::string Daemon::log() const { return read_text(log_); }

bool Daemon::says(const std::string& text, std::chrono::seconds limit) const
{
    const auto until = std::chrono::steady_clock::now() + limit;
    while (log().find(text) == std::string::npos) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

Finished in_shell(const std::string& script)
{
    std::FILE* const pipe = ::popen(script.c_str(), "r");
    Finished done;
    char buffer[4096];
    while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) done.out.append(buffer, count);
    done.exit_code = WEXITSTATUS(::pclose(pipe));
    return done;
}

} // namespace ysnp::test
