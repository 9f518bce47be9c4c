#include "loading.h"
#include "test/double/run.h"
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <regex>
#include <sys/wait.h>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::filesystem::path dist = std::filesystem::path(YSNP_SOURCE_DIR) / "conf/dist";

std::string text_of(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    REQUIRE(stream);
    return {std::istreambuf_iterator<char>(stream), {}};
}

struct Ran {
    int code;
    std::string output;
};

Ran run_shell(const std::string& command)
{
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    REQUIRE(pipe);
    std::string output;
    std::array<char, 4096> buffer;
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), count);
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

bool has(const std::string& program) { return run_shell("command -v " + program).code == 0; }

/// The unit as it would stand on a host where the program is installed.
std::filesystem::path unit_for_check(const TempDir& folder)
{
    std::string text = text_of(dist / "ysnprunner.service");
    const std::string start = "ExecStart=/usr/bin/ysnprunner run";
    REQUIRE(text.find(start) != std::string::npos);
    text.replace(text.find(start), start.size(), "ExecStart=/bin/sleep 1"); // any program that exists here
    const std::string manual = "Documentation=man:ysnprunner(1)\n";
    REQUIRE(text.find(manual) != std::string::npos);
    text.erase(text.find(manual), manual.size()); // not installed where this test runs
    std::ofstream(folder / "ysnprunner.service") << text;
    return folder / "ysnprunner.service";
}

} // namespace

TEST_CASE("the example configuration loads, and only its blank token is worth a word")
{
    const std::string text = text_of(dist / "config.example.yml");
    const auto result = loaded(text);
    INFO(conf::to_string(result.problems));
    REQUIRE(result.config);
    REQUIRE(result.problems.size() == 1);
    CHECK_THAT(result.problems[0].message, ContainsSubstring("is blank"));
    CHECK(result.config->gate.mode == conf::GateMode::enforce);
    CHECK(result.config->runners.size() == 1);
}

TEST_CASE("what the example shows in comments loads too")
{
    const std::string text = text_of(dist / "config.example.yml");
    const std::regex commented_key("\n( +)# ( *[a-z_]+:)(?=[ \n])");
    const std::string shown = std::regex_replace(text, commented_key, "\n$1$2");
    REQUIRE(shown != text);
    const auto result = loaded(shown);
    INFO(conf::to_string(result.problems));
    REQUIRE(result.config);
    CHECK(result.config->gate.vault.mount == "cicd");
    CHECK(result.config->runners[0].prepare_timeout == std::chrono::minutes(10));
}

TEST_CASE("the example shows every key that the configuration has")
{
    const std::string example = text_of(dist / "config.example.yml");
    const std::regex reading("[a-z]+\\.(?:read|read_number|read_word|child|children)\\(\"([a-z0-9_]+)\"");
    int keys = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(YSNP_SOURCE_DIR) / "conf")) {
        if (!entry.path().string().ends_with("section.cpp") && entry.path().filename() != "load.cpp") continue;
        const std::string code = text_of(entry.path());
        for (std::sregex_iterator at(code.begin(), code.end(), reading), end; at != end; ++at, ++keys) {
            INFO(entry.path() << ": " << (*at)[1]);
            CHECK(std::regex_search(example, std::regex("[ {\n]" + (*at)[1].str() + ":[ \n]")));
        }
    }
    CHECK(keys > 90);
}

TEST_CASE("systemd finds nothing wrong with the unit, and little exposed")
{
    if (!has("systemd-analyze")) SKIP("systemd-analyze is not installed");
    TempDir folder;
    const auto unit = unit_for_check(folder);
    const Ran verified = run_shell("systemd-analyze verify " + unit.string());
    CHECK(verified.code == 0);
    CHECK(verified.output == "");
    const Ran security = run_shell("systemd-analyze security --offline=yes --threshold=15 " + unit.string());
    INFO(security.output);
    CHECK(security.code == 0); // exposure of at most 1.5
    CHECK_THAT(security.output, ContainsSubstring("Overall exposure level"));
}

TEST_CASE("the unit drains on stop, keeps its runtime folder over a restart and filters no address")
{
    const std::string text = text_of(dist / "ysnprunner.service");
    for (const char* line : {"User=ysnprunner\n", "KillSignal=SIGQUIT\n", "KillMode=mixed\n", "Type=notify\n",
                             "LimitCORE=0\n", "RuntimeDirectoryPreserve=restart\n",
                             "LoadCredential=tokens:/etc/ysnprunner/tokens\n", "NoNewPrivileges=yes\n"})
        CHECK_THAT(text, ContainsSubstring(line));
    CHECK_THAT(text, !ContainsSubstring("\nIPAddress"));
}

TEST_CASE("an installed unit starts the program from where it was installed")
{
    TempDir folder;
    std::ofstream(folder / "CMakeLists.txt") << "cmake_minimum_required(VERSION 3.25)\nproject(dist NONE)\n"
                                             << "include(" << (dist / "install.cmake").string() << ")\n";
    const std::string build = (folder / "build").string();
    const Ran made = run_shell("cmake -Wno-dev -S " + folder.path().string() + " -B " + build);
    INFO(made.output);
    REQUIRE(made.code == 0);
    for (const std::string prefix : {"/usr", "/opt/ysnp"}) {
        const Ran installed = run_shell("DESTDIR=" + (folder / "root").string() + " cmake --install " + build +
                                        " --component ysnprunner --prefix " + prefix);
        INFO(installed.output);
        REQUIRE(installed.code == 0);
        const std::string unit = text_of(folder / "root" / prefix.substr(1) / "lib/systemd/system/ysnprunner.service");
        CHECK_THAT(unit, ContainsSubstring("\nExecStart=" + prefix + "/bin/ysnprunner run "));
        CHECK_THAT(unit, ContainsSubstring("\nExecPaths=" + prefix + "/bin/ysnprunner "));
        CHECK_THAT(unit, ContainsSubstring("SystemCallFilter=~@privileged"));
    }
}

TEST_CASE("the man page is clean roff")
{
    if (!has("groff")) SKIP("groff is not installed");
    const Ran ran = run_shell("groff -man -ww -z " + (dist / "ysnprunner.1").string());
    CHECK(ran.code == 0);
    CHECK(ran.output == "");
}

TEST_CASE("sysusers and tmpfiles are what their programs accept")
{
    if (!has("systemd-sysusers") || !has("systemd-tmpfiles")) SKIP("systemd is not installed");
    TempDir root;
    std::filesystem::create_directories(root / "etc");
    const Ran users =
        run_shell("systemd-sysusers --root=" + root.path().string() + " " + (dist / "ysnprunner.sysusers").string());
    INFO(users.output);
    CHECK(users.code == 0);
    CHECK_THAT(text_of(root / "etc/passwd"),
               ContainsSubstring("ysnprunner:") && ContainsSubstring("/usr/sbin/nologin"));
    const Ran files = run_shell("systemd-tmpfiles --create --root=" + root.path().string() + " " +
                                (dist / "ysnprunner.tmpfiles").string());
    INFO(files.output);
    CHECK(std::filesystem::is_directory(root / "etc/ysnprunner/runners.d"));
}
