#include "test/integration/jobs/checks.h"

using namespace ysnp::test;

namespace {

std::string hex(const std::string& text)
{
    std::string result;
    for (const unsigned char byte : text) {
        result += "0123456789abcdef"[byte >> 4];
        result += "0123456789abcdef"[byte & 15];
    }
    return result;
}

std::string dump_of(const std::string& command) { return command + " | od -An -v -tx1 | tr -d ' \\n'; echo"; }

} // namespace

TEST_CASE("variables arrive byte for byte, expanded where they are not raw [JOB-015] [JOB-087] [JOB-091] [JOB-092] "
          "[PAY-14] [PAY-15]")
{
    World world;
    const std::string odd = "two  blanks \"quotes\" 'more' $HOME \\n\ttab\nline \xC3\xA9 `id` *";
    // exp: 1000000000; what lives longer than its token keeps it
    const std::string id_token = "eyJhbGciOiJub25lIn0.eyJleHAiOjEwMDAwMDAwMDB9.c2lnbmF0dXJl";
    const std::string file = "kind: Config\nno newline at the end: $A";
    PayloadSpec spec = world.job({dump_of("printf %s \"$ODD\""), dump_of("printf %s $EXPIRED"), "echo $KUBECONFIG",
                                  dump_of("cat $KUBECONFIG"), "echo \"[$PASS] [$RAW] [$B]\"",
                                  "echo uid-$(id -u) own-${UID}.", "echo ${#LONG}", "echo changed > $KUBECONFIG",
                                  "ls -d $CI_PROJECT_DIR.tmp", "echo \"last $TWICE\"", "/bin/true || echo too-long"});
    spec.after_script = {dump_of("cat $KUBECONFIG")};
    spec.variables = {{"GIT_STRATEGY", "none"},
                      {"ODD", odd, true, false, false, true},
                      {"KUBECONFIG", file, true, false, true, true},
                      {"PASS", "pa$word"},
                      {"RAW", "pa$word", true, false, false, true},
                      {"A", "x"},
                      {"B", "$A-y"},
                      {"UID", "99"},
                      {"TWICE", "first"},
                      {"TWICE", "second"},
                      {"EXPIRED", id_token}, // [JOB-220]
                      {"LONG", std::string(200 * 1024, 'l')}};
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace).substr(0, 6000));
    CHECK(job.state == "success");
    CHECK(has(job, "\n" + hex(odd) + "\n"));
    CHECK(has(job, "\n" + hex(id_token) + "\n"));
    CHECK(has(job, "\n/builds/acme/tools/hello.tmp/KUBECONFIG\n"));
    CHECK(count(plain(job.trace), "\n" + hex(file) + "\n") == 2); // restored for after_script [JOB-089]
    CHECK(has(job, "\n[pa] [pa$word] [x-y]\n"));
    CHECK(has(job, "uid-0 own-"));                             // [JOB-182]
    CHECK(has(job, "\n" + std::to_string(200 * 1024) + "\n")); // [JOB-184] [DK142]
    CHECK(has(job, "last second"));
    CHECK_FALSE(has(job, "\ntoo-long\n"));
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty()); // the file variables are gone with the job's volume [JOB-090]
}

TEST_CASE("settings that make no sense are warned of, and the default holds [JOB-185] [JOB-188] [JOB-180] [CAN-10] "
          "[AC-T03]")
{
    World world;
    PayloadSpec spec = world.job_with_sources({"cat README.md", "env | grep -c FOO || true"});
    spec.variables = {{"CI_DEBUG_TRACE", "yes"},
                      {"GIT_STRATEGY", "foo"},
                      {"GET_SOURCES_ATTEMPTS", "50"},
                      {"RUNNER_SCRIPT_TIMEOUT", "soon"},
                      {"RUNNER_AFTER_SCRIPT_TIMEOUT", "-3s"},
                      {.key = "PIN", .value = "4711", .masked = true}};
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "CI_DEBUG_TRACE: expected true or false, found \"yes\""));
    CHECK_FALSE(has(job, "+ cat"));
    CHECK(has(job,
              "GIT_STRATEGY: expected one of clone, fetch, none, empty got \"foo\", using value: fetch")); // [JOB-186]
    CHECK(has(job, "hello\ntwo\n"));
    CHECK(has(job, "GET_SOURCES_ATTEMPTS: expected a number from 1 to 10 got \"50\", using value: 10"));
    CHECK(has(job, "Ignoring malformed RUNNER_SCRIPT_TIMEOUT timeout: soon"));
    CHECK(has(job, "Ignoring relative RUNNER_AFTER_SCRIPT_TIMEOUT timeout: -3s"));
    CHECK(has(job, "variable \"PIN\" is masked, but its value is shorter than 8 characters"));
}

