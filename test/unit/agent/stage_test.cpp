#include "runner/agent/protocol.h"
#include "test/unit/agent/with_agent.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace ysnp::agent;
using namespace ysnp::agent::test;
using ysnp::in;
namespace asio = boost::asio;

TEST_CASE("a script runs and its output comes in full")
{
    const Outcome done = run_script("echo hi; printf 'no newline'");
    CHECK(done.result.succeeded());
    CHECK(done.output == "hi\nno newline"); // [DK163]
    CHECK(done.result.bytes == done.output.size());
    CHECK(done.result.stray == 0);
}

TEST_CASE("exit codes are exact [DK164]")
{
    const int code = GENERATE(0, 1, 3, 42, 126, 127, 137, 255);
    const Outcome done = run_script("exit " + std::to_string(code));
    CHECK(done.result.how == How::exited);
    CHECK(done.result.exit_code == code);
    CHECK(done.result.signal == 0);
}

TEST_CASE("a shell that kills itself ends with 128 and the signal")
{
    const Outcome done = run_script("kill -9 $$");
    CHECK(done.result.how == How::exited);
    CHECK(done.result.exit_code == 137);
    CHECK(done.result.signal == 9);
}

TEST_CASE("standard output and standard error keep the order in which they were written [DK158]")
{
    const Outcome done = run_script("for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done");
    CHECK(done.output == "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nout 4\nerr 4\nout 5\nerr 5\n");
}

TEST_CASE("every byte value passes unchanged, in the script and in the output [DK151]")
{
    std::string bytes;
    for (int i = 0; i < 4096; ++i) bytes += static_cast<char>(i % 4 == 0 ? 0x10 : i % 4 == 1 ? 0x11 : i >> 3);
    Stage stage;
    stage.argv = {"cat"};
    stage.script = bytes;
    stage.script_by_pipe = GENERATE(false, true);
    const Outcome done = run_stage(stage);
    CHECK(done.output == bytes);
    CHECK(done.result.succeeded());
}

TEST_CASE("a script of 64 MiB arrives whole while output flows [DK152]")
{
    Stage stage;
    stage.argv = {"cat"};
    stage.script.assign(64u << 20, 'x');
    for (std::size_t i = 0; i < stage.script.size(); i += 997) stage.script[i] = static_cast<char>(i);
    stage.script_by_pipe = GENERATE(false, true);
    const Outcome done = run_stage(stage);
    CHECK(done.result.succeeded());
    CHECK(done.output == stage.script);
}

TEST_CASE("a program that reads none of its script has its own exit code [DK153]")
{
    Stage stage;
    stage.argv = {"sh", "-c", "exit 7"};
    stage.script.assign(8u << 20, 'x');
    stage.script_by_pipe = GENERATE(false, true);
    const Outcome ended = run_stage(stage); // it may skip, which a CHECK would take for a failure
    CHECK(ended.result.exit_code == 7);
}

TEST_CASE("16 MiB of output and an immediate exit lose no byte [DK159]")
{
    const Outcome done = run_script("head -c 16777216 /dev/zero; exit 5");
    CHECK(done.result.exit_code == 5);
    CHECK(done.output.size() == 16777216);
    CHECK(done.result.bytes == 16777216);
}

TEST_CASE("the stage's environment comes over the image's, the last of duplicates counts")
{
    Stage stage = shell_stage("echo $FROM_IMAGE $A $B; env | grep -c '^A='");
    stage.environment = {"A=1", "B=two words", "A=3"};
    const Outcome with_options = run_stage(stage);
    CHECK(with_options.output == "yes 3 two words\n1\n");
    stage.environment = {"FROM_IMAGE=no"};
    const Outcome without = run_stage(stage);
    CHECK(without.output == "no\n0\n");
}

TEST_CASE("a value is byte for byte what was given")
{
    const std::string value = "it's \"quoted\" $HOME `id` \\n\n\xc3\xa9\t\xff end ";
    Stage stage = shell_stage("printf %s \"$V\"");
    stage.environment = {"V=" + value};
    const Outcome echoed = run_stage(stage);
    CHECK(echoed.output == value);
}

TEST_CASE("nothing of the agent's is left open in the job [AC-C20]")
{
    CHECK(run_script("ls /proc/self/fd").output == "0\n1\n2\n3\n"); // 3 is ls's own
}

