#include "fixture.h"
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>

using namespace ysnp::git::testing;
namespace fs = std::filesystem;

TEST_CASE("configuration of the host does not reach the worker [AC-R21]")
{
    Project project;
    project.write("file", "content");
    const std::string sha = project.commit("one");
    Bench bench(project);
    const fs::path marker = bench.dir() / "ran";
    const fs::path home = bench.dir() / "home";
    fs::create_directories(home);
    std::ofstream(home / ".gitconfig") << "[core]\n\tfsmonitor = touch " << marker.string()
                                       << "\n\thooksPath = " << home.string()
                                       << "\n[url \"http://127.0.0.1:1/\"]\n\tinsteadOf = " << bench.gitlab().url()
                                       << "/\n";
    std::ofstream(home / "post-checkout") << "#!/bin/sh\ntouch " << marker.string() << "\n";
    fs::permissions(home / "post-checkout", fs::perms::owner_all);
    const std::string old = ::getenv("HOME") ? ::getenv("HOME") : "";
    ::setenv("HOME", home.c_str(), 1);
    ::setenv("GIT_TEMPLATE_DIR", home.c_str(), 1);
    const Outcome outcome = bench.fetch(sha);
    ::setenv("HOME", old.c_str(), 1);
    ::unsetenv("GIT_TEMPLATE_DIR");
    REQUIRE(outcome.result.ok());
    CHECK_FALSE(fs::exists(marker));
    CHECK(fs::is_empty(bench.unpack(outcome) / ".git/hooks"));
}
