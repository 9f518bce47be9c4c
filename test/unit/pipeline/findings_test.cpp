#include "files.h"
#include "runner/pipeline/mentions.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string all(const std::vector<std::string>& reasons)
{
    std::string text;
    for (const auto& reason : reasons) text += reason + "\n";
    return text;
}

std::string undetermined(std::string file) { return all(build(std::move(file)).undetermined); }

} // namespace

TEST_CASE("keywords that decide whether or when a job runs are told and change nothing")
{
    const auto job = build(R"(
workflow: { rules: [ { if: $CI } ] }
default: { tags: [ a ], retry: 2 }
job:
  rules: [ { if: $CI_COMMIT_BRANCH } ]
  needs: []
  only: [ main ]
  when: manual
  allow_failure: true
  resource_group: production
  script: [ echo x ]
)");
    CHECK(job.undetermined.empty());
    std::string names;
    for (const auto& notice : job.notices) {
        names += notice.keyword + " ";
        CHECK(notice.where.starts_with(".gitlab-ci.yml:"));
        CHECK_THAT(notice.text, ContainsSubstring("not evaluated"));
    }
    CHECK(names ==
          "job:rules job:only job:when job:allow_failure job:resource_group default:tags default:retry workflow ");
    CHECK_NOTHROW(gitlab::decode(job.payload));
}

TEST_CASE("keywords that change what a job is make it undetermined by name")
{
    for (const auto* keyword : {"services: [ redis ]", "artifacts: { paths: [ a ] }", "cache: { paths: [ a ] }",
                                "parallel: 3", "environment: production", "id_tokens: { T: { aud: x } }",
                                "secrets: { S: { vault: x } }", "release: { tag_name: v1 }", "inputs: { a: b }"}) {
        INFO(keyword);
        const std::string text(keyword);
        const auto reasons = undetermined("job:\n  script: [ echo x ]\n  " + text + "\n");
        CHECK_THAT(reasons, ContainsSubstring(".gitlab-ci.yml:3:"));
        CHECK_THAT(reasons, ContainsSubstring("job:" + text.substr(0, text.find(':')) + ": "));
    }
    CHECK_THAT(undetermined("default: { services: [ redis ] }\njob: { script: [ echo x ] }"),
               ContainsSubstring("default:services"));
    CHECK_THAT(undetermined("cache: { paths: [ a ] }\njob: { script: [ echo x ] }"), ContainsSubstring("cache"));
    CHECK(undetermined("cache: { paths: [ a ] }\njob: { cache: [], services: [], script: [ echo x ] }").empty());
    CHECK_THAT(undetermined("job: { rules: [ { if: $CI, variables: { A: b } } ], script: [ echo x ] }"),
               ContainsSubstring("rules set variables"));
    CHECK_THAT(undetermined("workflow: { rules: [ { variables: { A: b } } ] }\njob: { script: [ echo x ] }"),
               ContainsSubstring("workflow"));
    CHECK_THAT(undetermined("spec: { inputs: { a: } }\n---\njob: { script: [ echo x ] }"), ContainsSubstring("spec"));
}

TEST_CASE("artifacts of earlier jobs that GitLab would bring are named")
{
    const std::string file =
        "build: { stage: build, script: x, artifacts: { paths: [ a ] } }\nlint: { stage: build, script: x }\n";
    CHECK_THAT(undetermined(file + "job: { script: [ echo x ] }"), ContainsSubstring("job \"build\" makes artifacts"));
    CHECK(undetermined(file + "job: { dependencies: [], script: [ echo x ] }").empty());
    CHECK(undetermined(file + "job: { dependencies: [ lint ], script: [ echo x ] }").empty());
    CHECK(undetermined(file + "job: { needs: [], script: [ echo x ] }").empty());
    CHECK(undetermined(file + "job: { needs: [ { job: build, artifacts: false } ], script: [ echo x ] }").empty());
    CHECK_THAT(undetermined(file + "job: { needs: [ build ], script: [ echo x ] }"), ContainsSubstring("build"));
    CHECK(undetermined(file + "job: { stage: .pre, script: [ echo x ] }").empty());
}

