#include "sample.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::checks;
using sample::decide_with;
using sample::documents_for;
using sample::says;
using sample::secret;
using sample::variable;
using sample::with_config;

TEST_CASE(
    "where image alone is checked, what steers is refused, and the rest may vary [AC-V01] [AC-V05] [AC-V07] [AC-V26]")
{
    JobFacts f = sample::facts();
    const Documents d = with_config(f, R"({"name":"imageHash","options":{"abortOnFail":true}})");
    f.steps[0].script = {"anything"};
    f.variables.push_back(variable("ANY", "thing"));
    f.variables.push_back(secret("PASSWORD", "x"));
    CHECK(decide_with(d, f).allowed());
    for (const char* name : {"BASH_ENV", "LD_PRELOAD", "GIT_CONFIG_COUNT", "PATH", "npm_config_x"}) {
        JobFacts steering = f;
        steering.variables.push_back(variable(name, "x"));
        CHECK(says(decide_with(d, steering), "PAY-VAR"));
    }
    f.variables.push_back(variable("FF_ANY", "1")); // [AC-V15]
    CHECK(decide_with(d, f).allowed());
}

TEST_CASE("with the native digest any name may be used, and a free one may not steer [AC-V01] [AC-S19]")
{
    JobFacts f = sample::facts();
    f.variables.push_back(variable("LD_LIBRARY_PATH", "/opt/lib"));
    f.variables.push_back(variable("ENV", "staging"));
    f.variables.push_back(variable("CI_DEBUG_TRACE", "true"));
    CHECK(decide_with(documents_for(f), f).allowed());
    CHECK(says(decide_with(documents_for(f, {"ENV"}), f), "PAY-VAR"));
}

TEST_CASE("a secret passes once policy lists its name as free, whatever its value")
{
    JobFacts f = sample::facts();
    f.variables.push_back(secret("DB_PASSWORD", "one"));
    const Documents d = documents_for(f, {"DB_PASSWORD"});
    CHECK(decide_with(d, f).allowed());
    f.variables.back().value = "two";
    CHECK(decide_with(d, f).allowed());
    f.variables.back().file = true;
    CHECK(says(decide_with(d, f), "SCR-UNLISTED"));
}

TEST_CASE("a masked value cannot be part of an image's name")
{
    JobFacts f = sample::facts();
    f.image->name = "$SECRET_IMAGE";
    f.variables.push_back(secret("SECRET_IMAGE", sample::image));
    const Decision decision = decide_with(documents_for(f, {"SECRET_IMAGE"}), f);
    CHECK(says(decision, "IMG-REF"));
    for (const Reason& reason : decision.reasons) CHECK(reason.found.find("alpine") == std::string::npos);
}

TEST_CASE("the image that is checked is the one after expansion [AC-P14]")
{
    JobFacts f = sample::facts();
    f.image->name = "alpine:3.13@$DIGEST";
    f.variables.push_back(variable("DIGEST", sample::image_digest));
    const Decision decision = decide_with(documents_for(f), f);
    CHECK(decision.allowed());
    CHECK(decision.image.reference == sample::image);
    CHECK(decision.image.name == "alpine:3.13@$DIGEST");
}
