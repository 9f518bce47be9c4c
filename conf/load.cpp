#include "conf/load.h"
#include "conf/gate_section.h"
#include "conf/runner_section.h"
#include "conf/secret_file.h"
#include "conf/token_state.h"
#include "conf/validate.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>

namespace ysnp::conf {
namespace {

constexpr std::size_t most_bytes = 1u << 20;
constexpr std::size_t most_files = 1000;

/// One file of the configuration, parsed, with what its mode says.
struct Source {
    std::optional<Node> tree;
    gid_t group = 0;
    bool others_read = false;
};

const std::vector<Refusal> refused{
    {"metrics", "metrics are not served yet; remove the section"},
    {"listen_address", "metrics are not served yet; remove the key"},
    {"session_server", "web terminals are not supported; remove the section"},
    {"sentry_dsn", "errors go to the log only; remove the key"},
    {"log_level", "is log: { level: info } here"},
    {"log_format", "is log: { format: text } here"},
    {"user", "the unit's User= decides; remove the key"},
    {"machine", "the one executor is docker; remove the section"},
    {"experimental", "is for another program; remove the section"},
    {"labels", "use docker.container_labels of a runner"},
    {"cache", "caches are not supported yet; remove the section"},
};

void read_log(Section section, Log& into)
{
    static constexpr Word<LogLevel> levels[]{{"debug", LogLevel::debug},     {"info", LogLevel::info},
                                             {"warning", LogLevel::warning}, {"warn", LogLevel::warning},
                                             {"error", LogLevel::error},     {"fatal", LogLevel::error},
                                             {"panic", LogLevel::error}};
    static constexpr Word<LogFormat> formats[]{
        {"text", LogFormat::text}, {"json", LogFormat::json}, {"runner", LogFormat::text}};
    section.read_word("level", into.level, levels);
    section.read_word("format", into.format, formats);
    section.finish();
}

/// Defaults that depend on who the configuration belongs to: a service under /etc, or a person.
void set_places(Config& config, const std::filesystem::path& file, const Environment& environment)
{
    const bool personal = !environment.home().empty() && (file.empty() || file == default_config(environment, false));
    const auto state = environment.variable("XDG_STATE_HOME").value_or((environment.home() / ".local/state").string());
    config.state_dir = personal ? std::filesystem::path(state) / "ysnprunner" : "/var/lib/ysnprunner";
    config.audit_file = personal ? config.state_dir / "audit.jsonl" : "/var/log/ysnprunner/audit.jsonl";
    const auto folder = file.empty() ? default_config(environment, !personal).parent_path() : file.parent_path();
    std::error_code ignored;
    config.gate.file_path = std::filesystem::absolute(folder / "policy", ignored).lexically_normal();
    config.file = file;
}

/// gitlab-runner takes 0 and what is below for its default.
void read_check_interval(Section& section, Duration& into)
{
    const Node* const written = section.take("check_interval");
    const std::string_view text = written ? std::string_view(written->text) : std::string_view();
    const bool negative = text.starts_with('-') && text.find_first_not_of("0123456789smh", 1) == text.npos;
    if (negative || parse_duration(text) == Duration(0)) {
        return section.warn("check_interval",
                            "expected 1s to 1h, found " + std::string(text) + "; " + to_string(into) + " is used");
    }
    section.read("check_interval", into);
    if (into < std::chrono::seconds(1) || into > std::chrono::hours(1))
        section.error("check_interval", "expected 1s to 1h, found " + to_string(into));
}

void read_global(Section& section, Config& config, const Environment& environment)
{
    section.read_number("concurrent", config.concurrent, 1, 10'000);
    read_check_interval(section, config.check_interval);
    section.read("shutdown_timeout", config.shutdown_timeout);
    section.read("connection_max_age", config.connection_max_age);
    section.read("state_dir", config.state_dir);
    read_log(section.child("log"), config.log);
    Section gate = section.child("gate");
    config.gate_fingerprint = gate.fingerprint();
    read_gate(std::move(gate), config.gate, environment.now);
    Section audit = section.child("audit");
    audit.read("file", config.audit_file);
    audit.finish();
}

/// The newest token, where GitLab replaced the configured one.
void apply_token_state(Runner& runner, const Config& config, Report& report)
{
    if (runner.token.empty()) return;
    runner.token_state = token_state_file(config.state_dir, runner.token);
    runner.configured_token = runner.token.copy();
    try {
        auto state = load_token_state(runner.token_state);
        if (!state) return;
        runner.token = std::move(state->token);
        if (state->id != 0) runner.id = state->id;
        runner.token_obtained_at = state->obtained_at;
        runner.token_expires_at = state->expires_at;
    } catch (const std::system_error& error) {
        report.add({Severity::error, runner.source.string(), {runner.line, 1}, "token", error.what()});
    }
}

void read_config(const Node* tree, const std::string& name, const RunnerContext& file, Config& config, Report& report)
{
    Section section(tree, name, "", report);
    read_global(section, config, file.environment);
    for (Section& entry : section.children("runners")) config.runners.push_back(read_runner(std::move(entry), file));
    section.finish(refused);
}

std::optional<Source> open_source(const std::filesystem::path& file, Report& report)
{
    Source source;
    struct stat status {};
    std::string error;
    auto text = read_small_file(file, most_bytes, error);
    if (!text || ::stat(file.c_str(), &status) != 0) {
        report.add({Severity::error, file.string(), {}, "", error.empty() ? std::strerror(errno) : error});
        return std::nullopt;
    }
    if (status.st_mode & (S_IWGRP | S_IWOTH))
        report.add({Severity::error, file.string(), {}, "", "its group or others may write it; chmod go-w it"});
    source.group = status.st_gid;
    source.others_read = (status.st_mode & S_IROTH) != 0;
    source.tree = parse_yaml(*text, file.string(), report);
    wipe(*text);
    return source;
}

/// runners.d/*.yml in the order of their names.
std::vector<std::filesystem::path> runner_files(const std::filesystem::path& file, Report& report)
{
    std::vector<std::filesystem::path> files;
    const auto folder = file.parent_path() / "runners.d";
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".yml" && !entry->path().filename().string().starts_with('.'))
            files.push_back(entry->path());
    if (error && error != std::errc::no_such_file_or_directory)
        report.add({Severity::error, folder.string(), {}, "", error.message()});
    if (files.size() > most_files) {
        report.add({Severity::error, folder.string(), {}, "", "more than 1000 files"});
        files.clear();
    }
    std::sort(files.begin(), files.end());
    return files;
}

void add_runner_file(const std::filesystem::path& file, const Environment& environment, Config& config, Report& report)
{
    const auto source = open_source(file, report);
    config.files.push_back(file);
    if (!source || !source->tree) return;
    if (source->tree->kind != Node::Kind::map) {
        report.add({Severity::error, file.string(), source->tree->mark, "",
                    "expected the keys of one runner, such as name and url"});
        return;
    }
    const RunnerContext context{environment, config.gate, source->group, source->others_read};
    config.runners.push_back(read_runner(Section(&*source->tree, file.string(), "", report), context));
}

Loaded finish(Config config, Report& report)
{
    for (Runner& runner : config.runners) apply_token_state(runner, config, report);
    validate(config, report);
    Loaded loaded;
    const bool failed = report.failed();
    loaded.problems = report.take();
    if (!failed) loaded.config = std::move(config);
    return loaded;
}

} // namespace

Loaded load(const std::filesystem::path& file, const Environment& environment)
{
    Report report;
    Config config;
    set_places(config, file, environment);
    config.files.push_back(file);
    const auto source = open_source(file, report);
    if (source && source->tree)
        read_config(&*source->tree, file.string(), {environment, config.gate, source->group, source->others_read},
                    config, report);
    for (const auto& entry : runner_files(file, report)) add_runner_file(entry, environment, config, report);
    return finish(std::move(config), report);
}

Loaded load_text(std::string_view text, const std::string& name, const Environment& environment)
{
    Report report;
    Config config;
    set_places(config, "", environment);
    if (const auto tree = parse_yaml(text, name, report))
        read_config(&*tree, name, {environment, config.gate, 0, false}, config, report);
    return finish(std::move(config), report);
}

Config defaults(const Environment& environment, const std::filesystem::path& file)
{
    Config config;
    set_places(config, file, environment);
    return config;
}

std::string to_string(const std::vector<Problem>& problems)
{
    std::string text;
    for (const Problem& problem : problems) text += problem.to_string() + "\n";
    return text;
}

} // namespace ysnp::conf
