#include "net/failure.h"
#include "runner/state/version_file.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>
#include <system_error>

namespace ysnp::state {

TEST_CASE("the highest version of a document is remembered over restarts, each place by itself")
{
    const test::TempDir folder;
    const auto path = folder / "versions.db";
    {
        VersionFile file(path);
        CHECK(file.look("here", {{"a", 3}, {"b", 0}}).empty());
        CHECK(file.look("here", {{"a", 5}}).empty());
    }
    VersionFile file(path);
    const auto older = file.look("here", {{"a", 4}, {"b", 1}});
    REQUIRE(older.size() == 1);
    CHECK(older[0].path == "a");
    CHECK(older[0].version == 5);
    CHECK(file.all("here").size() == 1);              // nothing of a wave with an older document is remembered
    CHECK(file.look("here", {{"a", 0}}).size() == 1); // nor may it vanish
    CHECK(file.look("elsewhere", {{"a", 1}}).empty());
    CHECK(file.look("here", {{"a", 5}}).empty());
}

TEST_CASE("what was seen can be forgotten by a second process, once")
{
    const test::TempDir folder;
    VersionFile service(folder / "versions.db"), command(folder / "versions.db");
    service.look("here", {{"a", 5}});
    CHECK(command.forget("here", "a"));
    CHECK_FALSE(command.forget("here", "a"));
    CHECK(service.look("here", {{"a", 2}}).empty());
    CHECK(service.look("here", {{"a", 1}}).size() == 1);
}

TEST_CASE("versions that others could have written are not believed")
{
    const test::TempDir folder;
    {
        VersionFile file(folder / "versions.db");
    }
    ::chmod((folder / "versions.db").c_str(), 0666);
    try {
        VersionFile file(folder / "versions.db");
        FAIL("it was opened");
    } catch (const std::system_error& error) {
        CHECK(error.code() == Failure::untrusted);
    }
}

} // namespace ysnp::state
