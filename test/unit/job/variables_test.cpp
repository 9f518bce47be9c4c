#include "runner/job/flags.h"
#include "runner/job/settings.h"
#include "runner/job/variables.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace std::chrono_literals;

namespace {

gitlab::Variable variable(std::string key, std::string value)
{
    return {std::move(key), std::move(value), true, false, false, false};
}

gitlab::Job job_with(std::vector<gitlab::Variable> variables)
{
    gitlab::Job job;
    job.variables = std::move(variables);
    return job;
}

job::Layout layout() { return job::make_layout("/builds", "group/project", "abcdefgh", 7, 42, {}); }

job::Variables variables_of(const gitlab::Job& job, const job::RunnerFacts& facts = {})
{
    return {job, job::Flags(job, {}, facts.environment), facts, layout()};
}

std::string in_environment(const job::Variables& variables, std::string_view name, std::string_view status = "running")
{
    for (const auto& [key, value] : variables.environment(status)) {
        if (key == name) return value;
    }
    return "(absent)";
}

} // namespace

TEST_CASE("later variables win, and nobody overrides the runner's last ones")
{
    const gitlab::Job job =
        job_with({variable("A", "first"), variable("A", "second"), variable("CI_RUNNER_VERSION", "9.9"),
                  variable("CI_DISPOSABLE_ENVIRONMENT", "no"), variable("FROM_CONFIG", "job")});
    job::RunnerFacts facts;
    facts.version = "0.1.0";
    facts.environment = {{"FROM_CONFIG", "config"}, {"ONLY_CONFIG", "x"}};
    const job::Variables variables = variables_of(job, facts);
    CHECK(in_environment(variables, "A") == "second");
    CHECK(variables.value("A") == "second");
    CHECK(variables.expand("$A") == "second");
    CHECK(in_environment(variables, "CI_RUNNER_VERSION") == "0.1.0");
    CHECK(in_environment(variables, "CI_DISPOSABLE_ENVIRONMENT") == "true");
    CHECK(in_environment(variables, "FROM_CONFIG") == "job");
    CHECK(in_environment(variables, "ONLY_CONFIG") == "x");
    const auto all = variables.environment("running");
    CHECK(std::ranges::count(all, std::string("A"), &std::pair<std::string, std::string>::first) == 1);
}

TEST_CASE("the runner says where, when and how often the job runs [JOB-008] [JOB-031]")
{
    job::RunnerFacts facts;
    facts.slot = {3, 1};
    facts.timeout_seconds = 3600;
    const gitlab::Job job = job_with({});
    const job::Variables variables = variables_of(job, facts);
    CHECK(in_environment(variables, "CI_PROJECT_DIR") == "/builds/group/project");
    CHECK(in_environment(variables, "CI_BUILDS_DIR") == "/builds");
    CHECK(in_environment(variables, "CI_CONCURRENT_ID") == "3");
    CHECK(in_environment(variables, "CI_CONCURRENT_PROJECT_ID") == "1");
    CHECK(in_environment(variables, "CI_JOB_TIMEOUT") == "3600");
    CHECK(in_environment(variables, "CI_JOB_STATUS") == "running");
    CHECK(in_environment(variables, "CI_JOB_STATUS", "failed") == "failed");
    CHECK(in_environment(variables, "GITLAB_ENV") == "/builds/group/project.tmp/gitlab_runner_env");
}

TEST_CASE("values are expanded once, raw ones never [JOB-015] [JOB-091] [JOB-092]")
{
    gitlab::Variable raw = variable("RAW", "pa$word");
    raw.raw = true;
    const gitlab::Job job =
        job_with({variable("A", "x"), variable("B", "$A-y"), variable("C", "$B"), variable("P", "pa$word"), raw});
    const job::Variables variables = variables_of(job);
    CHECK(in_environment(variables, "B") == "x-y");
    CHECK(in_environment(variables, "C") == "$A-y");
    CHECK(in_environment(variables, "P") == "pa");
    CHECK(in_environment(variables, "RAW") == "pa$word");
    CHECK(variables.expand("img:$A") == "img:x"); // [JOB-025]
}

TEST_CASE("no value becomes code of a script: what a shell could read as more than a word stays a reference [INV-2]")
{
    const gitlab::Job job =
        job_with({variable("TAG", "v1.2-rc+1"), variable("EMPTY", ""), variable("NOTE", "two words"),
                  variable("EVIL", "x\";id;\""), variable("SET", "BASH_ENV=x"), variable("A-B", "`id`"),
                  variable("UTF", "\xc3\xa9")});
    const job::Variables variables = variables_of(job);
    CHECK(variables.expand_script("$TAG ${TAG}x '$EMPTY' $NONE") == "v1.2-rc+1 v1.2-rc+1x '' ");
    CHECK(variables.expand_script("\"$NOTE\" $EVIL-${EVIL} $SET $UTF") == "\"${NOTE}\" ${EVIL}-${EVIL} ${SET} ${UTF}");
    CHECK(variables.expand_script("${A-B} $(date) \\$TAG") == " $(date) \\v1.2-rc+1");
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const job::Variables one = variables_of(job_with({variable("X", std::string(1, c))}));
        const bool word = std::isalnum(byte) && byte < 128;
        const bool mark = c != 0 && std::string("_./:@%+,-").find(c) != std::string::npos;
        CAPTURE(byte);
        CHECK(one.expand_script("$X") == (word || mark ? std::string(1, c) : "${X}"));
    }
}

