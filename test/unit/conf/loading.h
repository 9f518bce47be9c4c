#pragma once
#include "conf/load.h"
#include <map>
#include <string>
#include <vector>

namespace ysnp::test {

inline std::chrono::sys_seconds fixed_now() { return std::chrono::sys_days(std::chrono::year(2026) / 11 / 30); }

/// An environment of tests: these variables, and 2026-11-30.
inline conf::Environment environment(std::map<std::string, std::string> variables = {})
{
    const auto find = [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return {find, fixed_now()};
}

inline conf::Loaded loaded(const std::string& text, const conf::Environment& around = environment())
{
    return conf::load_text(text, "config.yml", around);
}

/// All findings, one per line.
inline std::string findings(const std::string& text, const conf::Environment& around = environment())
{
    return conf::to_string(loaded(text, around).problems);
}

/// A runner entry whose remaining lines are `more`, each indented by four blanks.
inline std::string with_runner(const std::string& more)
{
    return "runners:\n  - name: one\n    url: https://gitlab.example.com\n    token: glrt-aaaaaaaaaaaaaaaaaaaa\n" +
           more;
}

} // namespace ysnp::test
