#include "files.h"
#include "net/failure.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("what is no pipeline file says so with its place")
{
    CHECK(error_of("") == ".gitlab-ci.yml: the file is empty: it needs at least one job with a script");
    CHECK(error_of("# only a comment\n").find("the file is empty") != std::string::npos);
    CHECK(error_of("- a\n- b\n") == ".gitlab-ci.yml:1:1: expected a map of jobs and keywords, found a list");
    CHECK(error_of("just text") == ".gitlab-ci.yml:1:1: expected a map of jobs and keywords, found a string");
    CHECK_THAT(error_of("job:\n  script: [ a\n"), ContainsSubstring(": this is not YAML: "));
    CHECK_THAT(error_of("job:\n\tscript: a\n"), ContainsSubstring(".gitlab-ci.yml:2:"));
    CHECK_THAT(error_of("a: *nowhere\n"), ContainsSubstring(".gitlab-ci.yml:1:"));
    CHECK_THAT(error_of(std::string("a: b\0", 5)), ContainsSubstring("NUL"));
    CHECK_THAT(error_of("a: 1\n---\nb: 2\n"), ContainsSubstring("second YAML document"));
    CHECK_THAT(error_of("a: {}\n---\nb: {}\n---\nc: {}\n"), ContainsSubstring("more than two"));
}

TEST_CASE("a job that is not there, hidden or no job is told apart, and the jobs are listed")
{
    const std::string file = "build: { script: x }\ntest: { script: x }\n.hidden: { script: x }\nstages: [ test ]\n";
    CHECK(error_of(file, "deploy") == ".gitlab-ci.yml: there is no job \"deploy\": the file has build, test");
    CHECK_THAT(error_of(file, ".hidden"), ContainsSubstring("is hidden"));
    CHECK_THAT(error_of(file, "stages"), ContainsSubstring("there is no job"));
    CHECK_THAT(error_of("stages: [ a ]\n", "x"), ContainsSubstring("the file has none"));
}

TEST_CASE("misspelt and misplaced keywords are refused with a hint")
{
    CHECK(error_of("job:\n  scripts: [ x ]\n") ==
          ".gitlab-ci.yml:2:12: job \"job\": unknown keyword \"scripts\": did you mean \"script\"?");
    CHECK_THAT(error_of("job: { befor_script: x, script: x }"), ContainsSubstring("did you mean \"before_script\"?"));
    CHECK_THAT(error_of("job: { xyzzy_plugh: x, script: x }"), ContainsSubstring("unknown keyword \"xyzzy_plugh\""));
    CHECK(error_of("script: [ x ]\njob: { script: x }\n") ==
          ".gitlab-ci.yml:1:9: \"script\": expected a job, which is a map with a `script`, found a list: `script` "
          "belongs into a job");
    CHECK_THAT(error_of("default: { script: [ x ] }\njob: { script: x }"),
               ContainsSubstring("default: \"script\" cannot stand here"));
    CHECK_THAT(error_of("image: a\ndefault: { image: b }\njob: { script: x }"),
               ContainsSubstring("only one of the two may"));
}

TEST_CASE("a job without anything to run says what it lacks")
{
    CHECK(error_of("job: { image: a }") == ".gitlab-ci.yml:1:6: job \"job\": it has no `script`");
    CHECK_THAT(error_of("job: { script: [] }"), ContainsSubstring("it has no `script`"));
    CHECK_THAT(error_of("job: { trigger: a/b }"), ContainsSubstring("starts another pipeline"));
    CHECK_THAT(error_of("job: { run: [ { name: a, script: x } ] }"), ContainsSubstring("CI steps"));
}

