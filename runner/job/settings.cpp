#include "runner/job/settings.h"
#include "conf/units.h"
#include "runner/job/flags.h"

namespace ysnp::job {
namespace {

using std::chrono::milliseconds;

class Reader {
public:
    Reader(const gitlab::Job& job, std::vector<std::string>& warnings) : job_(job), warnings_(warnings) {}

    void no_effect(std::string_view name, std::string_view why)
    {
        const std::string* text = gitlab::find_variable(job_, name);
        if (text != nullptr && !text->empty() && *text != "1")
            ignore(std::string(name) + " has no effect: " + std::string(why));
    }

    bool boolean(std::string_view name, bool otherwise)
    {
        const std::string* text = gitlab::find_variable(job_, name);
        if (text == nullptr || text->empty()) return otherwise;
        const std::optional<bool> value = parse_bool(*text);
        if (!value) warn(name, *text, "true or false", otherwise ? "true" : "false");
        return value.value_or(otherwise);
    }

    std::optional<milliseconds> duration(std::string_view name, milliseconds longest)
    {
        const std::string* text = gitlab::find_variable(job_, name);
        if (text == nullptr || text->empty()) return std::nullopt;
        if (text->starts_with('-')) return ignore("Ignoring relative " + std::string(name) + " timeout: " + *text);
        const std::optional<milliseconds> value = conf::parse_duration(*text);
        if (!value) return ignore("Ignoring malformed " + std::string(name) + " timeout: " + *text);
        if (value->count() == 0) return std::nullopt;
        if (*value <= longest) return value;
        ignore(std::string(name) + " timeout: " + *text + " is longer than job timeout. Setting to job timeout");
        return longest;
    }

private:
    void warn(std::string_view name, const std::string& found, std::string_view expected, const std::string& used)
    {
        warnings_.push_back(std::string(name) + ": expected " + std::string(expected) + ", found \"" + found +
                            "\", using " + used);
    }
    std::optional<milliseconds> ignore(std::string warning)
    {
        warnings_.push_back(std::move(warning));
        return std::nullopt;
    }

    const gitlab::Job& job_;
    std::vector<std::string>& warnings_;
};

} // namespace

Settings read_settings(const gitlab::Job& job, milliseconds longest)
{
    Settings settings;
    Reader reader(job, settings.warnings);
    reader.no_effect("EXECUTOR_JOB_SECTION_ATTEMPTS", "a job whose container somebody removes ends");
    settings.script_timeout = reader.duration("RUNNER_SCRIPT_TIMEOUT", longest);
    const auto after = reader.duration("RUNNER_AFTER_SCRIPT_TIMEOUT", longest);
    settings.after_script_timeout = after.value_or(settings.after_script_timeout);
    settings.after_script_ignore_errors = reader.boolean("AFTER_SCRIPT_IGNORE_ERRORS", true);
    settings.debug_trace = reader.boolean("CI_DEBUG_TRACE", false);
    const bool debug_services = reader.boolean("CI_DEBUG_SERVICES", false);
    settings.restrict_log = settings.debug_trace || debug_services;
    return settings;
}

} // namespace ysnp::job
