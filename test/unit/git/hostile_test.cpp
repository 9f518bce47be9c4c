#include "fixture.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::git;
using namespace ysnp::git::testing;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

std::string simple(Project& project)
{
    project.write("file.txt", "hello\n");
    project.write("big", std::string(3'000'000, 'x') + std::to_string(std::rand()));
    return project.commit("simple");
}

test::Fault fault(std::string method, std::string path)
{
    test::Fault result;
    result.method = std::move(method);
    result.path = std::move(path);
    result.times = -1;
    return result;
}

} // namespace

TEST_CASE("a token that the server refuses fails the job in plain words with git's exit code [JOB-118]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    request.token = Secret("wrong-token");
    const Outcome outcome = bench.fetch(std::move(request));
    expect_refused(outcome, SourceError::denied);
    CHECK(outcome.result.exit_code == 128);
    CHECK_THAT(outcome.result.message, ContainsSubstring("HTTP 401"));

    SourceRequest elsewhere = bench.request(sha);
    elsewhere.repo_url = bench.gitlab().url() + "/g/other.git";
    expect_refused(bench.fetch(std::move(elsewhere)), SourceError::missing);
}

TEST_CASE("only Basic to the pinned origin is offered, whatever the server asks for [AC-R05]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    test::Fault challenge = fault("GET", "*/info/refs");
    challenge.status = 401;
    challenge.headers = {{"WWW-Authenticate", "Negotiate"}, {"WWW-Authenticate", "NTLM"}};
    bench.gitlab().add_fault(challenge);
    expect_refused(bench.fetch(sha), SourceError::denied);
    for (const auto& request : bench.gitlab().server().requests())
        CHECK(request.header("Authorization").starts_with("Basic "));
}

TEST_CASE("a redirect to another host or port is refused, and nothing is sent there [AC-R03] [AC-R04]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    test::HttpServer evil(bench.context().get_executor(),
                          [](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
                              co_await peer.send(test::reply(401, "", {{"WWW-Authenticate", "Basic realm=\"x\""}}));
                          });
    for (const char* path : {"*/info/refs", "*/git-upload-pack"}) {
        for (const unsigned status : {301u, 302u, 307u, 308u}) {
            bench.gitlab().clear_faults();
            test::Fault redirect = fault("", path);
            redirect.status = status;
            redirect.headers = {{"Location", evil.url() + "/g/p.git/info/refs?service=git-upload-pack"}};
            bench.gitlab().add_fault(redirect);
            expect_refused(bench.fetch(sha), SourceError::url);
        }
    }
    CHECK(evil.requests().empty());
    CHECK(evil.connections() == 0);
}

TEST_CASE("other schemes, origins and users never lead to a connection [AC-R01] [AC-R02]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    for (const char* url :
         {"file:///etc", "ssh://git@host/g/p.git", "git://host/g/p.git", "ext::sh -c id", "/etc", "git@host:g/p.git",
          "https://elsewhere.example/g/p.git", "unix:///run/docker.sock", "", "http://127.0.0.1:1/g/p.git"}) {
        SourceRequest request = bench.request(sha);
        request.repo_url = url;
        expect_refused(bench.fetch(std::move(request)), SourceError::url);
    }
    SourceRequest user = bench.request(sha);
    user.repo_url.insert(user.repo_url.find("//") + 2, "mallory:secret@");
    const Outcome outcome = bench.fetch(std::move(user));
    expect_refused(outcome, SourceError::url);
    CHECK(outcome.result.message.find("secret") == std::string::npos);
    CHECK(bench.gitlab().server().connections() == 0);
    CHECK_FALSE(fs::exists(bench.cache_dir()));
}

