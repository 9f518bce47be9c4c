#include "runner/job/script.h"
#include "test/unit/job/shell.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using job::stage_script;

namespace {

std::string script_of(std::vector<std::string> items, job::ScriptOptions options = {}, std::string_view first = "")
{
    return stage_script({{"section_script_step", std::move(items)}}, first, options);
}

const std::string green = "\x1b[32;1m";
const std::string reset = "\x1b[0;m";

struct Case {
    std::vector<std::string> items;
    int exit_code;
    std::string has, lacks;
};

} // namespace

TEST_CASE("each item is echoed in green right before its output [JOB-001] [JOB-002]")
{
    for (const auto& shell : test::shells()) {
        CAPTURE(shell);
        const auto result = test::feed(shell, script_of({"echo hi", "echo there >&2"}));
        CHECK(result.exit_code == 0);
        CHECK(result.output ==
              green + "$ echo hi" + reset + "\nhi\n" + green + "$ echo there >&2" + reset + "\nthere\n");
    }
}

TEST_CASE("the shell semantics that jobs rely on hold in every shell")
{
    const std::vector<Case> cases{
        {{"false", "echo no"}, 1, "$ false", "echo no"},               // [JOB-003]
        {{"exit 3"}, 3, "$ exit 3", ""},                               // [JOB-004]
        {{"export A=1", "echo \"[$A]\""}, 0, "[1]", ""},               // [JOB-006]
        {{"cd /", "pwd"}, 0, "\n/\n", ""},                             // [JOB-007]
        {{""}, 0, "\n", "$"},                                          // [JOB-029]
        {{"[ -n \"$NOPE\" ] && echo y"}, 1, "", "y\n"},                // [JOB-037]
        {{"[ -n \"$NOPE\" ] && echo y", "echo on"}, 0, "\non\n", ""},  // [JOB-038]
        {{"nosuchcommand"}, 127, "not found", ""},                     // [JOB-039]
        {{"cat", "echo end"}, 0, "\nend\n", ""},                       // [JOB-040]
        {{"read x"}, 1, "", ""},                                       // [JOB-040]
        {{"set +e; false; echo x"}, 0, "\nx\n", ""},                   // [JOB-167]
        {{"set +e; false"}, 1, "", ""},                                // [JOB-167]
        {{"X=$(false)", "echo no"}, 1, "", "\nno\n"},                  // [JOB-168]
        {{"export X=$(false)", "echo yes"}, 0, "\nyes\n", ""},         // [JOB-168]
        {{"trap 'echo bye' EXIT", "echo hi"}, 0, "\nbye\n", ""},       // [JOB-173]
        {{"exec true", "echo no"}, 0, "", "\nno\n"},                   // [JOB-174]
        {{"echo first", "echo second", "echo 'unmatched"}, 2, "", ""}, // [JOB-175]
        {{"  echo trimmed \r\n"}, 0, "\ntrimmed\n", "\r"},             // [JOB-176]
        {{"! true"}, 1, "", ""},
    };
    for (const auto& shell : test::shells()) { // dash among them [JOB-177]
        for (const Case& each : cases) {
            CAPTURE(shell, each.items);
            const auto result = test::feed(shell, script_of(each.items));
            CHECK(result.exit_code == each.exit_code);
            CHECK(result.output.find(each.has) != std::string::npos);
            if (!each.lacks.empty()) CHECK(result.output.find(each.lacks) == std::string::npos);
        }
    }
}

TEST_CASE("a failing pipe fails the job where the shell knows pipefail [JOB-036]")
{
    CHECK(test::feed({"/bin/bash"}, script_of({"false | cat"})).exit_code == 1);
    CHECK(test::feed({"/bin/busybox", "ash"}, script_of({"false | cat"})).exit_code == 1);
}

TEST_CASE("bash keeps its arrays and double brackets [JOB-014]")
{
    const auto result = test::feed({"/bin/bash"}, script_of({"a=(x y); [[ ${a[1]} == y ]] && echo bash"}));
    CHECK(result.output.find("\nbash\n") != std::string::npos);
}