TEST_CASE("what a script writes to GITLAB_ENV the after_script has; other exports it has not [JOB-134] [JOB-034]")
{
    World world;
    PayloadSpec spec = world.job({"export A=1 C=3", "echo \"B=two words\" >> $GITLAB_ENV", "echo junk >> $GITLAB_ENV"});
    spec.after_script = {"echo \"[$A] [$B] [$C]\""};
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "\n[] [two words] []\n"));
    CHECK(has(job, "GITLAB_ENV: ignored a line that is not NAME=value: junk"));
}

TEST_CASE("a script cannot have the after_script run something else: it begins in a new process with the gate's "
          "environment [AC-S14]")
{
    World world;
    PayloadSpec spec = world.job({"echo 'echo planted' > /tmp/planted; chmod +x /tmp/planted",
                                  "export BASH_ENV=/tmp/planted ENV=/tmp/planted",
                                  "for n in BASH_ENV ENV LD_PRELOAD PS4; do echo $n=/tmp/planted >> $GITLAB_ENV; done",
                                  "echo PLAIN=kept >> $GITLAB_ENV", "echo '. /tmp/planted' > ~/.profile", "true"});
    spec.after_script = {"echo \"[$BASH_ENV][$ENV][$LD_PRELOAD][$PS4] $PLAIN\"", "sh -c 'echo child'"};
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "\n[][][][+ ] kept\n"));
    CHECK(has(job, "\nchild\n"));
    CHECK_FALSE(has(job, "\nplanted\n"));
    CHECK(has(job, "GITLAB_ENV: ignored BASH_ENV, which steers shells or the loader"));
}

TEST_CASE("CI_DEBUG_TRACE shows each command, and GitLab hears of it; the runner may forbid it [JOB-132]")
{
    World world;
    PayloadSpec spec = world.job({"X=shown; : $X"});
    spec.variables.push_back({"CI_DEBUG_TRACE", "true"});
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(has(job, "+ : shown\n"));
    CHECK(job.debug_trace);

    World strict({.runner_yaml = "    debug_trace_disabled: true\n"});
    const FakeJob quiet = strict.finish(spec);
    INFO(plain(quiet.trace));
    CHECK(quiet.state == "success");
    CHECK_FALSE(has(quiet, "+ : shown\n"));
    CHECK(has(quiet, "CI_DEBUG_TRACE: this runner does not allow it"));
}

TEST_CASE("a release step runs after the script, its variables replaced, none of them becoming code; "
          "BASH_ENV is bash's [JOB-110] [JOB-183] [INV-2]")
{
    make_bash_and_git();
    World world;
    PayloadSpec spec = world.job({});
    spec.image = bash_and_git;
    spec.variables.push_back({"BASH_ENV", "echo sourced-by-bash", true, false, true});
    spec.variables.push_back({"NOTES", "quoted 'words' \"here\""});
    spec.variables.push_back({"CI_COMMIT_TAG_MESSAGE", "x\"; echo injected; \"; $(echo injected) '; echo injected; '"});
    spec.variables.push_back({"VERSION", "v1.2"});
    spec.patch = R"({"steps": [
        {"name": "script", "script": ["echo the-script"], "timeout": 60, "when": "on_success", "allow_failure": false},
        {"name": "release", "script": ["echo \"release-notes: ${NOTES}\"", "echo \"tag: $CI_COMMIT_TAG_MESSAGE\"",
         "echo 'in quotes: $CI_COMMIT_TAG_MESSAGE'", "echo 'version: $VERSION'"], "timeout": 60, "when": "on_success",
         "allow_failure": false}]})";
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(in_order(job, "\nthe-script\n", "Executing \"step_release\" stage of the job script"));
    CHECK(has(job, "\nrelease-notes: quoted 'words' \"here\"\n"));
    CHECK(has(job, "\ntag: x\"; echo injected; \"; $(echo injected) '; echo injected; '\n"));
    CHECK(has(job, "\nversion: v1.2\n"));
    CHECK_FALSE(has(job, "\ninjected"));
    CHECK(in_order(job, "\nsourced-by-bash\n", "$ echo the-script"));
}