TEST_CASE("a sha that is not 40 lower-case hex digits is refused before anything happens [AC-R06] [AC-R09]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    for (const std::string& bad : {std::string(""), std::string("HEAD"), sha.substr(0, 12), sha + "0",
                                   "-" + sha.substr(1), std::string(40, 'A'), std::string(64, 'a')}) {
        SourceRequest request = bench.request(bad);
        expect_refused(bench.fetch(std::move(request)), SourceError::ref);
    }
    SourceRequest format = bench.request(sha);
    format.object_format = "sha256";
    const Outcome named = bench.fetch(std::move(format));
    expect_refused(named, SourceError::ref);
    CHECK_THAT(named.result.message, ContainsSubstring("sha256"));
    SourceRequest garbage = bench.request(sha);
    garbage.object_format = "md5";
    expect_refused(bench.fetch(std::move(garbage)), SourceError::ref);
    SourceRequest deep = bench.request(sha);
    deep.depth = 4'294'967'295u;
    expect_refused(bench.fetch(std::move(deep)), SourceError::ref);
    CHECK(bench.gitlab().server().connections() == 0);
}

TEST_CASE("a commit that was force-pushed away, or a deleted branch, is an honest failure [JOB-118] [AC-R08]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    REQUIRE(bench.fetch(sha).result.ok());
    const Outcome away = bench.fetch(std::string(40, 'e'));
    expect_refused(away, SourceError::object);
    CHECK_THAT(away.result.message, ContainsSubstring("not our ref eeee"));
    CHECK_THAT(away.result.message, ContainsSubstring("force-pushed away since. Start a new pipeline"));
    CHECK(bench.fetch(sha).result.stats.received_objects == 0); // nothing is wrong with the cache: it is kept

    SourceRequest request = bench.request(sha);
    request.refspecs = {"+refs/heads/gone:refs/remotes/origin/gone"};
    const Outcome gone = bench.fetch(std::move(request));
    expect_refused(gone, SourceError::ref);
    CHECK_THAT(gone.result.message, ContainsSubstring("couldn't find remote ref refs/heads/gone"));
    CHECK(gone.result.exit_code == 128);
}

TEST_CASE("checkout is exactly the job's sha, also when the branch moved on [AC-R08]")
{
    Project project;
    const std::string sha = simple(project);
    project.write("file.txt", "newer\n");
    const std::string newer = project.commit("newer");
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    request.depth = 1;
    const fs::path dir = bench.unpack(bench.fetch(std::move(request)));
    CHECK(read_file(dir / "file.txt") == "hello\n");
    CHECK(test::git(dir, {"rev-parse", "origin/main"}) == newer);
    CHECK(test::git(dir, {"status", "--porcelain"}).empty());
}

TEST_CASE("a server that is away, breaks off or answers 5xx is worth another attempt")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    test::Fault cut = fault("POST", "*/git-upload-pack");
    cut.cut = test::Fault::Cut::before_request;
    bench.gitlab().add_fault(cut);
    expect_refused(bench.fetch(sha), SourceError::network);
    bench.gitlab().clear_faults();

    test::Fault broken = fault("POST", "*/git-upload-pack");
    broken.raw = "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-result\r\nContent-Length: 9999\r\n\r\n"
                 "0008NAK\n";
    bench.gitlab().add_fault(broken);
    SourceRequest whole = bench.request(sha);
    whole.depth = 0;
    expect_refused(bench.fetch(std::move(whole)), SourceError::network);
    bench.gitlab().clear_faults();

    test::Fault unavailable = fault("GET", "*/info/refs");
    unavailable.status = 503;
    bench.gitlab().add_fault(unavailable);
    expect_refused(bench.fetch(sha), SourceError::network);
    bench.gitlab().clear_faults();
    CHECK(bench.fetch(sha).result.ok()); // nothing of it spoiled the cache

    bench.gitlab().stop();
    expect_refused(bench.fetch(sha), SourceError::network);
}

