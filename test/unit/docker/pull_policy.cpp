#include "docker/pull_policy.h"
#include "docker/engine_error.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::docker;
using enum PullPolicy;
using List = std::vector<PullPolicy>;

TEST_CASE("policies have gitlab-runner's names [DK050]")
{
    for (const PullPolicy policy : {always, if_not_present, never})
        CHECK(parse_pull_policy(to_string(policy)) == policy);
    CHECK(!parse_pull_policy("sometimes"));
    CHECK(!parse_pull_policy("Always"));
    CHECK(to_string(List{always, if_not_present}) == "[always if-not-present]");
}

TEST_CASE("the job's wish, else the configured list, else always")
{
    CHECK(effective_policies({}, {}, {}) == List{always});
    CHECK(effective_policies({}, {if_not_present, always}, {}) == List{if_not_present, always});
    CHECK(effective_policies({never}, {always}, {always, never}) == List{never});
}

TEST_CASE("what is not allowed falls out, order and duplicates stay [DK048] [DK049]")
{
    CHECK(effective_policies({always, never}, {}, {never, if_not_present}) == List{never});
    CHECK(effective_policies({always, always}, {always}, {}) == List{always, always});
}

TEST_CASE("a wish that leaves nothing is a configuration error naming its source [DK047]")
{
    try {
        effective_policies({never}, {always}, {always});
        FAIL("allowed");
    } catch (const EngineError& error) {
        CHECK(error.reason() == FailureReason::configuration);
        CHECK(error.message().find("[never], from the job's .gitlab-ci.yml") != std::string::npos);
    }
    try {
        effective_policies({}, {never}, {always});
        FAIL("allowed");
    } catch (const EngineError& error) {
        CHECK(error.message().find("the runner's docker.pull_policy") != std::string::npos);
    }
}
