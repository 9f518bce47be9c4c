#include "test/integration/jobs/checks.h"
#include <algorithm>
#include <regex>

using namespace ysnp::test;

namespace {

constexpr const char* stamp = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z ";

bool matches(const FakeJob& job, const std::string& pattern)
{
    return std::regex_search(job.trace, std::regex(stamp + pattern));
}

} // namespace

TEST_CASE("commands are echoed in green before what they print, in order [JOB-001] [JOB-002] [JOB-029] [JOB-030]")
{
    World world;
    const FakeJob job = world.finish(world.job(
        {"echo one", "echo two", "", "if true; then\n  echo block\nfi", "cd /tmp", "pwd",
         "echo $CI_SERVER $CI_DISPOSABLE_ENVIRONMENT .$CI_RUNNER_VERSION.", "echo to-stderr >&2", "printf last"}));
    INFO(job.trace);
    CHECK(job.state == "success");
    CHECK(matches(job, "01O \x1b\\[32;1m\\$ echo one\x1b\\[0;m\n"));
    CHECK(has(job, "$ echo one\none\n$ echo two\ntwo\n\n$ if true; then # collapsed multi-line command\nblock\n"));
    CHECK(has(job, "$ pwd\n/tmp\n")); // [JOB-007]
    CHECK(has(job, "\nyes true ."));  // [JOB-111]
    CHECK_FALSE(has(job, "true ..\n"));
    CHECK(has(job, "$ echo to-stderr >&2\nto-stderr\n$ printf last\nlast\n")); // [DK158]
    CHECK(plain(job.trace).ends_with("\nJob succeeded\n"));                    // [JOB-143]
    for (const char* section : {"prepare_executor", "get_sources", "step_script", "cleanup_file_variables"}) {
        CHECK(matches(job, std::string("00O[ +]section_start:\\d+:") + section + "\r\x1b\\[0K"));
        CHECK(matches(job, std::string("00O[ +]section_end:\\d+:") + section + "\r\x1b\\[0K"));
    }
    CHECK(job.trace_matches());
}

TEST_CASE("what a job prints arrives as it is: colours, sections, carriage returns, broken text [JOB-093] [JOB-095]")
{
    World world;
    const FakeJob job =
        world.finish(world.job({"printf '\\033[31mred\\033[0m\\n'",
                                "printf 'section_start:7:mine\\r\\033[0KTitle\\nsection_end:7:mine\\r\\033[0K\\n'",
                                "printf '10%%\\r'; sleep 0.3; printf '20%%\\r'; sleep 0.3; echo all",
                                "printf 'a\\377b \\303'; sleep 0.3; printf '\\251.\\n'",
                                "head -c 1000000 /dev/zero | tr '\\0' '~'; echo; echo after-it"}));
    CHECK(job.state == "success");
    CHECK(has_bytes(job, "\x1b[31mred\x1b[0m\n"));
    CHECK(has_bytes(job, "section_start:7:mine\r\x1b[0KTitle\n"));
    CHECK(matches(job, "01O 10%\r\n")); // [JOB-094]
    CHECK(matches(job, "01O\\+20%\r\n"));
    CHECK(matches(job, "01O\\+all\n"));
    CHECK(has_bytes(job, "a\xEF\xBF\xBD"
                         "b \xC3\xA9.\n"));                   // [JOB-142] [DK163]
    CHECK(std::ranges::count(job.trace, '~') == 1000000 + 1); // and once in the echo of the command [JOB-144]
    CHECK(has_bytes(job, "after-it\n"));
    CHECK(job.trace_matches());
}

TEST_CASE("feature flags shape the log, and the header names those that differ [JOB-214] [JOB-215] [JOB-216] [JOB-217]")
{
    World world;
    PayloadSpec bare = world.job({"echo bare"});
    bare.variables.push_back({"FF_TIMESTAMPS", "0"});
    PayloadSpec untitled = world.job({"echo untitled"});
    untitled.patch = R"({"features": {"trace_sections": false}})";
    PayloadSpec folded = world.job({"echo single", "echo one\necho two"});
    folded.variables.push_back({"FF_SCRIPT_SECTIONS", "true"});
    const std::uint64_t first = world.gitlab().enqueue(bare), second = world.gitlab().enqueue(untitled),
                        third = world.gitlab().enqueue(folded);

    const FakeJob without_headers = world.finish(first);
    INFO(without_headers.trace);
    CHECK_FALSE(std::regex_search(without_headers.trace, std::regex(stamp)));
    CHECK(has_bytes(without_headers, "\r\x1b[0K"));
    CHECK(has_bytes(without_headers, "\nbare\n"));
    CHECK(has_bytes(without_headers, "feature flags: FF_TIMESTAMPS:false"));

    const FakeJob without_sections = world.finish(second);
    INFO(without_sections.trace);
    CHECK_FALSE(has_bytes(without_sections, "section_"));
    CHECK(has(without_sections, "Getting source from Git repository"));
    CHECK_FALSE(has(without_sections, "feature flags"));

    const FakeJob with_folds = world.finish(third);
    INFO(with_folds.trace);
    CHECK(std::regex_search(
        with_folds.trace,
        std::regex("section_start:\\d+:section_script_step_1\\[hide_duration=true,collapsed=true\\]\r")));
    CHECK(has(with_folds, "$ echo one\necho two\n"));
    CHECK(has(with_folds, "\none\ntwo\n"));
    CHECK(has(with_folds, "$ echo single\nsingle\n"));
    CHECK(has(with_folds, "FF_SCRIPT_SECTIONS:true"));
}

