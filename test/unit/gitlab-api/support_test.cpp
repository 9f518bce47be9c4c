#include "gitlab-api/decode.h"
#include "gitlab-api/support.h"
#include "sample.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::gitlab;
using ysnp::test::echo_with;
using ysnp::test::sample;

namespace {

std::string fields(const std::string& payload)
{
    std::string names;
    for (const auto& each : unsupported(decode(payload))) {
        CHECK(each.why.size() > 20);
        names += (names.empty() ? "" : " ") + each.field;
    }
    return names;
}

std::string variable(std::string_view key, std::string_view value)
{
    return R"([{"key":")" + std::string(key) + R"(","value":")" + std::string(value) + R"(","public":true}])";
}

} // namespace

TEST_CASE("a plain job needs nothing that we do not do") { CHECK(fields(sample("payload-echo")).empty()); }

TEST_CASE("all that the full job needs and we do not do is named at once [AC-P13]")
{
    CHECK(fields(sample("payload-full")) ==
          "inputs secrets services artifacts[0] artifacts[1] artifacts[2] artifacts[3] "
          "artifacts[4] cache[0] cache[1] dependencies[0] "
          "variables.GIT_SUBMODULE_STRATEGY");
}

TEST_CASE("CI steps are refused, as `run` or as a variable [PAY-04] [PAY-05] [PAY-06] [AC-P10]")
{
    CHECK(fields(sample("payload-run-steps")) == "run artifacts[0]");
    CHECK(fields(echo_with("/run", "\"[]\"")) == "run"); // beside a script
    CHECK(fields(echo_with("/variables", variable("STEPS", "[]"))) == "variables.STEPS");
    CHECK(fields(echo_with("/variables", variable("STEPS", ""))).empty());
}

TEST_CASE("unknown executor options name what is supported [PAY-08] [PAY-09]")
{
    const auto job = decode(echo_with("/image", R"({"name":"a","executor_opts":{"docker":{"foobar":1}}})"));
    const auto found = unsupported(job);
    REQUIRE(found.size() == 1);
    CHECK(found[0].field == "image.executor_opts.docker.foobar");
    CHECK(found[0].why.find("docker.platform") != std::string::npos);
    CHECK(found[0].why.find("docker.user") != std::string::npos);
    CHECK(unsupported_exit_code == 3);
}

TEST_CASE("submodules and SHA-256 repositories are named, and `none` is no submodule")
{
    CHECK(fields(echo_with("/variables", variable("GIT_SUBMODULE_STRATEGY", "recursive"))) ==
          "variables.GIT_SUBMODULE_STRATEGY");
    CHECK(fields(echo_with("/variables", variable("GIT_SUBMODULE_STRATEGY", "none"))).empty());
    for (const char* strategy : {"none", "empty"}) // nothing is fetched that could have submodules
        CHECK(fields(echo_with("/variables", R"([{"key":"GIT_SUBMODULE_STRATEGY","value":"recursive","public":true},
                                                 {"key":"GIT_STRATEGY","value":")" +
                                                 std::string(strategy) + R"(","public":true}])"))
                  .empty());
    CHECK(fields(echo_with("/git_info/repo_object_format", "\"sha256\"")) == "git_info.repo_object_format");
}

TEST_CASE(
    "secret servers and suspended environments that a payload describes are never used [AC-P17] [AC-P18] [PAY-26]")
{
    CHECK(fields(echo_with("/secrets", R"({"A":{"vault":{"server":{"url":"http://10.0.0.1"}}}})")) == "secrets");
    CHECK(fields(echo_with("/suspend_options", R"({"runtime_environment_key":"other-job"})")) == "suspend_options");
    CHECK(fields(echo_with("/suspend_options", "{}")).empty());
    CHECK(fields(echo_with("/inputs", R"([{"key":"n","value":{"type":"string","content":"x","sensitive":true}}])")) ==
          "inputs");
}

TEST_CASE("caches without paths and artifacts without files need nothing")
{
    CHECK(fields(echo_with("/cache", R"([{"key":"k","paths":[]}])")).empty());
    CHECK(fields(echo_with("/artifacts", R"([{"name":"a"}])")).empty());
    CHECK(fields(echo_with("/dependencies", R"([{"id":1,"token":"t"}])")).empty());
    CHECK(fields(echo_with("/artifacts", R"([{"untracked":true}])")) == "artifacts[0]");
}