TEST_CASE("a file variable is a path in the temporary folder, its content exact [JOB-087]")
{
    gitlab::Variable file = variable("KUBECONFIG", "no newline");
    file.file = true;
    const gitlab::Job job = job_with({file, variable("REFERS", "$KUBECONFIG")});
    const job::Variables variables = variables_of(job);
    CHECK(in_environment(variables, "KUBECONFIG") == "/builds/group/project.tmp/KUBECONFIG");
    CHECK(in_environment(variables, "REFERS") == "/builds/group/project.tmp/KUBECONFIG");
    REQUIRE(variables.files().size() == 1);
    CHECK(variables.files().front().content == "no newline");
}

TEST_CASE("names that no shell accepts are left out and told [JOB-180]")
{
    const gitlab::Job job = job_with({variable("1FOO", "x"), variable("MY-VAR", "y"), variable("UID", "5")});
    const job::Variables variables = variables_of(job);
    CHECK(variables.skipped() == std::vector<std::string>{"1FOO", "MY-VAR"});
    CHECK(in_environment(variables, "1FOO") == "(absent)");
    CHECK(in_environment(variables, "UID") == "5"); // [JOB-182]
}

TEST_CASE("masked values are masked before and after expansion")
{
    gitlab::Variable masked = variable("M", " a$A ");
    masked.masked = true;
    const gitlab::Job job = job_with({variable("A", "bc"), masked});
    const job::Variables variables = variables_of(job);
    CHECK(variables.masked() == std::vector<std::string>{"a$A", "abc"});
    CHECK(variables.barely_masked() == std::vector<std::string>{"M"});
}

TEST_CASE("configuration decides on a feature flag, then the job [JOB-217]")
{
    const gitlab::Job job = job_with({variable("FF_SCRIPT_SECTIONS", "true"), variable("FF_TIMESTAMPS", "0")});
    const job::Flags by_job(job, {}, {});
    CHECK(by_job.is_on("FF_SCRIPT_SECTIONS"));
    CHECK_FALSE(by_job.is_on("FF_TIMESTAMPS"));
    CHECK(by_job.changed() == "FF_TIMESTAMPS:false, FF_SCRIPT_SECTIONS:true");
    const job::Flags by_config(job, {{"FF_SCRIPT_SECTIONS", false}}, {});
    CHECK_FALSE(by_config.is_on("FF_SCRIPT_SECTIONS"));
    CHECK(by_config.changed() == "FF_TIMESTAMPS:false");
    const gitlab::Job empty = job_with({});
    CHECK(job::Flags(empty, {}, {{"FF_SCRIPT_SECTIONS", "1"}}).is_on("FF_SCRIPT_SECTIONS"));
}

TEST_CASE("settings that make no sense are replaced with a warning [JOB-185]")
{
    const gitlab::Job job =
        job_with({variable("CI_DEBUG_TRACE", "yes"), variable("EXECUTOR_JOB_SECTION_ATTEMPTS", "50"),
                  variable("RUNNER_SCRIPT_TIMEOUT", "5"), variable("RUNNER_AFTER_SCRIPT_TIMEOUT", "2h")});
    const job::Settings settings = job::read_settings(job, 1h);
    CHECK_FALSE(settings.debug_trace);
    CHECK_FALSE(settings.script_timeout);
    CHECK(settings.after_script_timeout == 1h);
    REQUIRE(settings.warnings.size() == 4);
    CHECK(settings.warnings[0] ==
          "EXECUTOR_JOB_SECTION_ATTEMPTS has no effect: a job whose container somebody removes ends");
}

TEST_CASE("a script's time-out above the job's is cut to the job's, with a warning [CAN-11]")
{
    const gitlab::Job job = job_with({variable("RUNNER_SCRIPT_TIMEOUT", "2h")});
    const job::Settings settings = job::read_settings(job, 1h);
    CHECK(settings.script_timeout == 1h);
    CHECK(settings.warnings == std::vector<std::string>{"RUNNER_SCRIPT_TIMEOUT timeout: 2h is longer than job timeout. "
                                                        "Setting to job timeout"});
}

TEST_CASE("time-outs and switches are read from variables")
{
    CHECK(job::read_settings(job_with({}), 1h).after_script_timeout == 5min); // [JOB-116]
    const gitlab::Job job =
        job_with({variable("RUNNER_SCRIPT_TIMEOUT", "1m30s"), variable("AFTER_SCRIPT_IGNORE_ERRORS", "false"),
                  variable("CI_DEBUG_SERVICES", "true")});
    const job::Settings settings = job::read_settings(job, 1h);
    CHECK(settings.script_timeout == 90s);
    CHECK_FALSE(settings.after_script_ignore_errors);
    CHECK(settings.restrict_log);
    CHECK_FALSE(settings.debug_trace);
    CHECK(settings.warnings.empty());
}

TEST_CASE("another project folder moves the files with it")
{
    gitlab::Variable file = variable("F", "x");
    file.file = true;
    const gitlab::Job job = job_with({file});
    job::Variables variables = variables_of(job);
    variables.relocate(job::with_project_dir(layout(), "/builds/0/x"));
    CHECK(in_environment(variables, "CI_PROJECT_DIR") == "/builds/0/x");
    CHECK(in_environment(variables, "F") == "/builds/0/x.tmp/F");
    CHECK(in_environment(variables, "RUNNER_TEMP_PROJECT_DIR") == "/builds/0/x.tmp");
}
