#include "net/failure.h"
#include "runner/git/frames.h"
#include "runner/git/names.h"
#include "runner/git/object_store.h"
#include "runner/git/oid.h"
#include "runner/git/plan.h"
#include "runner/git/refspecs.h"
#include "runner/git/request.h"
#include "runner/git/result.h"
#include "runner/git/source_fault.h"
#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

using namespace ysnp;
using namespace ysnp::git;

namespace {

SourceRequest with(std::vector<std::string> refspecs)
{
    SourceRequest request;
    request.ref = "main";
    request.refspecs = std::move(refspecs);
    return request;
}

bool refused(std::vector<std::string> refspecs)
{
    try {
        checked_refspecs(with(std::move(refspecs)));
        return false;
    } catch (const SourceFault& fault) {
        return fault.error() == SourceError::ref;
    }
}

Oid oid_of(char digit) { return *parse_oid(std::string(40, digit)); }

} // namespace

TEST_CASE("only refspecs of the fixed grammar are accepted [AC-R07]")
{
    for (const char* good : {"+refs/heads/a/b:refs/remotes/origin/a/b", "+refs/tags/v1:refs/tags/v1",
                             "+refs/pipelines/12:refs/pipelines/12", "+refs/heads/*:refs/remotes/origin/*",
                             "+refs/tags/*:refs/tags/*", "+refs/merge-requests/7/head:refs/merge-requests/7/head"})
        CHECK_FALSE(refused({good}));
    for (const char* bad :
         {"", "-x", "--upload-pack=id", "+refs/*:refs/*", "+refs/heads/*:refs/heads/*",
          "+refs/heads/a:refs/remotes/origin/b", "+refs/pipelines/*:refs/pipelines/*", "+refs/heads/a:refs/tags/a",
          "refs/heads/a", "+refs/heads/a\nb:refs/remotes/origin/a\nb", "+refs/heads/a..b:refs/remotes/origin/a..b",
          "+refs/heads/:refs/remotes/origin/", "+refs/replace/x:refs/replace/x",
          "+refs/heads/x.lock:refs/remotes/origin/x.lock", "+refs/keep-around/x:refs/keep-around/x",
          "+HEAD:refs/heads/x", "+refs/heads/../../config:refs/remotes/origin/../../config"})
        CHECK(refused({bad}));
    CHECK(refused(std::vector<std::string>(10'000, "+refs/tags/v1:refs/tags/v1")));
}

TEST_CASE("without refspecs one is built from ref and type [AC-R07]")
{
    SourceRequest request = with({});
    CHECK(checked_refspecs(request).at(0).destination == "refs/remotes/origin/main");
    request.ref_type = RefType::tag;
    CHECK(checked_refspecs(request).at(0).destination == "refs/tags/main");
    request.ref = "-x:y";
    CHECK_THROWS_AS(checked_refspecs(request), SourceFault);
}

TEST_CASE("a plan maps refs, follows tags, and never takes replacements or hidden refs [AC-R28]")
{
    const std::vector<Advertised> remote{{"HEAD", oid_of('a')},
                                         {"refs/heads/main", oid_of('a')},
                                         {"refs/heads/side", oid_of('b')},
                                         {"refs/keep-around/x", oid_of('c')},
                                         {"refs/replace/aa", oid_of('c')},
                                         {"refs/tags/v1", oid_of('d')},
                                         {"refs/tags/v1^{}", oid_of('a')}};
    const Plan plan = make_plan(remote, checked_refspecs(with({"+refs/heads/main:refs/remotes/origin/main"})),
                                oid_of('a'), TagFollowing::reachable);
    CHECK(plan.refs == Refs{{"refs/remotes/origin/main", oid_of('a')}});
    CHECK(plan.tips == std::vector<Oid>{oid_of('a')});
    CHECK(plan.sha_is_tip);
    REQUIRE(plan.tags.size() == 1);
    CHECK(plan.tags[0].commit == oid_of('a'));
    CHECK(make_plan(remote, checked_refspecs(with({"+refs/heads/*:refs/remotes/origin/*"})), oid_of('e'),
                    TagFollowing::off)
              .tips.size() == 3);
    CHECK_THROWS_AS(make_plan({{"refs/heads/../../config", oid_of('a')}},
                              checked_refspecs(with({"+refs/heads/*:refs/remotes/origin/*"})), oid_of('a'),
                              TagFollowing::off),
                    SourceFault);
}

TEST_CASE("names that can stand for .git are refused, ordinary odd ones are not [AC-R13]")
{
    const auto ok = [](std::string_view name) { return refusal_of_name(name, EntryType::file).empty(); };
    for (const char* name :
         {"a", ".gitignore", ".gitattributes", ".github", "git", "git~2", "...", "a.git", "with blank", "new\nline",
          "tab\t", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "-rf", "a\\b", "C:", "con"})
        CHECK(ok(name));
    for (const char* name : {"",
                             ".",
                             "..",
                             ".git",
                             ".Git",
                             ".GIT.",
                             ".git...",
                             ".git  ",
                             "GIT~1",
                             ".git:x",
                             ".git\\x",
                             "x\\.git",
                             "x\\..",
                             ".gi\xE2\x80\x8Dt",
                             "\xEF\xBB\xBF.git",
                             "\xE2\x81\xAA.git",
                             "a/b",
                             "\xC0\xAF",
                             "\xED\xA0\x80",
                             "\xFF"})
        CHECK_FALSE(ok(name));
    CHECK_FALSE(ok(std::string_view("a\0b", 3)));
    CHECK_FALSE(ok(std::string(256, 'a')));
    CHECK(ok(std::string(255, 'a')));
    CHECK_FALSE(refusal_of_name(".gitmodules", EntryType::symlink).empty());
    CHECK(ok(".gitmodules"));
}

TEST_CASE("a request survives its encoding, without the token")
{
    SourceRequest request = with({"+refs/tags/v1:refs/tags/v1"});
    request.repo_url = "https://h/p.git";
    request.token = Secret("hidden-token");
    request.depth = 7;
    request.tags = TagFollowing::all;
    request.uid = 4'000'000'000u;
    request.limits.blob_bytes = 5;
    const std::string encoded = to_json(request);
    CHECK(encoded.find("hidden-token") == std::string::npos);
    const SourceRequest decoded = request_from_json(encoded);
    CHECK(to_json(decoded) == encoded);
    CHECK(decoded.token.empty());
    CHECK(decoded.uid == 4'000'000'000u);
    for (const char* bad : {"", "[]", "{}", "{\"ref\":1}", "null"})
        CHECK_THROWS_AS(request_from_json(bad), std::system_error);
    std::string extra = encoded;
    extra.insert(1, "\"surprise\":1,");
    CHECK_THROWS_AS(request_from_json(extra), std::system_error);
}

TEST_CASE("a result of another shape is refused [AC-R29]")
{
    SourceResult result;
    result.sha = std::string(40, 'a');
    result.stats.files = 3;
    const std::string good = to_json(result);
    CHECK(result_from_json(good).stats.files == 3);
    const auto replaced = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    for (const std::string& bad :
         {replaced("\"none\"", "\"fine\""), replaced("\"none\"", "\"ref\""),
          replaced("\"exit_code\":0", "\"exit_code\":-1"), replaced("\"exit_code\":0", "\"exit_code\":3"),
          replaced("\"files\":3", "\"files\":\"3\""), replaced("{", "{\"x\":1,"),
          replaced("\"message\":\"\"", "\"message\":\"\\u001b[31m\""), replaced("\"files\":3", "\"files\":3.5")})
        CHECK_THROWS_AS(result_from_json(bad), std::system_error);
}

TEST_CASE("frames are bounded and typed")
{
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    write_frame(ends[1], FrameType::token, "secret");
    CHECK(read_frame(ends[0], FrameType::token) == "secret");
    write_frame(ends[1], FrameType::token, "secret");
    CHECK_THROWS_AS(read_frame(ends[0], FrameType::request), std::system_error);
    CHECK_THROWS_AS(write_frame(ends[1], FrameType::progress, std::string(9000, 'x')), std::system_error);
    CHECK_THROWS_AS(decode_header("P\xff\xff\xff\xff"), std::system_error);
    CHECK_THROWS_AS(decode_header("?\0\0\0\0"), std::system_error);
    ::close(ends[1]);
    ::close(ends[0]);
}

TEST_CASE("text from outside is shown without control bytes [AC-R25]")
{
    CHECK(printable("a\x1b[31m\n\x7f") == "a\\x1b[31m\\x0a\\x7f");
    CHECK(printable("\xC2\x9B"
                    "1m") == "\\xc2\\x9b1m");
    CHECK(printable("gr\xC3\xBCn") == "gr\xC3\xBCn");
    CHECK(printable("abcdef", 3) == "abc…");
}

TEST_CASE("objects that are not what they say are refused [AC-R10]")
{
    const Oid oid = oid_of('1');
    const std::string tree_line = "tree " + std::string(40, 'a') + "\n";
    CHECK(parse_commit(tree_line + "parent " + std::string(40, 'b') + "\nauthor x\n", oid).parents.size() == 1);
    CHECK_THROWS_AS(parse_commit("", oid), SourceFault);
    CHECK_THROWS_AS(parse_commit(tree_line, oid), SourceFault);
    CHECK_THROWS_AS(parse_commit("tree " + std::string(40, 'A') + "\nauthor x\n", oid), SourceFault);
    CHECK_THROWS_AS(parse_tag("object " + std::string(40, 'a') + "\ntype evil\n", oid), SourceFault);
    for (const std::string& tree : {std::string("100644 a"), std::string("100644 a\0short", 14),
                                    std::string("9 a\0", 4), std::string(" a\0", 3), std::string("77777777 a\0", 11)})
        CHECK_THROWS_AS(parse_tree(tree + std::string(tree.size() > 8 ? 0 : 20, 'x'), oid), SourceFault);
}
