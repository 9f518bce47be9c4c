#include "conf/secret_file.h"
#include "conf/token_state.h"
#include "conf/write_file.h"
#include "loading.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <sys/stat.h>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

namespace {

void put(const std::filesystem::path& file, const std::string& text, mode_t mode = 0640)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
}

std::string runner_text(const std::string& name, const std::string& token)
{
    return "name: " + name + "\nurl: https://gitlab.example.com\n" + token + "\n";
}

} // namespace

TEST_CASE("files of runners.d hold one runner each, in the order of their names")
{
    TempDir folder;
    put(folder / "config.yml", "concurrent: 2\nstate_dir: " + (folder / "state").string() + "\n");
    put(folder / "runners.d/b.yml", runner_text("bee", "token: glrt-bbbbbbbbbbbbbbbbbbbb"));
    put(folder / "runners.d/a.yml", runner_text("ay", "token: glrt-aaaaaaaaaaaaaaaaaaaa"));
    put(folder / "runners.d/ignored.txt", "not read");
    const auto result = conf::load(folder / "config.yml", environment());
    INFO(conf::to_string(result.problems));
    REQUIRE(result.config);
    REQUIRE(result.config->runners.size() == 2);
    CHECK(result.config->runners[0].name == "ay");
    CHECK(result.config->runners[1].name == "bee");
    CHECK(result.config->files.size() == 3);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2); // loading wrote nothing
}

TEST_CASE("a mistake in a file of runners.d names that file")
{
    TempDir folder;
    put(folder / "config.yml", "");
    put(folder / "runners.d/a.yml", runner_text("ay", "token: glrt-aaaaaaaaaaaaaaaaaaaa") + "limit: many\n");
    put(folder / "runners.d/b.yml", "- name: list\n");
    const std::string text = conf::to_string(conf::load(folder / "config.yml", environment()).problems);
    CHECK_THAT(text, ContainsSubstring("runners.d/a.yml:4:8: limit: expected a whole number"));
    CHECK_THAT(text, ContainsSubstring("runners.d/b.yml:1:1: expected the keys of one runner"));
}

TEST_CASE("a file that is not there is named")
{
    CHECK_THAT(conf::to_string(conf::load("/nonexistent/config.yml", environment()).problems),
               ContainsSubstring("/nonexistent/config.yml: No such file or directory"));
}

TEST_CASE("a configuration that others can write is refused [AC-H01]")
{
    TempDir folder;
    put(folder / "config.yml", "concurrent: 2\n", 0666);
    CHECK_THAT(conf::to_string(conf::load(folder / "config.yml", environment()).problems),
               ContainsSubstring("its group or others may write it; chmod go-w it"));
}

TEST_CASE("a token in a file that others can read is refused [AC-H02]")
{
    TempDir folder;
    put(folder / "config.yml", "", 0644);
    put(folder / "runners.d/a.yml", runner_text("ay", "token: glrt-aaaaaaaaaaaaaaaaaaaa"), 0644);
    put(folder / "runners.d/b.yml", runner_text("bee", "token_file: " + (folder / "token").string()), 0644);
    put(folder / "token", "glrt-bbbbbbbbbbbbbbbbbbbb\n", 0604);
    const std::string text = conf::to_string(conf::load(folder / "config.yml", environment()).problems);
    CHECK_THAT(text, ContainsSubstring("token: others may read this file"));
    CHECK_THAT(text, ContainsSubstring("others may read it (mode 0604)"));
    CHECK_THAT(text, !ContainsSubstring("glrt-"));
}