TEST_CASE("a job starts with signals as they are at the start of a program")
{
    const Outcome done = run_script("grep -E '^Sig(Blk|Ign)' /proc/self/status");
    CHECK(done.output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("a stage runs in the directory asked for, and a missing one is told")
{
    Stage stage = shell_stage("pwd");
    stage.directory = "/usr/bin";
    const Outcome path = run_stage(stage);
    CHECK(path.output == "/usr/bin\n");
    stage.directory = "/nowhere/at/all";
    const Outcome done = run_stage(stage);
    CHECK(done.result.how == How::not_started);
    CHECK(done.result.failure == "/nowhere/at/all: No such file or directory");
    CHECK_FALSE(done.result.succeeded());
}

TEST_CASE("a command that does not exist is 127, one that cannot be executed 126, and neither is invented [DK133]")
{
    Stage stage;
    stage.argv = {"no-such-shell"};
    const Outcome missing = run_stage(stage);
    CHECK(missing.result.how == How::not_started);
    CHECK(missing.result.exit_code == 127);
    CHECK(missing.result.failure == "no-such-shell: No such file or directory");
    stage.argv = {"/etc/passwd"};
    const Outcome refused = run_stage(stage);
    CHECK(refused.result.exit_code == 126);
    CHECK(refused.result.failure == "/etc/passwd: Permission denied");
}

TEST_CASE("a PATH of the job's that holds no shell breaks its commands, not its start")
{
    Stage stage = shell_stage("echo started; no_builtin");
    stage.environment = {"PATH=/nowhere"};
    const Outcome done = run_stage(stage);
    CHECK(done.output.starts_with("started\n"));
    CHECK(done.result.exit_code == 127);
}

TEST_CASE("the image's entrypoint runs in front of the shell [DK138]")
{
    Stage stage;
    stage.argv = stage_command({"env", "SET_BY=entrypoint"}, Shell::bash);
    stage.script = "echo $SET_BY";
    const Outcome first = run_stage(stage);
    CHECK(first.output == "entrypoint\n");
    CHECK(stage_command({""}, Shell::bash) == stage_command({}, Shell::bash)); // [DK139]
}

TEST_CASE("a script that is read as a file leaves bash's commands their end of input")
{
    const Outcome done = run_script("( cat; echo after ) < /dev/null\nread x || echo eof\n");
    CHECK(done.output.starts_with("after\n"));
}

TEST_CASE("what no kernel could start is refused before anything is sent, and named [DK142] [DK143]")
{
    Stage stage = shell_stage("true");
    stage.environment = {"BIG=" + std::string(200'000, 'x')};
    CHECK_THROWS_WITH_CODE(require_startable(stage), ysnp::Failure::invalid, "variable BIG has 200004 bytes");
    stage.environment = {std::string("N=a\0b", 5)};
    CHECK_THROWS_WITH_CODE(require_startable(stage), ysnp::Failure::invalid, "variable N holds a NUL");
    stage.environment = {"=x"};
    CHECK_THROWS_WITH_CODE(require_startable(stage), ysnp::Failure::invalid, "no name");
    stage.environment = {"NEWLINE=a\nb"};
    require_startable(stage);
    stage.argv.clear();
    CHECK_THROWS_WITH_CODE(require_startable(stage), ysnp::Failure::invalid, "no command");
}

TEST_CASE("an environment too big as a whole is told, not 'argument list too long' from nowhere [DK142]")
{
    Stage stage = shell_stage("true");
    for (int i = 0; i < 80; ++i) stage.environment.push_back("V" + std::to_string(i) + "=" + std::string(120'000, 'x'));
    const Outcome done = run_stage(stage);
    CHECK(done.result.how == How::not_started);
    CHECK(done.result.error == E2BIG);
}

TEST_CASE("file variables are written exactly, with their folders, again at every stage")
{
    WithAgent agent;
    Stage stage = shell_stage("printf %s \"$(stat -c %a \"$F\")\"; cat \"$F\"; rm -f \"$F\"; ln -s /etc/passwd \"$F\"");
    const std::string path = (agent.process.scratch() / "job.tmp" / "deep" / "F").string();
    stage.files = {{path, std::string("no newline\0\xff", 12), 0640}};
    stage.environment = {"F=" + path};
    const std::string expected = "640" + std::string("no newline\0\xff", 12);
    CHECK(agent.run(stage).output == expected);
    CHECK(agent.run(stage).output == expected); // the symlink that the job left is not written through
    stage.files = {{path, std::string(300'000, 'y'), 0600}};
    stage.script = "wc -c < \"$F\"";
    CHECK(agent.run(stage).output == "300000\n");
}

TEST_CASE("a file variable that cannot be written keeps the stage from starting and names the path")
{
    Stage stage = shell_stage("echo must not run");
    stage.files = {{"/proc/nowhere/F", "x", 0600}};
    const Outcome done = run_stage(stage);
    CHECK(done.result.how == How::not_started);
    CHECK(done.result.failure.starts_with("/proc/nowhere/F: "));
    CHECK(done.output.empty());
}

TEST_CASE("the agent says who it is")
{
    WithAgent root;
    CHECK(root.hello.uid == 0);
    CHECK(root.hello.proc_mounted);
    CHECK(root.hello.processes == 1);
    CHECK(root.hello.version == wire::version);
    WithAgent user(AgentProcess::Options{.uid = 1000});
    CHECK(user.hello.uid == 1000);
    CHECK(user.hello.gid == 1000);
    CHECK(user.run(shell_stage("id -u")).output == "1000\n");
}

TEST_CASE("many stages run one after another in one agent")
{
    WithAgent agent;
    for (int i = 0; i < 50; ++i) {
        const Outcome done = agent.run(shell_stage("echo " + std::to_string(i) + "; exit " + std::to_string(i)));
        CHECK(done.output == std::to_string(i) + "\n");
        CHECK(done.result.exit_code == i);
    }
    CHECK(agent.finish() == 0);
}
