#include "test/integration/cli/desk.h"
#include "test/integration/jobs/checks.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp::test;
using nlohmann::json;

namespace {

std::string pipeline(const std::string& more = "")
{
    return "greet:\n  image: " + Registry::here().approved() +
           "\n  variables: { WHOM: world }\n  script:\n    - echo \"hello $WHOM\"\n    - cat README.md\n" +
           "bad:\n  image: " + Registry::here().approved() + "\n  script: [\"exit 9\"]\n" + more;
}

Finished exec(World& world, std::vector<std::string> more)
{
    more.insert(more.begin(), {"exec", "--project", "acme/tools/hello"});
    return command(world, more);
}

} // namespace

TEST_CASE("exec is refused with 4, runs after gate allow with 0, and gives 1 for a job that fails [INV-1] [INV-2]")
{
    World world(enforcing());
    write_text(world.clone() / ".gitlab-ci.yml", pipeline(), 0644);
    world.commit("true", "pipeline");
    const EngineWatch watch;
    const Finished denied = exec(world, {"greet"});
    INFO(denied.out << denied.err);
    CHECK(denied.exit_code == 4);
    CHECK(says(denied, "DENIED"));
    CHECK(std::ranges::all_of(denied.out, [](unsigned char byte) { return byte < 0x80; })); // of a C locale
    CHECK(says(denied, "gate explain POL-MISSING"));
    CHECK(watch.seen("label=" + label_of(world)).empty());

    for (const char* job : {"greet", "bad"}) {
        const Finished allowed = command(world, {"gate", "allow", job, "--project", "acme/tools/hello"});
        INFO(allowed.out << allowed.err);
        CHECK(allowed.exit_code == 0);
        CHECK(says(allowed, std::string("added    allowed_scripts: ") + job + "@ysnp2:"));
    }
    const Finished ran = exec(world, {"greet"});
    INFO(ran.out << ran.err);
    CHECK(ran.exit_code == 0);
    CHECK(says(ran, "hello world\n"));
    CHECK(says(ran, "Job succeeded"));
    const Finished failed = exec(world, {"bad"});
    CHECK(failed.exit_code == 1);
    CHECK(says(failed, "exit code 9"));

    write_text(world.clone() / "README.md", "from the working tree\n", 0644);
    CHECK_FALSE(says(exec(world, {"greet"}), "from the working tree"));
    CHECK(says(exec(world, {"greet", "--working-tree"}), "from the working tree"));
    CHECK(objects_of(world).empty());

    const std::filesystem::path chain_file = world.audit().parent_path() / "audit.exec.jsonl";
    const Finished verified = command(world, {"audit", "verify", "--file", chain_file});
    CHECK(verified.exit_code == 0);
    CHECK(says(verified, "5 records, chain intact"));
    CHECK(says(command(world, {"audit", "show", "--last", "1", "--file", chain_file}), "greet"));
    std::string chain = read_text(chain_file);
    chain.replace(chain.find("\"greet\""), 7, "\"great\"");
    write_text(chain_file, chain, 0640);
    const Finished broken = command(world, {"audit", "verify", "--file", chain_file});
    CHECK(broken.exit_code == 8);
    CHECK(says(broken, ":1: record 1"));
}

