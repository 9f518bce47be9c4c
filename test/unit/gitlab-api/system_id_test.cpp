#include "gitlab-api/system_id.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <unistd.h>

using namespace ysnp::gitlab;
using ysnp::test::TempDir;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, std::string_view text) { std::ofstream(path) << text; }

std::string read(const fs::path& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("the id of a host is derived from its machine id [ROT-08]")
{
    TempDir folder;
    write(folder / "machine-id", "0123456789abcdef0123456789abcdef\n");
    const auto id = load_system_id(folder / "system_id", folder / "machine-id");
    CHECK(id.value == "s_ee3af03959fe");
    CHECK(id.warning.empty());
    CHECK(read(folder / "system_id") == id.value + "\n");
    CHECK((fs::status(folder / "system_id").permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("without a machine id it is random, and kept [ROT-09]")
{
    TempDir folder;
    const auto id = load_system_id(folder / "system_id", folder / "none");
    CHECK(id.value.starts_with("r_"));
    CHECK(id.value.size() == 14);
    CHECK(parse_system_id(id.value) == id.value);
    CHECK(load_system_id(folder / "system_id", folder / "none").value == id.value);
    CHECK(random_system_id() != random_system_id());
}

TEST_CASE("a kept id counts, blanks around it do not [ROT-10]")
{
    TempDir folder;
    write(folder / "system_id", "  s_c2d22f638c25\n");
    CHECK(load_system_id(folder / "system_id", folder / "none").value == "s_c2d22f638c25");
    CHECK(read(folder / "system_id") == "  s_c2d22f638c25\n");
}

TEST_CASE("what is no id is replaced [ROT-11]")
{
    for (const auto* text :
         {"0123456789", "", "s_c2d22f638c2", "x_c2d22f638c25", "s_c2d22f638c2!", "s_c2d22f638c25 s_c2d22f638c25"}) {
        TempDir folder;
        write(folder / "system_id", text);
        const auto id = load_system_id(folder / "system_id", folder / "none");
        CHECK(id.value.starts_with("r_"));
        CHECK(read(folder / "system_id") == id.value + "\n");
    }
}

TEST_CASE("a folder that cannot be written gives a warning and an id all the same [ROT-12]")
{
    TempDir folder;
    const auto id = load_system_id(folder / "no such folder" / "system_id", folder / "none");
    CHECK(id.value.starts_with("r_"));
    CHECK(id.warning.find("could not be kept") != std::string::npos);
    write(folder / "machine-id", "0123456789abcdef0123456789abcdef\n");
    const auto same = load_system_id(folder / "no such folder" / "system_id", folder / "machine-id");
    CHECK(same.value.starts_with("s_"));
    CHECK(same.warning.empty()); // before the service's first start its state folder does not exist
}

TEST_CASE("a file that cannot be read stops the start")
{
    TempDir folder;
    fs::create_directory(folder / "system_id");
    CHECK_THROWS_AS(load_system_id(folder / "system_id", folder / "none"), std::system_error);
}

TEST_CASE("an id that came with an image is told")
{
    TempDir folder;
    write(folder / "machine-id", "0123456789abcdef0123456789abcdef\n");
    write(folder / "system_id", "s_c2d22f638c25\n");
    const auto id = load_system_id(folder / "system_id", folder / "machine-id");
    CHECK(id.value == "s_c2d22f638c25");
    CHECK(id.warning.find("another machine") != std::string::npos);
}
