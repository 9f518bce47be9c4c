#include "net/failure.h"
#include "net/url.h"
#include "runner/git/job_environment.h"
#include "runner/git/settings.h"
#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace ysnp;
using namespace ysnp::git;

namespace {

Settings parsed(const std::map<std::string, std::string>& variables, FetchAllowed allowed = FetchAllowed::yes)
{
    return parse_settings(
        [&](std::string_view name) -> std::optional<std::string> {
            const auto found = variables.find(std::string(name));
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        },
        allowed);
}

} // namespace

TEST_CASE("without variables the payload decides between fetch and clone")
{
    CHECK(parsed({}).strategy == Strategy::fetch);
    CHECK(parsed({}, FetchAllowed::no).strategy == Strategy::clone);
    const Settings settings = parsed({});
    CHECK(settings.checkout == Checkout::yes);
    CHECK(settings.clean_flags == std::vector<std::string>{"-ffdx"});
    CHECK(settings.get_sources_attempts == 1);
    CHECK(settings.warnings.empty());
    CHECK(settings.unsupported.empty());
    CHECK_FALSE(settings.clone_path);
}

TEST_CASE("each strategy has its word, another one is a warning and the default")
{
    CHECK(parsed({{"GIT_STRATEGY", "clone"}}).strategy == Strategy::clone);
    CHECK(parsed({{"GIT_STRATEGY", "none"}}).strategy == Strategy::none);
    CHECK(parsed({{"GIT_STRATEGY", "empty"}}).strategy == Strategy::empty);
    const Settings odd = parsed({{"GIT_STRATEGY", "Fetch"}}, FetchAllowed::no);
    CHECK(odd.strategy == Strategy::clone);
    REQUIRE(odd.warnings.size() == 1);
    CHECK(odd.warnings[0].find("GIT_STRATEGY") != std::string::npos);
    CHECK(odd.warnings[0].find("\"Fetch\"") != std::string::npos);
}

TEST_CASE("booleans are Go's, others warn and keep the default")
{
    for (const char* no : {"0", "f", "F", "false", "FALSE", "False"})
        CHECK(parsed({{"GIT_CHECKOUT", no}}).checkout == Checkout::no);
    for (const char* yes : {"1", "t", "T", "true", "TRUE", "True", ""})
        CHECK(parsed({{"GIT_CHECKOUT", yes}}).checkout == Checkout::yes);
    for (const char* odd : {"yes", "on", "2", "tRUE", " true"}) {
        const Settings settings = parsed({{"GIT_CHECKOUT", odd}});
        CHECK(settings.checkout == Checkout::yes);
        CHECK(settings.warnings.size() == 1);
    }
}

TEST_CASE("attempts are clamped with a warning [JOB-188] [AC-V16]")
{
    CHECK(parsed({{"GET_SOURCES_ATTEMPTS", "3"}}).get_sources_attempts == 3);
    for (const auto& [given, taken] : std::map<std::string, int>{{"50", 10},
                                                                 {"0", 1},
                                                                 {"-4", 1},
                                                                 {"1000000000", 10},
                                                                 {"99999999999999999999", 1},
                                                                 {"three", 1},
                                                                 {"2x", 1}}) {
        const Settings settings = parsed({{"GET_SOURCES_ATTEMPTS", given}});
        CHECK(settings.get_sources_attempts == taken);
        CHECK(settings.warnings.size() == 1);
    }
}

TEST_CASE("flags are split at blanks; what cannot be honoured is named [AC-V14]")
{
    CHECK(parsed({{"GIT_CLEAN_FLAGS", "none"}}).clean_flags.empty());
    CHECK(parsed({{"GIT_CLEAN_FLAGS", " -ffdx   -e cache/ "}}).clean_flags ==
          std::vector<std::string>{"-ffdx", "-e", "cache/"});
    CHECK(parsed({{"GIT_CLEAN_FLAGS", "-ffdx --wrong"}}).unsupported.size() == 1);
    CHECK(parsed({{"GIT_FETCH_EXTRA_FLAGS", "--prune --quiet --jobs 4 -j2"}}).unsupported.empty());
    CHECK(parsed({{"GIT_FETCH_EXTRA_FLAGS", "--no-tags"}}).tags == TagFollowing::off);
    CHECK(parsed({{"GIT_FETCH_EXTRA_FLAGS", "--tags"}}).tags == TagFollowing::all);
    const Settings filter = parsed({{"GIT_FETCH_EXTRA_FLAGS", "--filter=blob:none --prune"}});
    REQUIRE(filter.unsupported.size() == 1);
    CHECK(filter.unsupported[0].find("--filter=blob:none") != std::string::npos);
}

TEST_CASE("submodule strategies are named as not supported, never ignored")
{
    CHECK(parsed({{"GIT_SUBMODULE_STRATEGY", "none"}}).unsupported.empty());
    for (const char* strategy : {"normal", "recursive", "sometimes"})
        CHECK(parsed({{"GIT_SUBMODULE_STRATEGY", strategy}}).unsupported.size() == 1);
}

TEST_CASE("GIT_CLONE_PATH stays within the builds folder [AC-V14]")
{
    CHECK(project_dir(parsed({}), "/builds", "/builds/g/p") == "/builds/g/p");
    const auto at = [](const char* path) {
        return project_dir(parsed({{"GIT_CLONE_PATH", path}}), "/builds", "/builds/g/p");
    };
    CHECK(at("/builds/go/src/x/") == "/builds/go/src/x");
    CHECK(at("/builds/a/../b") == "/builds/b");
    for (const char* bad : {"/etc", "/builds", "/builds/../etc", "/buildsx/y", "relative", "/builds/x/../.."}) try {
            at(bad);
            FAIL(bad);
        } catch (const std::system_error& error) {
            CHECK(error.code() == Failure::invalid);
            CHECK(std::string(error.what()).find("has to be within") != std::string::npos);
        }
}

TEST_CASE("the job's git reads the token when it asks, and no value holds one [AC-R27] [JOB-079] [JOB-080]")
{
    const auto environment = job_git_environment(net::parse_url("https://gitlab.example.com/g/p.git"), 3);
    REQUIRE(environment.size() == 5);
    CHECK(environment[0] == std::pair<std::string, std::string>{"GIT_CONFIG_COUNT", "5"});
    CHECK(environment[1].first == "GIT_CONFIG_KEY_3");
    CHECK(environment[3].second.starts_with("credential.https://gitlab.example.com"));
    CHECK(environment[4].second.find("$CI_JOB_TOKEN") != std::string::npos);
}
