#include "files.h"
#include "runner/pipeline/nested_variables.h"
#include "runner/pipeline/pipeline_error.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using pipeline::NamedValue;

namespace {

/// "A=… B=…" of what GitLab would send.
std::string sent(std::vector<NamedValue> variables)
{
    std::string text;
    for (const NamedValue& each : pipeline::with_nested_values(std::move(variables), {}))
        text += (text.empty() ? "" : " ") + each.key + "=" + each.value;
    return text;
}

NamedValue raw(std::string key, std::string value) { return {std::move(key), std::move(value), true, false, true}; }

} // namespace

TEST_CASE("a value that refers to other variables comes whole, as far as they are known")
{
    CHECK(sent({{"A", "a-$B"}, {"B", "b-${C}"}, {"C", "c"}}) == "A=a-b-c B=b-c C=c");
    CHECK(sent({{"A", "%C%-100%-$NOPE-${NOPE}-%NOPE%"}, {"C", "c"}}) == "A=c-100%-$NOPE-${NOPE}-%NOPE% C=c");
    CHECK(sent({{"A", "$$C $ ${C ${} $1 %% $C$C"}, {"C", "c"}}) == "A=$$C $ ${C ${} $1 %% cc C=c");
}

TEST_CASE("raw variables are neither expanded nor put into others")
{
    CHECK(sent({{"A", "$R $C"}, raw("R", "$C"), {"C", "c"}}) == "A=$R c R=$C C=c");
}

TEST_CASE("of duplicates the last counts, and one that names itself means the one before it")
{
    CHECK(sent({{"A", "1"}, {"B", "$A"}, {"A", "2"}}) == "A=1 B=2 A=2");
    CHECK(sent({{"A", "1"}, {"A", "$A:2"}}) == "A=1 A=1:2");
    CHECK(sent({{"A", "$A:2"}}) == "A=$A:2");
}

TEST_CASE("a circle leaves every variable as it is")
{
    CHECK(sent({{"A", "$B"}, {"B", "$A"}, {"C", "$D"}, {"D", "d"}}) == "A=$B B=$A C=$D D=d");
}

TEST_CASE("neither size nor depth of what variables expand to is without bounds")
{
    std::vector<NamedValue> laughs{{"A0", std::string(1000, 'x')}}, chain{{"A0", "x"}};
    for (int i = 1; i < 30; ++i)
        laughs.push_back({"A" + std::to_string(i), "$A" + std::to_string(i - 1) + "$A" + std::to_string(i - 1)});
    for (int i = 1; i < 300; ++i) chain.insert(chain.begin(), {"A" + std::to_string(i), "$A" + std::to_string(i - 1)});
    CHECK_THROWS_AS(sent(laughs), pipeline::PipelineError);
    CHECK_THROWS_AS(sent(chain), pipeline::PipelineError);
}

TEST_CASE("a local job has its nested variables as GitLab would send them")
{
    const auto job = test::decoded("variables: { TAG: 'v-$CI_COMMIT_REF_NAME' }\n"
                                   "job: { variables: { IMAGE: 'x:$TAG' }, script: [ echo ] }\n");
    REQUIRE(gitlab::find_variable(job, "IMAGE"));
    CHECK(*gitlab::find_variable(job, "IMAGE") == "x:v-main");
}
