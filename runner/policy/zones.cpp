#include "runner/policy/zones.h"
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace ysnp::policy {
namespace {

bool is_zone_name(std::string_view name)
{
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("/_+-").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= 64 && name.front() != '/' && std::all_of(name.begin(), name.end(), good);
}

void collect(const std::vector<checks::Check>& list, std::set<std::string>& names)
{
    for (const checks::Check& check : list)
        if (check.kind == checks::CheckKind::date_time) names.insert(check.window.zone);
}

} // namespace

std::vector<checks::ZoneData> zones_of(const checks::Policy& policy)
{
    std::set<std::string> names;
    if (policy.v1_jobs)
        for (const checks::JobChecks& job : *policy.v1_jobs) collect(job.checks, names);
    if (policy.native)
        for (const auto& [name, job] : policy.native->jobs)
            if (job.checks) collect(*job.checks, names);
    std::vector<checks::ZoneData> zones;
    for (const std::string& name : names) {
        if (!is_zone_name(name)) continue;
        std::ifstream file(name == "local" ? "/etc/localtime" : "/usr/share/zoneinfo/" + name, std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(file), {}};
        if (bytes.starts_with("TZif")) zones.push_back({name, std::move(bytes)});
    }
    return zones;
}

} // namespace ysnp::policy
