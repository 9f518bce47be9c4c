#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ysnp::test {

/// The ysnprunner under test: $YSNP_PROGRAM, else build/ysnprunner of this source tree.
std::filesystem::path program();

struct Finished {
    int exit_code = 0; ///< 128 + signal where a signal ended it
    std::string out, err;
};
/// Runs the program to its end. `environment` is all that it gets besides PATH and HOME.
Finished run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {},
                     const std::filesystem::path& directory = "/");

/// Runs a script in sh; what it prints to standard output.
Finished in_shell(const std::string& script);

/// `ysnprunner run` in the background, its log in a file. Killed and reaped with the object.
class Daemon {
public:
    Daemon(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
           std::filesystem::path log);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;
    /// Waits for its end and gives the exit code as in Finished; throws when it does not end in time.
    int wait(std::chrono::seconds limit);
    bool running();
    std::string log() const;
    /// Waits until the log holds the text; says whether it does.
    bool says(const std::string& text, std::chrono::seconds limit) const;

private:
    pid_t pid_ = -1;
    int status_ = 0;
    bool reaped_ = false;
    std::filesystem::path log_;
};

std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text, unsigned mode = 0600);

} // namespace ysnp::test