TEST_CASE("lying replies are refused: wrong media type, garbage, a pack cut short [AC-R10]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    test::Fault html = fault("GET", "*/info/refs");
    html.status = 200;
    html.headers = {{"Content-Type", "text/html"}};
    html.body = "<html>sign in</html>";
    bench.gitlab().add_fault(html);
    const Outcome page = bench.fetch(sha);
    expect_refused(page, SourceError::network);
    CHECK_THAT(page.result.message, ContainsSubstring("text/html"));
    bench.gitlab().clear_faults();

    html.headers = {{"Content-Type", "application/x-git-upload-pack-advertisement"}};
    html.body = "fffefdfc\x1b[31m not pkt-lines";
    bench.gitlab().add_fault(html);
    const Outcome garbage = bench.fetch(sha);
    expect_refused(garbage, SourceError::object);
    CHECK(garbage.result.message.find('\x1b') == std::string::npos); // [AC-R25]
    bench.gitlab().clear_faults();

    test::Fault pack = fault("POST", "*/git-upload-pack");
    pack.status = 200;
    pack.headers = {{"Content-Type", "application/x-git-upload-pack-result"}};
    for (const std::string& body : {std::string("0008NAK\n"), std::string("0008NAK\n0012\x01PACK\0\0\0\2\0\0\0\1", 26),
                                    std::string("0008NAK\n000e\x03go away\n"), std::string(100'000, 'P')}) {
        bench.gitlab().clear_faults();
        pack.body = body;
        bench.gitlab().add_fault(pack);
        const Outcome outcome = bench.fetch(sha);
        CHECK_FALSE(outcome.result.ok());
        CHECK(outcome.tar.empty());
    }
    bench.gitlab().clear_faults();
    CHECK(bench.fetch(sha).result.ok());
}

TEST_CASE("too much of anything ends the fetch, not the runner [AC-R11] [AC-R12]")
{
    Project project;
    project.write("a/b/c/d", "deep");
    const std::string sha = simple(project);
    Bench bench(project);
    const auto limited = [&](auto change) {
        SourceRequest request = bench.request(sha);
        change(request.limits);
        expect_refused(bench.fetch(std::move(request)), SourceError::limit);
    };
    limited([](Limits& limits) { limits.pack_bytes = 1000; });
    limited([](Limits& limits) { limits.advertised_bytes = 100; });
    limited([](Limits& limits) { limits.refs = 1; });
    limited([](Limits& limits) { limits.objects = 2; });
    limited([](Limits& limits) { limits.files = 3; });
    limited([](Limits& limits) { limits.blob_bytes = 1'000'000; });
    limited([](Limits& limits) { limits.tree_bytes = 1'000'000; });
    limited([](Limits& limits) { limits.path_depth = 3; });
    CHECK(bench.fetch(sha).result.ok());
}

TEST_CASE("two gigabytes of reply are not read to the end [AC-R11]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    test::Fault huge = fault("GET", "*/info/refs");
    huge.huge_body = 2ull << 30;
    bench.gitlab().add_fault(huge);
    SourceRequest request = bench.request(sha);
    request.limits.advertised_bytes = 1u << 20;
    expect_refused(bench.fetch(std::move(request)), SourceError::limit);
}

TEST_CASE("an object that the server leaves out is noticed before the checkout [AC-R10] [AC-R08]")
{
    Project project;
    const std::string sha = simple(project);
    Bench bench(project);
    // A sound pack with commit and tree, without the files.
    const std::string pack_file = (bench.dir() / "pack").string();
    const std::string command = "cd '" + project.bare().string() + "' && git rev-parse " + sha + " " + sha +
                                "^{tree} | git pack-objects -q --stdout > '" + pack_file + "'";
    REQUIRE(std::system(command.c_str()) == 0);
    const std::string pack = read_file(pack_file);
    char length[8] = {};
    std::snprintf(length, sizeof length, "%04zx", pack.size() + 5);
    test::Fault reply = fault("POST", "*/git-upload-pack");
    reply.status = 200;
    reply.headers = {{"Content-Type", "application/x-git-upload-pack-result"}};
    reply.body = "0008NAK\n" + std::string(length) + "\x01" + pack + "0000";
    bench.gitlab().add_fault(reply);
    SourceRequest request = bench.request(sha);
    request.depth = 0;
    const Outcome outcome = bench.fetch(std::move(request));
    expect_refused(outcome, SourceError::object);
    CHECK(bench.requests("POST") == 2); // thrown away and asked once more, then believed
}
