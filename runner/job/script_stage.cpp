#include "runner/job/script_stage.h"
#include "net/failure.h"
#include "runner/git/job_environment.h"
#include "runner/job/outcome.h"
#include <cerrno>
#include <charconv>

namespace ysnp::job {
namespace {

using gitlab::FailureReason;

/// Above this the kernel starts no program with the variable in its environment (execve(2), MAX_ARG_STRLEN).
constexpr std::size_t longest_exported = 128 * 1024 - 1;

class TraceSink final : public agent::OutputSink {
public:
    explicit TraceSink(trace::Trace& trace) : trace_(trace) {}
    boost::asio::awaitable<void> write(std::string_view bytes) override
    {
        trace_.write(trace::Source::job_out, bytes);
        co_return;
    }

private:
    trace::Trace& trace_;
};

unsigned own_git_entries(const Variables& variables)
{
    const std::string text = variables.value("GIT_CONFIG_COUNT").value_or("0");
    unsigned count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

net::Url repository(const Run& run) { return net::parse_url(run.job.git_info.repo_url); }

/// The environment of a stage; what is too long for it becomes a variable of the shell alone, in `script`.
std::vector<std::string> environment_of(const Run& run, const std::string& status, std::string& script)
{
    std::vector<std::string> result;
    auto pairs = run.variables.environment(status);
    for (auto& entry : git::job_git_environment(repository(run), own_git_entries(run.variables)))
        pairs.push_back(std::move(entry));
    for (const auto& [name, value] : pairs) {
        if (name.size() + value.size() + 1 <= longest_exported)
            result.push_back(name + "=" + value);
        else
            script += name + "=" + shell_quote(value) + "\n";
    }
    return result;
}

agent::Stage stage_of(const Run& run, const Workplace& place, const ScriptCall& call)
{
    ScriptOptions options;
    options.debug_trace = run.settings.debug_trace && !run.station.runner.debug_trace_disabled;
    options.exit_code_check = run.flags.is_on("FF_ENABLE_BASH_EXIT_CODE_CHECK");
    options.sections = run.flags.is_on("FF_SCRIPT_SECTIONS") && run.job.features.trace_sections;
    options.now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    agent::Stage stage;
    stage.argv = place.command();
    stage.environment = environment_of(run, call.status, stage.script);
    for (VariableFile& file : run.variables.files())
        stage.files.push_back({std::move(file.path), std::move(file.content)});
    stage.directory = run.layout.project_dir;
    stage.script += stage_script(call.parts, call.first_line, options);
    stage.grace = stop_grace;
    return stage;
}

} // namespace

boost::asio::awaitable<agent::StageResult> run_script(Run& run, Workplace& place, ScriptCall call, Deadline until)
{
    const agent::Stage stage = stage_of(run, place, call);
    TraceSink sink(run.trace);
    std::exception_ptr lost;
    try {
        const agent::StageResult result = co_await place.session().run(stage, sink, until);
        run.trace.end_stage();
        if (result.memory_kills > 0) {
            run.line(trace::Style::warning, "the kernel killed " + std::to_string(result.memory_kills) +
                                                " process(es) of this stage for lack of memory");
        }
        co_return result;
    } catch (const std::system_error& error) {
        run.trace.end_stage();
        if (error.code() != Failure::transient || error.code() == Failure::cancelled) throw;
        lost = std::current_exception();
    }
    const JobError error = co_await place.lost(lost);
    throw error;
}

void require_success(const agent::StageResult& result)
{
    if (result.succeeded()) return;
    if (result.how == agent::How::not_started && (result.error == ENOSPC || result.error == EDQUOT)) {
        throw JobError(FailureReason::script_failure,
                       "no space is left on the job's volume, and what runs next needs some: " + result.failure);
    }
    if (result.how == agent::How::not_started) {
        throw JobError(
            FailureReason::runner_configuration_error,
            "the job's shell could not be started: " + result.failure +
                " (does the image have a shell, does its entrypoint run it, and are the job's folders still there?)");
    }
    if (result.how == agent::How::timed_out) {
        throw JobError(FailureReason::job_execution_timeout, "script timeout: context deadline exceeded");
    }
    const std::string text = "exit code " + std::to_string(result.exit_code);
    throw JobError(FailureReason::script_failure, text, result.exit_code);
}

} // namespace ysnp::job