TEST_CASE("credentials are masked by their name and by their shape, also where GitLab says that they are not [AC-V22]")
{
    World world;
    const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb2IifQ.c2lnbmF0dXJlLW9mLWdpdGxhYg",
                      password = "r3gistry-pass";
    PayloadSpec spec = world.job(
        {"echo id=$MY_ID_TOKEN", "echo registry=$CI_REGISTRY_PASSWORD", "echo job=$CI_JOB_TOKEN", "echo plain=$PLAIN"});
    spec.variables.push_back({"MY_ID_TOKEN", token, true, false});
    spec.variables.push_back({"CI_REGISTRY_PASSWORD", password, true, false});
    spec.variables.push_back({"PLAIN", "eyJ.not-a.token!", true, false});
    const FakeJob job = world.finish(spec);
    INFO(job.trace);
    CHECK(job.state == "success");
    for (const std::string& secret : {token, password, job.token}) CHECK_FALSE(has_bytes(job, secret));
    CHECK(has(job, "\nid=[MASKED]\n"));
    CHECK(has(job, "\nregistry=[MASKED]\n"));
    CHECK(has(job, "\njob=[MASKED]\n"));
    CHECK(has(job, "\nplain=eyJ.not-a.token!\n"));
}

TEST_CASE("secrets never reach GitLab's log, however they are printed [JOB-005] [JOB-137] [JOB-141] [PAY-11]")
{
    World world;
    PayloadSpec spec =
        world.job({"echo $SECRET", "echo curl -H s3cr3t-value", "echo ${SECRET}-longer",
                   "printf s3cr3t-; sleep 0.4; echo value", "echo \"$LINES\"", "echo \"$LINES\" | tail -n 1",
                   "cat $FILE", "echo gl''pat-abcdefghij0123456789", "echo 'https://h/x?private_token=abc&x=1'",
                   "printf %s $SECRET | base64", "echo $CI_JOB_TOKEN", "env | grep -c SECRET"});
    spec.token_mask_prefixes = {"glpat-"};
    spec.variables.push_back({"SECRET", "s3cr3t-value", false, true});
    spec.variables.push_back({"LONGER", "s3cr3t-value-longer", false, true});
    spec.variables.push_back({"LINES", "first-line-of-it\nsecond-line-of-it", false, true});
    spec.variables.push_back({"FILE", "content-of-the-file", false, true, true});
    const FakeJob job = world.finish(spec);
    INFO(job.trace);
    CHECK(job.state == "success");
    for (const char* secret : {"s3cr3t-value", "first-line-of-it\nsecond", "content-of-the-file"})
        CHECK_FALSE(has(job, secret));
    CHECK_FALSE(has_bytes(job, job.token));
    CHECK(has(job, "$ echo $SECRET\n[MASKED]\n$ echo curl -H [MASKED]\ncurl -H [MASKED]\n"));
    CHECK(has(job, "$ echo ${SECRET}-longer\n[MASKED]\n"));
    CHECK(has(job, "sleep 0.4; echo value\n[MASKED]\n")); // [JOB-135]
    CHECK(has(job, "$ echo \"$LINES\"\n[MASKED]\n"));     // [JOB-136]
    CHECK(has(job, "| tail -n 1\n[MASKED]\n"));           // each longer line by itself
    CHECK(has(job, "$ cat $FILE\n[MASKED]"));             // [JOB-088]
    CHECK(has(job, "\nglpat-[MASKED]\n"));                // [JOB-138]
    CHECK(has(job, "private_token=[MASKED]&x=1"));        // [JOB-139]
    CHECK(has(job, "czNjcjN0LXZhbHVl"));                  // [JOB-140]
    CHECK(has(job, "$ echo $CI_JOB_TOKEN\n[MASKED]\n"));
    CHECK(world.runner().log().find("s3cr3t-value") == std::string::npos);
}
