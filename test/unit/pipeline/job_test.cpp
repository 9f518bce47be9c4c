#include "files.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

std::string value_of(const gitlab::Job& job, std::string_view key)
{
    const auto* value = gitlab::find_variable(job, key);
    return value == nullptr ? "(none)" : *value;
}

const gitlab::Step& step(const gitlab::Job& job, std::string_view name)
{
    const auto found = std::ranges::find(job.steps, name, &gitlab::Step::name);
    REQUIRE(found != job.steps.end());
    return *found;
}

} // namespace

TEST_CASE("the smallest file gives a payload that the production decoder takes")
{
    const auto job = decoded("job:\n  script: echo hello\n");
    CHECK(job.job_info.name == "job");
    CHECK(job.job_info.stage == "test");
    CHECK(job.job_info.project_full_path == "acme/tools/hello");
    CHECK(job.git_info.repo_url == "https://gitlab.example.test/acme/tools/hello.git");
    CHECK(step(job, "script").script == Texts{"echo hello"});
    CHECK(job.steps.size() == 1);
    CHECK_FALSE(job.image);
    CHECK(job.unknown_fields.empty());
    CHECK(job.runner_info.timeout == 1h);
}

TEST_CASE("GIT_DEPTH says how much of the history a job gets, as far as it is a number")
{
    const auto depth = [](const std::string& value) {
        return decoded("job:\n  script: echo\n  variables: { GIT_DEPTH: \"" + value + "\" }\n").git_info.depth;
    };
    CHECK(decoded("job:\n  script: echo\n").git_info.depth == 20);
    CHECK(depth("3") == 3);
    CHECK(depth("0") == 0);
    for (const char* odd : {"", "-1", "many", "3x"}) CHECK(depth(odd) == 20);
}

TEST_CASE("before_script begins the script, after_script is a step of its own, lists are flattened")
{
    const auto job = decoded(R"(
default:
  before_script: [ "echo default" ]
job:
  before_script:
    - echo one
    - [ "echo two", [ "echo three" ] ]
  script:
    - |
      echo four
      echo five
    - echo 'a b'
  after_script: echo bye
)");
    CHECK(step(job, "script").script ==
          Texts{"echo one", "echo two", "echo three", "echo four\necho five\n", "echo 'a b'"});
    CHECK(step(job, "script").when == gitlab::When::on_success);
    CHECK(step(job, "after_script").script == Texts{"echo bye"});
    CHECK(step(job, "after_script").when == gitlab::When::always);
    CHECK(step(job, "after_script").allow_failure);
}

TEST_CASE("default and the top level give what a job does not say itself")
{
    const auto job = decoded(R"(
image: alpine:3.20
before_script: [ echo before ]
default:
  after_script: [ echo after ]
  timeout: 10 minutes
  hooks: { pre_get_sources_script: [ echo hook ] }
job: { script: [ echo x ] }
)");
    CHECK(job.image->name == "alpine:3.20");
    CHECK(step(job, "script").script == Texts{"echo before", "echo x"});
    CHECK(step(job, "after_script").script == Texts{"echo after"});
    CHECK(job.runner_info.timeout == 600s);
    REQUIRE(job.hooks.size() == 1);
    CHECK(job.hooks[0].script == Texts{"echo hook"});
}

TEST_CASE("an empty list of its own stands against the default, null does not")
{
    const std::string defaults = "default: { before_script: [ echo before ] }\n";
    CHECK(step(decoded(defaults + "job: { before_script: [], script: [ echo x ] }"), "script").script ==
          Texts{"echo x"});
    CHECK(step(decoded(defaults + "job: { before_script: null, script: [ echo x ] }"), "script").script ==
          Texts{"echo before", "echo x"});
}

