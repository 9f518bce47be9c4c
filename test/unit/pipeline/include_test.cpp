#include "files.h"
#include "net/failure.h"
#include "runner/pipeline/include.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <tuple>

using namespace ysnp;
using namespace ysnp::test;
using Texts = std::vector<std::string>;
namespace fs = std::filesystem;

TEST_CASE("local includes are merged at any depth, the including file over them")
{
    const Files files = {{".gitlab-ci.yml",
                          "include: [ ci/a.yml, { local: /ci/b.yml } ]\njob: { extends: .a, variables: { X: own } }\n"},
                         {"ci/a.yml", "include: ci/c.yml\n.a: { script: [ echo a ], variables: { X: a, Y: a } }\n"},
                         {"ci/b.yml", ".a: { variables: { Y: b } }\njob: { image: debian }\n"},
                         {"ci/c.yml", ".a: { variables: { Z: c, X: c } }\n"}};
    const auto job = decoded(load(files));
    CHECK(job.image->name == "debian");
    CHECK(*gitlab::find_variable(job, "X") == "own");
    CHECK(*gitlab::find_variable(job, "Y") == "b");
    CHECK(*gitlab::find_variable(job, "Z") == "c");
    CHECK(job.steps[0].script == Texts{"echo a"});
}

TEST_CASE("an include with a wildcard brings the files that fit, in the order of their names")
{
    const Files files = {{".gitlab-ci.yml", "include: [ /ci/*.yml, 'nothing/*.yml' ]\njob: { extends: .a }\n"},
                         {"ci/b.yml", ".a: { variables: { X: b } }\n"},
                         {"ci/a.yml", ".a: { script: [ echo a ], variables: { X: a, Y: a } }\n"},
                         {"ci/deep/c.yml", ".a: { variables: { X: c } }\n"},
                         {"ci/notes.txt", "no: [ yaml"}};
    const auto list = [&] {
        Texts names;
        for (const auto& [name, text] : files) names.insert(names.begin(), name);
        return names;
    };
    const auto built = pipeline::Pipeline::load(reader_of(files), list).build("job", context());
    CHECK(built.undetermined.empty());
    const auto job = gitlab::decode(built.payload);
    CHECK(*gitlab::find_variable(job, "X") == "b");
    CHECK(*gitlab::find_variable(job, "Y") == "a");
}

TEST_CASE("a star stays within a folder, two do not")
{
    for (const auto& [pattern, path, fits] : {std::tuple("ci/*.yml", "ci/a.yml", true),
                                              {"ci/*.yml", "ci/x/a.yml", false},
                                              {"ci/*.yml", "ci/.yml", true},
                                              {"ci/**.yml", "ci/x/a.yml", true},
                                              {"ci/**.yml", "ci/a.yml", true},
                                              {"ci/**/*.yml", "ci/a.yml", false},
                                              {"ci/**/*.yml", "ci/x/a.yml", true},
                                              {"*/b.yml", "a/b.yml", true},
                                              {"*", "a/b", false},
                                              {"**", "a/b", true},
                                              {"ci/a*b*c.yml", "ci/aXbYbc.yml", true},
                                              {"ci/*.yml", "ci/a.yaml", false},
                                              {"c*.yml", "d.yml", false},
                                              {"a.yml*", "a.yml", true},
                                              {"*?.yml", "a.yml", false}}) {
        INFO(pattern << " " << path);
        CHECK(pipeline::matches_wildcard(pattern, path) == fits);
    }
}

