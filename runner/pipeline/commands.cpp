#include "runner/pipeline/commands.h"
#include "runner/pipeline/scalar.h"

namespace ysnp::pipeline {
namespace {

constexpr int most_levels = 10;

void refuse_map(const JobView& job, const Value& value, const std::string& what)
{
    std::string hint;
    if (!value.entries.empty())
        hint = ": put a command with \": \" in it in quotes, such as '" + value.entries[0].first.substr(0, 60) + ": …'";
    job.refuse(value, what + ": expected a command, found a map" + hint);
}

void flatten(const JobView& job, const Value& value, const std::string& what, int level, std::vector<std::string>& into)
{
    if (level > most_levels) job.refuse(value, what + ": more than ten levels of lists");
    if (value.is_list())
        for (const auto& item : value.items) flatten(job, item, what, level + 1, into);
    else if (value.is_scalar())
        into.push_back(expect_text(value, "job \"" + job.name() + "\": " + what));
    else if (value.is_map())
        refuse_map(job, value, what);
    else
        job.refuse(value, what + ": expected a command, found " + value.describe());
}

} // namespace

std::vector<std::string> commands(const JobView& job, std::string_view keyword)
{
    std::vector<std::string> lines;
    const auto value = job.keyword(keyword);
    if (value) flatten(job, *value, std::string(keyword), 0, lines);
    return lines;
}

std::vector<std::string> pre_get_sources(const JobView& job)
{
    std::vector<std::string> lines;
    const auto hooks = job.keyword("hooks");
    if (!hooks) return lines;
    if (!hooks->is_map()) job.refuse(*hooks, "hooks: expected a map, found " + hooks->describe());
    for (const auto& [key, value] : hooks->entries) {
        if (key != "pre_get_sources_script") job.refuse(value, "hooks: unknown hook \"" + key + "\"");
        if (!value.is_null()) flatten(job, value, "hooks:" + key, 0, lines);
    }
    return lines;
}

} // namespace ysnp::pipeline