TEST_CASE("a credential's file must be a plain file of ours [AC-H02] [AC-H14]")
{
    TempDir folder;
    put(folder / "good", "  glrt-x \n", 0600);
    CHECK(conf::read_secret_file(folder / "good", environment(), 0).value->reveal() == "  glrt-x");
    std::filesystem::create_symlink(folder / "good", folder / "link");
    CHECK_THAT(conf::read_secret_file(folder / "link", environment(), 0).error, ContainsSubstring("symbolic link"));
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK_THAT(conf::read_secret_file(folder / "fifo", environment(), 0).error,
               ContainsSubstring("not a regular file"));
    put(folder / "shared", "glrt-x\n", 0660);
    CHECK_THAT(conf::read_secret_file(folder / "shared", environment(), 0).error, ContainsSubstring("chmod go-w"));
    put(folder / "big", std::string(100'000, 'x'), 0600);
    CHECK_THAT(conf::read_secret_file(folder / "big", environment(), 0).error,
               ContainsSubstring("more than 65536 bytes"));
    put(folder / "lines", "one\ntwo\n", 0600);
    CHECK_THAT(conf::read_secret_file(folder / "lines", environment(), 0).error,
               ContainsSubstring("more than one line"));
}

TEST_CASE("what systemd passes as a credential stands in for a file that we cannot read")
{
    TempDir folder;
    put(folder / "cred/tokens_hardened-1", "glrt-passed\n", 0440);
    put(folder / "cred/vault-secret", "other\n", 0440);
    const auto around = environment({{"CREDENTIALS_DIRECTORY", (folder / "cred").string()}});
    const auto token = conf::read_secret_file("/nonexistent/tokens/hardened-1", around, 0);
    REQUIRE(token.value);
    CHECK(token.value->reveal() == "glrt-passed");
    CHECK(conf::read_secret_file("vault-secret", around, 0).value->reveal() == "other");
    CHECK_THAT(conf::read_secret_file("nothing", around, 0).error, ContainsSubstring("no credential of this name"));
}

TEST_CASE("a rotated token wins over the one it replaced, and over no other [ROT-05]")
{
    TempDir folder;
    const Secret configured("glrt-old-old-old-old-old");
    const auto file = conf::token_state_file(folder.path(), configured);
    conf::TokenState state;
    state.id = 12;
    state.token = Secret("glrt-new-new-new-new-new");
    state.obtained_at = fixed_now();
    state.expires_at = fixed_now() + std::chrono::days(20);
    conf::save_token_state(file, state);
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);

    const std::string head =
        "state_dir: " + folder.path().string() + "\nrunners:\n  - name: one\n    url: https://gitlab.example.com\n";
    const auto rotated = loaded(head + "    token: glrt-old-old-old-old-old\n");
    REQUIRE(rotated.config);
    CHECK(rotated.config->runners[0].token.reveal() == "glrt-new-new-new-new-new");
    CHECK(rotated.config->runners[0].id == 12);
    CHECK(rotated.config->runners[0].token_expires_at == fixed_now() + std::chrono::days(20));
    CHECK(rotated.config->runners[0].token_state == file);
    const auto fresh = loaded(head + "    token: glrt-registered-again\n");
    REQUIRE(fresh.config);
    CHECK(fresh.config->runners[0].token.reveal() == "glrt-registered-again");

    put(file, "token: [", 0600);
    CHECK_THAT(findings(head + "    token: glrt-old-old-old-old-old\n"), ContainsSubstring(file.string()));
    conf::remove_token_state(file);
    CHECK_FALSE(conf::load_token_state(file));
}

TEST_CASE("writing replaces a file in one step and leaves nothing beside it")
{
    TempDir folder;
    conf::write_file(folder / "x.yml", "first", conf::Readers::owner);
    conf::write_file(folder / "x.yml", "second", conf::Readers::owner);
    std::string text;
    std::ifstream(folder / "x.yml") >> text;
    CHECK(text == "second");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
    CHECK_THROWS(conf::write_file(folder / "nowhere/x.yml", "text", conf::Readers::owner));
}

TEST_CASE("without -c the user's configuration comes before the system's")
{
    TempDir home;
    const auto around = environment({{"HOME", home.path().string()}});
    CHECK(conf::find_config(around) != home / ".config/ysnprunner/config.yml");
    put(home / ".config/ysnprunner/config.yml", "concurrent: 2\n");
    CHECK(conf::find_config(around) == home / ".config/ysnprunner/config.yml");
    const auto result = conf::load(*conf::find_config(around), around);
    REQUIRE(result.config);
    CHECK(result.config->state_dir == home / ".local/state/ysnprunner");
    CHECK(result.config->gate.file_path == home / ".config/ysnprunner/policy");
    // a file that is about to be written has the places that it will have
    CHECK(conf::defaults(around, "/etc/ysnprunner/config.yml").state_dir == "/var/lib/ysnprunner");
    CHECK(conf::defaults(around).state_dir == home / ".local/state/ysnprunner");
}
