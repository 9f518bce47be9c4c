#include "test/integration/gitlab/secrets.h"
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ysnp::test {
namespace {

namespace fs = std::filesystem;

/// Whether `pid` is `of` or one of its descendants.
bool belongs(int pid, pid_t of)
{
    while (pid > 1 && pid != of) {
        std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
        std::string line;
        std::getline(in, line);
        const auto name_end = line.rfind(')');
        if (name_end == std::string::npos) return false;
        std::istringstream rest(line.substr(name_end + 1));
        std::string state;
        rest >> state >> pid;
    }
    return pid == of;
}

} // namespace

std::string found_in(const std::string& text, const std::vector<std::string>& secrets)
{
    std::string found;
    for (const std::string& secret : secrets) {
        if (text.find(secret) != std::string::npos) found += (found.empty() ? "" : ", ") + secret;
    }
    return found;
}

int check_processes(pid_t runner, const std::vector<std::string>& secrets)
{
    int ours = 0;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        INFO(name);
        CHECK(found_in(read_text(entry.path() / "cmdline"), secrets) == "");
        if (!belongs(std::stoi(name), runner)) continue;
        ++ours;
        CHECK(found_in(read_text(entry.path() / "environ"), secrets) == "");
    }
    return ours;
}

void check_silence(World& world, const FakeJob& job, std::vector<std::string> more)
{
    more.push_back(world.gitlab().runner_tokens().front());
    more.push_back(job.token);
    CHECK(found_in(job.trace, more) == "");
    CHECK(found_in(world.runner().log(), more) == "");
    CHECK(found_in(read_text(world.audit()), more) == "");
    CHECK(check_processes(world.runner().pid(), more) >= 1);
}

} // namespace ysnp::test
