#include "net/failure.h"
#include "runner/agent/bring_in.h"
#include "runner/agent/image.h"
#include "runner/agent/user.h"
#include "test/unit/agent/with_agent.h"
#include <cstdlib>
#include <fstream>

using namespace ysnp::agent;
using namespace ysnp::agent::test;
using ysnp::Failure;
namespace asio = boost::asio;

namespace {

std::string all(ysnp::net::BodySource& source)
{
    const auto read = [](ysnp::net::BodySource& from) -> asio::awaitable<std::string> {
        std::string bytes;
        for (;;) {
            const std::string_view piece = co_await from.next();
            if (piece.empty()) co_return bytes;
            bytes += piece;
        }
    };
    return ysnp::test::run(read(source));
}

constexpr std::string_view passwd =
    "root:x:0:0:root:/root:/bin/sh\n# comment\nbroken\napp:x:1000:1001::/home/app:/bin/sh\n"
    "numbers:x:77:78::/:\n";
constexpr std::string_view group = "root:x:0:\nstaff:x:50:app\nwheel:x:10:\n";

} // namespace

TEST_CASE("the agent is one small static program")
{
    const auto image = agent_image();
    REQUIRE(image.size() > 4);
    CHECK(image.size() < 1u << 20);
    CHECK(std::string_view(reinterpret_cast<const char*>(image.data()), 4) == "\x7f"
                                                                              "ELF");
    // No program interpreter: nothing of the image's libc is needed (PT_INTERP, elf(5)).
    CHECK(std::string_view(reinterpret_cast<const char*>(image.data()), image.size()).find("/ld-") ==
          std::string_view::npos);
}

TEST_CASE("one archive brings the agent and the project's folders")
{
    const auto folders = folders_to("/builds/group/project", "/builds", 1000, 1001);
    const auto source = bring_in_archive(folders);
    const auto size = source->size();
    const std::string bytes = all(*source);
    CHECK(size == bytes.size());
    CHECK(bytes.size() % 512 == 0);
    const ysnp::test::TempDir dir;
    std::ofstream(dir / "a.tar", std::ios::binary) << bytes;
    const std::string list = (dir / "list").string();
    REQUIRE(
        std::system(("tar --numeric-owner -tvf " + (dir / "a.tar").string() + " | awk '{print $1, $2, $NF}' > " + list)
                        .c_str()) == 0);
    std::ifstream in(list);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    CHECK(text == "drwxrwxrwx 1000/1001 builds/\ndrwxrwxrwx 1000/1001 builds/group/\n"
                  "drwxrwxrwx 1000/1001 builds/group/project/\ndrwxr-xr-x 0/0 .ysnp/\n-r-xr-xr-x 0/0 .ysnp/agent\n");
    REQUIRE(std::system(("tar -C " + dir.path().string() + " -xf " + (dir / "a.tar").string()).c_str()) == 0);
    std::ifstream agent(dir / ".ysnp/agent", std::ios::binary);
    const std::string program((std::istreambuf_iterator<char>(agent)), {});
    CHECK(program == std::string(reinterpret_cast<const char*>(agent_image().data()), agent_image().size()));
}

TEST_CASE("only a path that stays in the container is brought in")
{
    CHECK_THROWS_WITH_CODE(folders_to("/builds/../etc", "/builds", 0, 0), Failure::invalid, "holds \"..\"");
    CHECK_THROWS_WITH_CODE(folders_to("/other/x", "/builds", 0, 0), Failure::invalid, "not below /builds");
    CHECK_THROWS_WITH_CODE(folders_to("/buildsx", "/builds", 0, 0), Failure::invalid, "not below /builds");
    CHECK_THROWS_WITH_CODE(bring_in_archive({}, "agent"), Failure::invalid, "not an absolute path");
    CHECK_THROWS_WITH_CODE(bring_in_archive({{"/", 0, 0, 0777}}), Failure::invalid, "root of the container");
    CHECK(folders_to("/builds", "/builds", 0, 0).size() == 1);
}

TEST_CASE("the image's user becomes numbers as the Engine makes them")
{
    const auto ids = [](std::string_view user) {
        const NumericUser found = resolve_user(user, passwd, group);
        return std::to_string(found.uid) + ":" + std::to_string(found.gid);
    };
    CHECK(ids("") == "0:0");
    CHECK(ids("root") == "0:0");
    CHECK(ids("app") == "1000:1001");
    CHECK(ids("1000") == "1000:1001");
    CHECK(ids("1000:1000") == "1000:1000");
    CHECK(ids("app:staff") == "1000:50");
    CHECK(ids("app:10") == "1000:10");
    CHECK(ids("4711") == "4711:0");
    CHECK(ids(":staff") == "0:50");
    for (const char* known : {"", "root", "0", "1000:1000"}) CHECK(is_numeric(known));
    for (const char* unknown : {"app", "1000", "1000:app", "app:1000", "1000:"}) CHECK_FALSE(is_numeric(unknown));
    CHECK_THROWS_WITH_CODE(resolve_user("nobody", passwd, group), Failure::invalid, "no user \"nobody\"");
    CHECK_THROWS_WITH_CODE(resolve_user("app:nogroup", passwd, group), Failure::invalid, "no group \"nogroup\"");
    CHECK_THROWS_WITH_CODE(resolve_user("99999999999", passwd, group), Failure::invalid, "no user");
    CHECK(resolve_user("1000", "", "").gid == 0);
}