TEST_CASE("inherit chooses which defaults and variables count")
{
    const std::string head = "default: { image: a, before_script: [ echo b ] }\nvariables: { A: '1', B: '2' }\n";
    const auto none = decoded(head + "job: { inherit: { default: false, variables: false }, script: [ echo x ] }");
    CHECK_FALSE(none.image);
    CHECK(step(none, "script").script == Texts{"echo x"});
    CHECK(value_of(none, "A") == "(none)");
    const auto some = decoded(head + "job: { inherit: { default: [ image ], variables: [ B ] }, script: [ echo x ] }");
    CHECK(some.image->name == "a");
    CHECK(step(some, "script").script == Texts{"echo x"});
    CHECK(value_of(some, "A") == "(none)");
    CHECK(value_of(some, "B") == "2");
}

TEST_CASE("extends merges maps at any depth and replaces all else, the later parent over the earlier one")
{
    const auto job = decoded(R"(
.base:
  image: { name: alpine, entrypoint: [ "" ] }
  variables: { A: base, B: base, C: base }
  script: [ echo base ]
.other:
  image: { name: debian }
  variables: { B: other, C: other }
.deep: { extends: [ .base, .other ] }
job:
  extends: .deep
  variables: { C: own }
  script: [ echo own ]
)");
    CHECK(job.image->name == "debian");
    CHECK(job.image->entrypoint == Texts{""});
    CHECK(value_of(job, "A") == "base");
    CHECK(value_of(job, "B") == "other");
    CHECK(value_of(job, "C") == "own");
    CHECK(step(job, "script").script == Texts{"echo own"});
}

TEST_CASE("anchors and merge keys count as in GitLab's reader")
{
    const auto job = decoded(R"(
.lines: &lines [ echo one, echo two ]
.vars: &vars { A: merged, B: merged }
.more: &more { B: more, C: more }
job:
  variables:
    A: before
    <<: [ *vars, *more ]
    C: after
  script: [ *lines, echo three ]
)");
    CHECK(step(job, "script").script == Texts{"echo one", "echo two", "echo three"});
    CHECK(value_of(job, "A") == "merged"); // what is merged replaces what stands before it
    CHECK(value_of(job, "B") == "merged"); // the first of a list counts most
    CHECK(value_of(job, "C") == "after");
}

TEST_CASE("!reference brings lines, values and whole keywords, of references too")
{
    const auto job = decoded(R"(
.setup: { script: [ echo setup, !reference [ .inner, script ] ], variables: { V: "1" } }
.inner: { script: [ echo inner ] }
.image: { image: { name: alpine } }
job:
  image: !reference [ .image, image ]
  variables: { V: !reference [ .setup, variables, V ] }
  script:
    - !reference [ .setup, script ]
    - echo own
)");
    CHECK(step(job, "script").script == Texts{"echo setup", "echo inner", "echo own"});
    CHECK(job.image->name == "alpine");
    CHECK(value_of(job, "V") == "1");
}