TEST_CASE("exec runs beside the service of the same configuration, each with an audit chain of its own")
{
    World world;
    write_text(world.clone() / ".gitlab-ci.yml", pipeline(), 0644);
    world.commit("true", "pipeline");
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo began", "sleep 8", "echo ended"}));
    world.start();
    REQUIRE(world.until(id, [](const FakeJob& job) { return has(job, "\nbegan\n"); }));
    const Finished ran = exec(world, {"greet"});
    INFO(ran.out << ran.err);
    CHECK(ran.exit_code == 0);
    CHECK(says(ran, "hello world\n"));
    CHECK(world.finish(id).state == "success");
    CHECK(world.stop() == 0);
    const std::filesystem::path beside = world.audit().parent_path() / "audit.exec.jsonl";
    for (const auto& file : {world.audit(), beside}) {
        const Finished verified = command(world, {"audit", "verify", "--file", file});
        INFO(verified.out << verified.err);
        CHECK(verified.exit_code == 0);
    }
    CHECK(audit_records(world, "\"greet\"") == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("exec delivers the repository, follows GIT_CLONE_PATH and takes variables; a working tree shows its changes")
{
    make_bash_and_git();
    World world;
    write_text(world.clone() / ".gitlab-ci.yml",
               std::string("look:\n  image: ") + bash_and_git +
                   "\n  variables: { WHOM: world, GIT_DEPTH: \"1\", GIT_CLONE_PATH: $CI_BUILDS_DIR/else/where }\n"
                   "  script:\n    - echo \"hello $WHOM in $PWD\"\n    - git rev-parse HEAD\n"
                   "    - echo \"commits $(git rev-list --count HEAD)\"\n    - git fsck --strict\n"
                   "    - echo \"status [$(git status --porcelain)]\"\n",
               0644);
    const std::string head = world.commit("true", "pipeline");
    const Finished done = command(world, {"exec", "look", "-e", "WHOM=you=me", "--variable", "OTHER=1"});
    INFO(done.out << done.err);
    CHECK(done.exit_code == 0);
    CHECK(says(done, "hello you=me in /builds/else/where\n"));
    CHECK(says(done, "\n" + head + "\n"));
    CHECK(says(done, "commits 1\n"));
    CHECK(says(done, "status []\n"));
    write_text(world.clone() / "README.md", "twice as much\n", 0644);
    const Finished changed = command(world, {"exec", "look", "--working-tree"});
    CHECK(says(changed, "status [ M README.md]\n"));
    CHECK(command(world, {"exec", "look", "-e", "2X=1"}).exit_code == 2);
    CHECK(objects_of(world).empty());
}

TEST_CASE("what cannot be evaluated here is undetermined, 7, never a pass")
{
    World world(enforcing());
    write_text(world.clone() / ".gitlab-ci.yml", pipeline(), 0644);
    world.commit("true", "pipeline");
    CHECK(command(world, {"gate", "allow", "greet", "--project", "acme/tools/hello"}).exit_code == 0);
    write_text(world.clone() / ".gitlab-ci.yml", "include: { remote: https://example.com/x.yml }\n" + pipeline(), 0644);
    world.commit("true", "include");
    const Finished done = exec(world, {"greet"});
    INFO(done.out << done.err);
    CHECK(done.exit_code == 7);
    CHECK(plain(done.out).find("ERROR: Job failed (undetermined): ") != std::string::npos);
    CHECK_FALSE(says(done, "hello world\n"));
    CHECK(command(world, {"gate", "allow", "greet", "--project", "acme/tools/hello"}).exit_code == 7);
    const Finished nameless = command(world, {"exec", "greet"});
    CHECK(nameless.exit_code == 2);
    CHECK(says(nameless, "--project"));
    const Finished unknown = exec(world, {"nosuch"});
    CHECK(unknown.exit_code == 3);
    CHECK(says(unknown, "no job \"nosuch\""));
}

TEST_CASE("digest prints the document and the digest that the gate uses; gate check says what it would do [INV-2]")
{
    World world(enforcing());
    PayloadSpec spec = approvable(world);
    spec.id = 1;
    spec.token = "glcbt-of-nobody";
    spec.server_url = world.gitlab().url();
    const std::string file = (world.folder() / "payload.json").string();
    write_text(file, make_payload(spec));
    const Finished done = command(world, {"digest", "--payload", file, "--output", "json"});
    INFO(done.out << done.err);
    REQUIRE(done.exit_code == 0);
    const json answer = json::parse(done.out);
    CHECK(answer.size() == 2);
    CHECK(answer.at("digest").get<std::string>().starts_with("ysnp2:"));
    CHECK(answer.at("document").at("job") == "say-hello");
    const Finished denied = command(world, {"gate", "check", "--payload", file, "--output", "json"});
    CHECK(denied.exit_code == 4);
    CHECK(json::parse(denied.out).at("digest") == answer.at("digest"));
    CHECK(command(world, {"gate", "allow", "--payload", file}).exit_code == 0);
    CHECK(says(command(world, {"gate", "allow", "--payload", file}),
               "present  allowed_scripts: say-hello@" + answer.at("digest").get<std::string>()));
    CHECK(command(world, {"gate", "check", "--payload", file}).exit_code == 0);
    const FakeJob job = world.finish(approvable(world)); // another job id and token: the digest is the same
    CHECK(job.state == "success");
}

TEST_CASE("the configuration is checked read-only, and all mistakes are named at once with their places")
{
    World world;
    const Finished good = command(world, {"config", "check"});
    INFO(good.out << good.err);
    CHECK(good.exit_code == 0);
    CHECK_FALSE(std::filesystem::exists(world.state()));
    write_text(world.config(), read_text(world.config()) + "      memory: lots\nsurprise: 1\n");
    const Finished bad = command(world, {"config", "check"});
    CHECK(bad.exit_code == 3);
    CHECK(says(bad, "docker.memory: expected a size such as 512MiB, found \"lots\""));
    CHECK(says(bad, "surprise"));
    CHECK(says(bad, "config.yml:"));
    CHECK(command(world, {"exec", "greet"}).exit_code == 3);
}

TEST_CASE("version, help, completion and gate explain answer; what does not exist is a usage error")
{
    const Finished version = run_program({"version"}), flag = run_program({"--version"});
    CHECK(version.exit_code == 0);
    CHECK(version.out == flag.out);
    CHECK(says(version, "OS/Arch:"));
    const Finished help = run_program({"help"});
    CHECK(help.exit_code == 0);
    for (const char* name : {"register", "exec", "digest", "gate", "audit"}) CHECK(says(help, name));
    for (const char* shell : {"bash", "zsh", "fish"}) CHECK(says(run_program({"completion", shell}), "ysnprunner"));
    const Finished explained = run_program({"gate", "explain", "SCR-UNLISTED"});
    CHECK(explained.exit_code == 0);
    CHECK(says(explained, "What to do"));
    CHECK(run_program({"gate", "explain", "NO-SUCH"}).exit_code != 0);
    const Finished typo = run_program({"regsiter"});
    CHECK(typo.exit_code == 2);
    CHECK(says(typo, "regsiter"));
    CHECK(run_program({"run", "--no-such-flag"}).exit_code == 2);
    const Finished moved = run_program({"register", "--docker-privileged"});
    CHECK(moved.exit_code == 2);
    CHECK(says(moved, "docker.privileged"));
}