TEST_CASE("a command that YAML takes for something else says how to write it")
{
    CHECK_THAT(error_of("job:\n  script:\n    - echo \"a: b\": c\n"), ContainsSubstring(".gitlab-ci.yml:3:"));
    CHECK(error_of("job:\n  script:\n    - echo hello: world\n") ==
          ".gitlab-ci.yml:3:7: job \"job\": script: expected a command, found a map: put a command with \": \" in it "
          "in quotes, "
          "such as 'echo hello: …'");
    CHECK(error_of("job:\n  script:\n    - true\n") ==
          ".gitlab-ci.yml:3:7: job \"job\": script: expected a string, found the boolean true: put it in quotes");
    CHECK_THAT(error_of("job: { script: [ 5 ] }"), ContainsSubstring("found the number 5"));
    CHECK_THAT(error_of("job: { script: [ null ] }"), ContainsSubstring("found nothing"));
    CHECK_THAT(error_of("job: { script: { a: b } }"), ContainsSubstring("found a map"));
    CHECK(error_of("job: { script: [ [ [ [ [ [ [ [ [ [ [ [ x ] ] ] ] ] ] ] ] ] ] ] ] }").find("ten levels") !=
          std::string::npos);
    CHECK(error_of("job: { script: [ 'true', ':' , 1.2.3, v1, -x ] }") == "fine");
}

TEST_CASE("variables whose value YAML takes for something else are refused, not guessed")
{
    const auto error = [](const std::string& value) {
        return error_of("variables:\n  A: " + value + "\njob: { script: x }\n");
    };
    CHECK(error("true") ==
          ".gitlab-ci.yml:2:6: variables:A: expected a string, found the boolean true: put it in quotes");
    for (const auto* text :
         {"yes", "off", "0755", "1_000", "0x1f", "12:30", "1.5", ".inf", "1e3", "2026-07-14", "+5"}) {
        INFO(text);
        CHECK_THAT(error(text), ContainsSubstring("put it in quotes"));
    }
    CHECK_THAT(error(""), ContainsSubstring("found nothing"));
    CHECK_THAT(error("[ a ]"), ContainsSubstring("found a list"));
    CHECK_THAT(error("{ valu: a }"), ContainsSubstring("unknown key \"valu\""));
    for (const auto* text :
         {"7", "-7", "0", "'true'", "1.2.3", "v1.5", "12:30:aa", "a", "2026-07", "1-2", "10.0.0.1/8", "3f78685"}) {
        INFO(text);
        CHECK(error(text) == "fine");
    }
    CHECK_THAT(error_of("variables: [ A ]\njob: { script: x }"), ContainsSubstring("variables: expected a map"));
}

TEST_CASE("a key twice is refused with both places")
{
    CHECK(error_of("job: { script: x }\njob: { script: y }\n") ==
          ".gitlab-ci.yml:2:1: the key \"job\" is already there (line 1): only one of the two would count");
    CHECK_THAT(error_of("job:\n  script: a\n  image: b\n  script: c\n"), ContainsSubstring(".gitlab-ci.yml:4:3"));
    CHECK_THAT(error_of("job: { ? [ a ] : b }"), ContainsSubstring("a key must be a string"));
}

TEST_CASE("extends: missing, circular, too deep and odd parents")
{
    CHECK(error_of("job: { extends: .a, script: x }") == ".gitlab-ci.yml:1:17: extends: there is no \".a\"");
    CHECK_THAT(error_of("job: { extends: .a, script: x }\n.a: { extends: .b }\n.b: { extends: .a }"),
               ContainsSubstring("extends itself"));
    CHECK_THAT(error_of("job: { extends: job, script: x }"), ContainsSubstring("job → job"));
    CHECK_THAT(error_of("job: { extends: { a: b }, script: x }"), ContainsSubstring("expected a name or a list"));
    CHECK_THAT(error_of(".a: [ x ]\njob: { extends: .a, script: x }"), ContainsSubstring("is a list, not a map"));
    std::string chain = "job: { extends: .j0, script: x }\n";
    for (int i = 0; i < 12; ++i) chain += ".j" + std::to_string(i) + ": { extends: .j" + std::to_string(i + 1) + " }\n";
    CHECK_THAT(error_of(chain + ".j12: { image: a }\n"), ContainsSubstring("more than ten levels"));
}

