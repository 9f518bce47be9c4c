#include "conf/changes.h"
#include "loading.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::test;

namespace {

conf::Changes between(const std::string& before, const std::string& after)
{
    auto old = loaded(before), fresh = loaded(after);
    REQUIRE(old.config);
    REQUIRE(fresh.config);
    return conf::difference(*old.config, *fresh.config);
}

} // namespace

TEST_CASE("layout and comments are no change")
{
    CHECK(between("concurrent: 2\n" + with_runner("    limit: 1\n"),
                  "# a comment\n" + with_runner("    limit: 1\n") + "concurrent: 2\n")
              .empty());
}

TEST_CASE("a reload names the runners that came, went and changed [ROT-13]")
{
    const std::string two =
        "  - name: two\n    url: https://gitlab.example.com\n    token: glrt-bbbbbbbbbbbbbbbbbbbb\n";
    CHECK(between(with_runner(""), with_runner("") + two).added == std::vector<std::string>{"two"});
    CHECK(between(with_runner("") + two, with_runner("")).removed == std::vector<std::string>{"two"});
    CHECK(between(with_runner(""), with_runner("    docker: { image: busybox }\n")).changed ==
          std::vector<std::string>{"one"});
}

TEST_CASE("what applies at once and what needs a restart are told apart")
{
    const auto changes = between(
        "concurrent: 1\n", "concurrent: 2\nlog: { level: debug }\nstate_dir: /srv/y\ngate: { v1_scratch: true }\n");
    CHECK(changes.settings == std::vector<std::string>{"concurrent", "log.level", "gate"});
    CHECK(changes.need_restart == std::vector<std::string>{"state_dir"});
    CHECK(changes.to_string() == "changed: concurrent, log.level, gate; needs a restart: state_dir");
    CHECK(between("", "").to_string() == "nothing changed");
}

TEST_CASE("what needs a restart stays what it is, so that taking the change back is no change")
{
    auto running = loaded("state_dir: /srv/x\n"),
         fresh = loaded("concurrent: 9\nstate_dir: /srv/y\nlog: { format: json }\n"),
         restored = loaded("concurrent: 9\nstate_dir: /srv/x\n");
    REQUIRE((running.config && fresh.config && restored.config));
    conf::keep_until_restart(*running.config, *fresh.config);
    CHECK(fresh.config->concurrent == 9);
    CHECK(conf::difference(*fresh.config, *restored.config).to_string() == "nothing changed");
}