TEST_CASE("an include that cannot be evaluated makes every job undetermined, and says where")
{
    const auto reason = [](const std::string& include) {
        const auto job = build("include:\n  - " + include + "\njob: { script: [ echo x ] }\n");
        REQUIRE(job.undetermined.size() == 1);
        return job.undetermined[0];
    };
    CHECK(reason("{ remote: 'https://example.test/a.yml' }").starts_with(".gitlab-ci.yml:2:"));
    CHECK(reason("https://example.test/a.yml").find("remote") != std::string::npos);
    CHECK(reason("{ template: Auto-DevOps.gitlab-ci.yml }").find("template") != std::string::npos);
    CHECK(reason("{ project: a/b, file: c.yml }").find("project") != std::string::npos);
    CHECK(reason("{ component: gitlab.com/a/b@1 }").find("component") != std::string::npos);
    CHECK(reason("{ local: a.yml, rules: [ { if: $X } ] }").find("rules") != std::string::npos);
    CHECK(reason("ci/*.yml").find("wildcard") != std::string::npos);
    CHECK(reason("ci/$X.yml").find("variable") != std::string::npos);
}

TEST_CASE("a missing, circular or odd include is an error with its place")
{
    CHECK(error_of("include: a.yml\njob: { script: x }") ==
          ".gitlab-ci.yml:1:10: include: there is no file a.yml in the project");
    CHECK(error_of(Files{{".gitlab-ci.yml", "include: a.yml\n"},
                         {"a.yml", "include: b.yml\n"},
                         {"b.yml", "include: a.yml\n"}}) == "b.yml:1:10: include: a.yml includes itself");
    CHECK(error_of("include: a.txt\njob: { script: x }").find("must end with .yml") != std::string::npos);
    CHECK(error_of("include: { locale: a.yml }\njob: { script: x }").find("expected one of local") !=
          std::string::npos);
    CHECK(error_of("include: { local: a.yml, when: x }\njob: { script: x }").find("unknown key \"when\"") !=
          std::string::npos);
    CHECK(error_of("include: [ [ a.yml ] ]\njob: { script: x }").find("found a list") != std::string::npos);
    CHECK(error_of(Files{}) == ".gitlab-ci.yml: there is no such file in the project");
    CHECK(error_of(Files{{".gitlab-ci.yml", "include: a.yml\njob: { script: x }"}, {"a.yml", "a: [\n"}})
              .starts_with("a.yml:"));
}

TEST_CASE("many includes of many includes end at a bound [INV-14]")
{
    Files files;
    std::string list = "include: [";
    for (int i = 0; i < 200; ++i) {
        files["f" + std::to_string(i) + ".yml"] = ".a: { script: x }\n";
        list += (i == 0 ? "f" : ", f") + std::to_string(i) + ".yml";
    }
    files[".gitlab-ci.yml"] = list + "]\njob: { script: x }\n";
    CHECK(error_of(files).find("more than 150 files") != std::string::npos);
}

TEST_CASE("a folder is read below itself only: no links, no way up, no devices")
{
    TempDir folder;
    fs::create_directory(folder / "ci");
    std::ofstream(folder / "ci/a.yml") << "job: { script: x }";
    std::ofstream(folder / "secret.txt") << "s";
    fs::create_symlink(folder / "secret.txt", folder / "ci/link.yml");
    fs::create_directory_symlink(folder / "ci", folder / "way");
    const auto read = pipeline::folder_reader(folder / "ci");
    CHECK(read("a.yml") == "job: { script: x }");
    CHECK(read("./a.yml").has_value());
    CHECK_FALSE(read("b.yml"));
    CHECK_FALSE(read("a.yml/b.yml"));
    for (const auto* path : {"../secret.txt", "x/../../secret.txt", "link.yml", "."}) {
        INFO(path);
        bool refused = false;
        try {
            refused = !read(path).has_value(); // a missing folder on the way counts as no file
        } catch (const std::system_error& error) {
            refused = error.code() == Failure::invalid;
        }
        CHECK(refused);
    }
    CHECK_THROWS_AS(pipeline::folder_reader(folder.path())("way/a.yml"), std::system_error);
    std::ofstream(folder / "ci/big.yml") << std::string((1u << 20) + 1, '#');
    CHECK_THROWS_AS(read("big.yml"), std::system_error);
}
