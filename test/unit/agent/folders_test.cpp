#include "test/unit/agent/with_agent.h"
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace ysnp::agent;
using namespace ysnp::agent::test;
using ysnp::in;
namespace fs = std::filesystem;
using std::chrono::seconds;

TEST_CASE("directories are made and trees removed without following links")
{
    WithAgent agent;
    const fs::path base = agent.process.scratch();
    const auto make = [&](fs::path path, unsigned mode) {
        return agent.drive(agent.session->make_directory(path.string(), mode, in(seconds(10))));
    };
    const auto remove = [&](fs::path path, Session::Remove what) {
        return agent.drive(agent.session->remove(path.string(), what, in(seconds(10))));
    };
    REQUIRE(make(base / "a/b/c", 0777).ok());
    CHECK(mode_of(base / "a/b/c") == 0777);
    CHECK(make(base / "a/b/c", 0777).ok());
    std::ofstream(base / "file") << "x";
    CHECK(make(base / "file/x", 0777).error == ENOTDIR);
    fs::create_directory(base / "keep");
    std::ofstream(base / "keep/me") << "x";
    fs::create_directory_symlink(base / "keep", base / "a/b/link");
    CHECK(remove(base / "a", Session::Remove::contents).ok());
    CHECK(fs::is_empty(base / "a"));
    CHECK(remove(base / "a", Session::Remove::all).ok());
    CHECK_FALSE(fs::exists(base / "a"));
    CHECK(remove(base / "a", Session::Remove::all).ok());
    CHECK(remove(base / "file", Session::Remove::all).ok());
    CHECK(fs::exists(base / "keep/me"));
    fs::create_directory_symlink(base / "keep", base / "link");
    CHECK(remove(base / "link", Session::Remove::all).ok());
    CHECK_FALSE(fs::is_symlink(base / "link"));
    CHECK(fs::exists(base / "keep/me"));
}

TEST_CASE("a tree deeper than any path and without permissions is removed by its user [AC-C22]")
{
    WithAgent agent(AgentProcess::Options{.uid = 1000});
    const fs::path deep = agent.process.scratch() / "deep";
    const std::string name(200, 'd');
    int at = ::open(agent.process.scratch().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int depth = 0; depth < 60; ++depth) {
        const std::string folder_name = depth == 0 ? "deep" : name;
        REQUIRE(mkdirat(at, folder_name.c_str(), 0700) == 0);
        const int next = openat(at, folder_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ::close(at);
        at = next;
        ::close(openat(at, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        REQUIRE(fchown(at, 1000, 1000) == 0);
        REQUIRE(fchmod(at, depth % 3 == 0 ? 0 : 0500) == 0);
    }
    ::close(at);
    const FileResult removed = agent.drive(agent.session->remove(deep.string(), Session::Remove::all, in(seconds(10))));
    INFO(removed.message());
    CHECK(removed.ok());
    CHECK_FALSE(fs::exists(deep));
}