TEST_CASE("variables: the job's over the file's, the command line's over both; expand: false is raw")
{
    auto pipeline = load(std::string(R"(
variables:
  A: global
  B: { value: global, description: "for people" }
  N: 7
  R: { value: "$A", expand: false }
job:
  variables: { A: own }
  script: [ 'echo "$A $B"' ]
)"));
    auto where = context();
    where.variables = {{"B", "command line"}};
    const auto job = gitlab::decode(pipeline.build("job", where).payload);
    CHECK(value_of(job, "A") == "own");
    CHECK(value_of(job, "B") == "command line");
    CHECK(value_of(job, "N") == "7");
    const auto raw = std::ranges::find(job.variables, "R", &gitlab::Variable::key);
    CHECK(raw->raw);
    CHECK(raw->is_public);
    CHECK_FALSE(raw->masked);
}

TEST_CASE("predefined variables are what GitLab would send for this commit")
{
    const auto job = decoded("stages: [ Build It ]\nMy Job:\n  stage: Build It\n  script: [ echo x ]\n", "My Job");
    CHECK(value_of(job, "CI") == "true");
    CHECK(value_of(job, "GITLAB_CI") == "true");
    CHECK(value_of(job, "CI_JOB_NAME") == "My Job");
    CHECK(value_of(job, "CI_JOB_NAME_SLUG") == "my-job");
    CHECK(value_of(job, "CI_JOB_STAGE") == "Build It");
    CHECK(value_of(job, "CI_PROJECT_PATH") == "acme/tools/hello");
    CHECK(value_of(job, "CI_PROJECT_NAMESPACE") == "acme/tools");
    CHECK(value_of(job, "CI_PROJECT_ROOT_NAMESPACE") == "acme");
    CHECK(value_of(job, "CI_PROJECT_NAME") == "hello");
    CHECK(value_of(job, "CI_COMMIT_SHORT_SHA") == "3f786850");
    CHECK(value_of(job, "CI_COMMIT_BRANCH") == "main");
    CHECK(value_of(job, "CI_COMMIT_TITLE") == "tidy the build");
    CHECK(value_of(job, "CI_SERVER_HOST") == "gitlab.example.test");
    CHECK(value_of(job, "CI_SERVER_PORT") == "443");
    const auto token = std::ranges::find(job.variables, "CI_JOB_TOKEN", &gitlab::Variable::key);
    CHECK(token->masked);
    CHECK_FALSE(token->is_public);
}

TEST_CASE("a server with a port, a tag and an IPv6 address are told rightly")
{
    auto where = context();
    where.server_url = "http://[::1]:8080";
    where.ref_kind = pipeline::RefKind::tag;
    where.ref = "v1.2/RC_1";
    const auto job = gitlab::decode(load(std::string("job: { script: [ echo x ] }")).build("job", where).payload);
    CHECK(value_of(job, "CI_SERVER_HOST") == "[::1]");
    CHECK(value_of(job, "CI_SERVER_PORT") == "8080");
    CHECK(value_of(job, "CI_SERVER_FQDN") == "[::1]:8080");
    CHECK(value_of(job, "CI_COMMIT_TAG") == "v1.2/RC_1");
    CHECK(value_of(job, "CI_COMMIT_BRANCH") == "(none)");
    CHECK(value_of(job, "CI_COMMIT_REF_SLUG") == "v1-2-rc-1");
    CHECK(job.git_info.ref_type == gitlab::RefType::tag);
    CHECK(job.git_info.refspecs.back() == "+refs/tags/v1.2/RC_1:refs/tags/v1.2/RC_1");
}

TEST_CASE("an image is a name or a map with entrypoint, pull policy, user and platform")
{
    const auto job = decoded(R"(
job:
  image:
    name: registry.example.test/a@sha256:0
    entrypoint: [ "/bin/sh", "-c" ]
    pull_policy: if-not-present
    docker: { user: 1000, platform: linux/arm64 }
  script: [ echo x ]
)");
    CHECK(job.image->name == "registry.example.test/a@sha256:0");
    CHECK(job.image->entrypoint == Texts{"/bin/sh", "-c"});
    CHECK(job.image->pull_policy == Texts{"if-not-present"});
    CHECK(job.image->docker_user == "1000");
    CHECK(job.image->docker_platform == "linux/arm64");
}

TEST_CASE("timeouts are read as people write them")
{
    const auto timeout = [](const std::string& text) {
        return decoded("job: { timeout: " + text + ", script: [ echo x ] }").runner_info.timeout;
    };
    CHECK(timeout("3h 30m") == 210min);
    CHECK(timeout("90 minutes") == 90min);
    CHECK(timeout("1 day and 2 hours") == 26h);
    CHECK(timeout("3600") == 1h);
    CHECK(error_of("job: { timeout: soon, script: [ echo x ] }").find("3h 30m") != std::string::npos);
    CHECK(error_of("job: { timeout: 2 years, script: [ echo x ] }").find("timeout") != std::string::npos);
}

TEST_CASE("jobs are listed in the file's order, hidden ones and keywords are not among them")
{
    const auto pipeline =
        load(std::string("stages: [ a ]\nz: { stage: a, script: x }\n.h: { script: x }\nb: { stage: a, script: x }\n"
                         "variables: { A: b }\npages: { stage: a, script: x }\n"));
    CHECK(pipeline.jobs() == Texts{"z", "b", "pages"});
    CHECK(pipeline.stage("z") == "a");
}

TEST_CASE("text that is no UTF-8 never breaks the payload")
{
    CHECK_NOTHROW(decoded("job: { script: [ \"echo \xff\" ] }"));
}