TEST_CASE("a block runs whole and is echoed by its first line [JOB-030]")
{
    const auto result = test::feed({"/bin/bash"}, script_of({"if true; then\n  echo inside\nfi"}));
    CHECK(result.output == green + "$ if true; then # collapsed multi-line command" + reset + "\ninside\n");
}

TEST_CASE("a killed shell tells its signal [JOB-169]")
{
    for (const auto& shell : test::shells()) {
        CAPTURE(shell);
        const auto result = test::feed(shell, script_of({"kill -9 $$", "echo no"}));
        CHECK(result.exit_code == 137);
    }
}

TEST_CASE("a block becomes a folded section before it runs [JOB-214]")
{
    const auto script = script_of({"echo a\necho b", "echo c"}, {.sections = true, .now = 7});
    const auto result = test::feed({"/bin/dash"}, script);
    const std::string head = "section_start:7:section_script_step_0[hide_duration=true,collapsed=true]\r\x1b[0K";
    CHECK(result.output.starts_with(head + green + "$ echo a\necho b" + reset));
    CHECK(result.output.find("section_end:7:section_script_step_0\r\x1b[0Ka\nb\n") != std::string::npos);
    CHECK(result.output.find(green + "$ echo c" + reset + "\nc\n") != std::string::npos);
}

TEST_CASE("with the exit code check each item's status counts")
{
    const std::vector<std::string> items{"[ -n \"$NOPE\" ] && echo y", "echo on"};
    CHECK(test::feed({"/bin/bash"}, script_of(items, {.exit_code_check = true})).exit_code == 1);
}

TEST_CASE("tracing shows the commands, and after_script has its first line [JOB-021]")
{
    const auto traced = test::feed({"/bin/bash"}, script_of({"echo hi"}, {.debug_trace = true}));
    CHECK(traced.output.find("+ echo hi") != std::string::npos);
    const auto after = test::feed({"/bin/bash"}, script_of({"echo a"}, {}, "Running after script..."));
    CHECK(after.output == green + "Running after script..." + reset + "\n" + green + "$ echo a" + reset + "\na\n");
}

TEST_CASE("any bytes survive quoting [JOB-015]")
{
    std::string all;
    for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
    for (const auto& shell : test::shells()) {
        CAPTURE(shell);
        const auto result = test::feed(shell, "printf '%s' " + job::shell_quote(all) + "\n");
        CHECK(result.output == all);
    }
}

TEST_CASE("what an earlier stage wrote to GITLAB_ENV is there, bad lines are reported and skipped")
{
    const std::string file =
        "f=$(mktemp)\nexport GITLAB_ENV=\"$f\"\nprintf 'A=b c\\n\\n# note\\nB = 2\\nC=x=y\\n' > \"$f\"\n";
    for (const auto& shell : test::shells()) {
        CAPTURE(shell);
        const auto result = test::feed(shell, file + script_of({"echo \"[$A][$C]\""}));
        CHECK(result.exit_code == 0);
        CHECK(result.output.find("[b c][x=y]") != std::string::npos);
        CHECK(result.output.find("ignored a line that is not NAME=value: B = 2") != std::string::npos);
    }
}

TEST_CASE("what would steer the next stage's shells or loader is not taken from GITLAB_ENV [AC-S14]")
{
    const std::string file = "f=$(mktemp)\nexport GITLAB_ENV=\"$f\"\n"
                             "for n in BASH_ENV ENV LD_PRELOAD LD_AUDIT PROMPT_COMMAND; do echo $n=/x >> \"$f\"; done\n"
                             "echo MY_ENV=kept >> \"$f\"\n";
    for (const auto& shell : test::shells()) {
        CAPTURE(shell);
        const auto result = test::feed(
            shell, file + script_of({"echo \"[$BASH_ENV$ENV$LD_PRELOAD$LD_AUDIT$PROMPT_COMMAND][$MY_ENV]\""}));
        CHECK(result.exit_code == 0);
        CHECK(result.output.find("[][kept]") != std::string::npos);
        CHECK(result.output.find("GITLAB_ENV: ignored LD_PRELOAD, which steers") != std::string::npos);
    }
}