TEST_CASE("references: missing, circular and odd ones")
{
    CHECK(error_of("job: { script: [ !reference [ .a, script ] ] }") ==
          ".gitlab-ci.yml:1:18: !reference: there is no [.a]");
    CHECK_THAT(error_of("job: { script: [ !reference [ job, script ] ] }"), ContainsSubstring("refers to itself"));
    CHECK_THAT(error_of("job: { script: !reference [] }"), ContainsSubstring("expected a path"));
    CHECK_THAT(error_of("job: { script: !reference [ [ a ] ] }"), ContainsSubstring("expected names"));
    CHECK_THAT(error_of("job: { script: !custom [ a ] }"), ContainsSubstring("unknown tag"));
    CHECK_THAT(error_of("job: { script: !<tag:ruby> x }"), ContainsSubstring("unknown tag"));
}

TEST_CASE("images, stages and inherit of the wrong kind")
{
    CHECK_THAT(error_of("job: { image: [ a ], script: x }"), ContainsSubstring("image: expected a name or a map"));
    CHECK_THAT(error_of("job: { image: { entrypoint: [ a ] }, script: x }"), ContainsSubstring("needs a `name`"));
    CHECK_THAT(error_of("job: { image: { name: a, tag: b }, script: x }"), ContainsSubstring("unknown key \"tag\""));
    CHECK_THAT(error_of("job: { image: { name: a, pull_policy: sometimes }, script: x }"),
               ContainsSubstring("if-not-present"));
    CHECK_THAT(error_of("job: { image: { name: a, docker: { cpus: 2 } }, script: x }"),
               ContainsSubstring("unknown key \"cpus\""));
    CHECK(error_of("stages: [ a, b ]\njob: { stage: c, script: x }") ==
          ".gitlab-ci.yml:2:15: job \"job\": there is no stage \"c\": the file has .pre, a, b, .post");
    CHECK_THAT(error_of("stages: [ a ]\njob: { script: x }"), ContainsSubstring("there is no stage \"test\""));
    CHECK_THAT(error_of("stages: a\njob: { script: x }"), ContainsSubstring("stages: expected a list"));
    CHECK_THAT(error_of("job: { inherit: all, script: x }"), ContainsSubstring("inherit: expected a map"));
    CHECK_THAT(error_of("job: { inherit: { default: 5 }, script: x }"), ContainsSubstring("expected true or false"));
    CHECK_THAT(error_of("job: { hooks: { pre_build: x }, script: x }"),
               ContainsSubstring("unknown hook \"pre_build\""));
}

TEST_CASE("depth, size and the growth by aliases and references are bounded [INV-14]")
{
    CHECK_THAT(error_of("a: " + std::string(100, '[') + std::string(100, ']')), ContainsSubstring("64 levels"));
    CHECK_THAT(error_of("a: " + std::string(100'000, '[')), ContainsSubstring(".gitlab-ci.yml:"));
    CHECK_THAT(error_of("a: '" + std::string(1u << 20, 'x') + "'"), ContainsSubstring("larger than 1 MiB"));
    std::string bomb = "a0: &a0 [ x, x, x, x, x, x, x, x, x, x ]\n";
    for (int i = 1; i < 20; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [ " + before + ", " + before + ", " + before +
                ", " + before + " ]\n";
    }
    CHECK_THAT(error_of(bomb), ContainsSubstring("once its aliases are expanded"));
    std::string references = ".r0: [ x, x, x, x, x, x, x, x, x, x ]\n";
    for (int i = 1; i < 9; ++i) {
        const auto before = "!reference [ .r" + std::to_string(i - 1) + " ]";
        references += ".r" + std::to_string(i) + ": [ " + before + ", " + before + ", " + before + ", " + before +
                      ", " + before + " ]\n";
    }
    CHECK_THAT(error_of(references + "job: { script: [ !reference [ .r8 ] ] }"),
               ContainsSubstring("!reference: the result is too large"));
    try {
        load("a: " + std::string(100, '[') + std::string(100, ']'));
        FAIL("loaded");
    } catch (const pipeline::PipelineError& error) {
        CHECK(error.code() == Failure::too_large);
    }
}

TEST_CASE("a message shows nothing that steers a terminal")
{
    const auto text = error_of("\"\\e[31mjob\\n\": [ a ]\n");
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
}