TEST_CASE("a variable that only the project could define makes the job undetermined, a shell's own does not")
{
    const auto script = [](const std::string& line) {
        return undetermined("job:\n  script:\n    - |\n      " + line + "\n");
    };
    CHECK_THAT(script("curl -H \"$DEPLOY_TOKEN\" x"),
               ContainsSubstring("$DEPLOY_TOKEN is defined nowhere in the file"));
    CHECK_THAT(script("read -r ONE; echo $TWO"), ContainsSubstring("$TWO is defined nowhere"));
    CHECK_THAT(script("spread TWO; echo $TWO"), ContainsSubstring("$TWO is defined nowhere"));
    CHECK_THAT(script("docker push $CI_REGISTRY_IMAGE"), ContainsSubstring("$CI_REGISTRY_IMAGE is set by GitLab only"));
    for (const auto* line :
         {"echo $CI_PROJECT_PATH $CI_PROJECT_DIR $HOME ${PATH} $? $1 $$ $i $lower", "VERSION=1; echo $VERSION",
          "export TOKEN=x; echo ${TOKEN}", "for FILE in *; do echo $FILE; done", "echo ${MAYBE:-default}",
          "read -r LINE; echo $LINE", "echo \\$ESCAPED $$DOUBLE", "declare MAP; MAP[a]=1; echo ${MAP[a]}",
          "while IFS=: read -r USER1 HOME1; do echo $USER1 $HOME1; done < x", "ls | awk 'NR>1 {print $NF}'",
          "export ONE TWO; echo $TWO", "getopts ab: OPT; echo $OPT"}) {
        INFO(line);
        CHECK(script(line).empty());
    }
}

TEST_CASE("an image or a variable that refers to what is not there makes the job undetermined")
{
    CHECK_THAT(undetermined("job: { image: 'a:$TAG', script: [ echo x ] }"), ContainsSubstring("$TAG"));
    CHECK(undetermined("job: { image: 'a:$TAG', variables: { TAG: '1' }, script: [ echo x ] }").empty());
    CHECK_THAT(undetermined("job: { variables: { A: 'x-${lower}' }, script: [ echo x ] }"),
               ContainsSubstring("$lower"));
    CHECK(undetermined("job: { variables: { A: { value: '$nothing', expand: false } }, script: [ echo x ] }").empty());
    auto where = context();
    where.variables = {{"TAG", "1"}};
    CHECK(load(std::string("job: { image: 'a:$TAG', script: [ echo x ] }")).build("job", where).undetermined.empty());
}

TEST_CASE("a variable that holds what differs from pipeline to pipeline is told, as its digest will fit one only")
{
    const auto job = build("job: { variables: { TAG: 'build-${CI_PIPELINE_ID}', AT: $CI_COMMIT_SHORT_SHA, WHO: "
                           "$GITLAB_USER_LOGIN, WHERE: $CI_PROJECT_PATH, RAW: { value: $CI_JOB_ID, expand: false } }, "
                           "script: [ echo x ] }");
    std::string told;
    for (const auto& notice : job.notices) told += notice.keyword + ": " + notice.text.substr(0, 27) + "\n";
    CHECK(told == "job:variables:TAG: holds $CI_PIPELINE_ID, whic\n"
                  "job:variables:AT: holds $CI_COMMIT_SHORT_SHA,\n"
                  "job:variables:WHO: holds $GITLAB_USER_LOGIN, w\n");
}

TEST_CASE("options for Kubernetes are named")
{
    const auto job = build("job: { image: { name: a, kubernetes: { user: 1 } }, script: [ echo x ] }");
    REQUIRE(job.notices.size() == 1);
    CHECK(job.notices[0].keyword == "job:image:kubernetes");
}

TEST_CASE("references are found with and without braces, escapes are not")
{
    CHECK(pipeline::references("$A ${B} $$C a$1 ${} $ ${D:-x} \\$E") == std::set<std::string>{"A", "B", "D"});
    CHECK(pipeline::references("").empty());
    CHECK(pipeline::references("$").empty());
}
