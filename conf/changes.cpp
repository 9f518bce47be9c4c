#include "conf/changes.h"
#include <algorithm>

namespace ysnp::conf {
namespace {

const Runner* find(const Config& config, const std::string& name)
{
    const auto found = std::find_if(config.runners.begin(), config.runners.end(),
                                    [&](const Runner& runner) { return runner.name == name; });
    return found == config.runners.end() ? nullptr : &*found;
}

/// The url and the configured token may come from the environment, so what was written is not all.
bool same(const Runner& left, const Runner& right)
{
    return left.fingerprint == right.fingerprint && left.url == right.url && left.token_state == right.token_state;
}

void compare_runners(const Config& before, const Config& after, Changes& changes)
{
    for (const Runner& runner : after.runners) {
        const Runner* old = find(before, runner.name);
        if (!old)
            changes.added.push_back(runner.name);
        else if (!same(*old, runner))
            changes.changed.push_back(runner.name);
    }
    for (const Runner& runner : before.runners)
        if (!find(after, runner.name)) changes.removed.push_back(runner.name);
}

void append(std::string& text, std::string_view title, const std::vector<std::string>& names)
{
    if (names.empty()) return;
    text += (text.empty() ? "" : "; ") + std::string(title) + ": ";
    for (const std::string& name : names) text += (&name == &names.front() ? "" : ", ") + name;
}

} // namespace

std::string Changes::to_string() const
{
    std::string text;
    append(text, "runners added", added);
    append(text, "runners removed", removed);
    append(text, "runners changed", changed);
    append(text, "changed", settings);
    append(text, "needs a restart", need_restart);
    return text.empty() ? "nothing changed" : text;
}

Changes difference(const Config& before, const Config& after)
{
    Changes changes;
    compare_runners(before, after, changes);
    const auto note = [](bool differs, std::vector<std::string>& list, const char* key) {
        if (differs) list.push_back(key);
    };
    note(before.concurrent != after.concurrent, changes.settings, "concurrent");
    note(before.check_interval != after.check_interval, changes.settings, "check_interval");
    note(before.shutdown_timeout != after.shutdown_timeout, changes.settings, "shutdown_timeout");
    note(before.connection_max_age != after.connection_max_age, changes.settings, "connection_max_age");
    note(before.log.level != after.log.level, changes.settings, "log.level");
    note(before.gate_fingerprint != after.gate_fingerprint, changes.settings, "gate");
    note(before.log.format != after.log.format, changes.need_restart, "log.format");
    note(before.state_dir != after.state_dir, changes.need_restart, "state_dir");
    note(before.audit_file != after.audit_file, changes.need_restart, "audit.file");
    return changes;
}

void keep_until_restart(const Config& before, Config& after)
{
    after.log.format = before.log.format;
    after.state_dir = before.state_dir;
    after.audit_file = before.audit_file;
}

} // namespace ysnp::conf
