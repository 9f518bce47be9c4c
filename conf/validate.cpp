#include "conf/validate.h"
#include "net/url.h"
#include <algorithm>
#include <map>
#include <system_error>

namespace ysnp::conf {
namespace {

void add(Report& report, Severity severity, const Runner& runner, std::string key, std::string message)
{
    report.add({severity, runner.source.string(), {runner.line, 1}, std::move(key), std::move(message)});
}

std::string place(const Runner& runner) { return runner.source.string() + ":" + std::to_string(runner.line); }

void check_names(const Config& config, Report& report)
{
    std::map<std::string, const Runner*> seen;
    for (const Runner& runner : config.runners) {
        if (runner.name.empty()) continue;
        const auto [first, fresh] = seen.try_emplace(runner.name, &runner);
        if (!fresh)
            add(report, Severity::error, runner, "name",
                "the runner " + in_quotes(runner.name) + " exists already, in " + place(*first->second) +
                    "; choose another name");
    }
}

/// One token in two entries means that each counts its own jobs and that the first rotation ends the other one.
void check_tokens(const Config& config, Report& report)
{
    std::map<std::string, const Runner*> seen;
    for (const Runner& runner : config.runners) {
        if (runner.token_state.empty()) continue;
        const auto [first, fresh] = seen.try_emplace(runner.token_state.string() + " " + runner.url, &runner);
        if (!fresh)
            add(report, Severity::warning, runner, "token",
                "is also the token of " + in_quotes(first->second->name) + ", in " + place(*first->second));
    }
}

std::string origin_of(const std::string& url)
{
    try {
        return net::parse_url(url).origin.to_string();
    } catch (const std::system_error&) {
        return {}; // reported where it stands
    }
}

/// One place, or one within the other: what is a project there is a project of a group of that name here.
bool overlap(const std::string& a, const std::string& b)
{
    return a == b || a.starts_with(b + "/") || b.starts_with(a + "/");
}

/// Approvals and whitelists name projects by path only, so two GitLabs on one place would approve for each other.
void check_stores(const Config& config, Report& report)
{
    for (auto runner = config.runners.begin(); runner != config.runners.end(); ++runner) {
        const std::string origin = origin_of(runner->url), place = runner->gate.store_place();
        const auto first = std::find_if(config.runners.begin(), runner, [&](const Runner& other) {
            const std::string its = origin_of(other.url);
            return !its.empty() && its != origin && overlap(other.gate.store_place(), place);
        });
        if (origin.empty() || first == runner) continue;
        add(report, Severity::error, *runner, "gate",
            "uses the policy of " + in_quotes(first->name) + ", which serves another GitLab, " + origin_of(first->url) +
                "; give it a place of its own, gate: { " + (runner->gate.store == Store::file ? "path" : "mount") +
                ": … }");
    }
}

bool is_loopback(const net::Origin& origin)
{
    return origin.host == "localhost" || origin.host == "::1" || origin.host.starts_with("127.");
}

void check_transport(const Config& config, Report& report)
{
    for (const Runner& runner : config.runners) {
        try {
            const auto origin = net::parse_url(runner.url).origin;
            if (origin.scheme == "http" && !is_loopback(origin))
                add(report, Severity::warning, runner, "url", "http sends tokens and sources in the clear; use https");
        } catch (const std::system_error&) {
            continue; // reported where it stands
        }
    }
}

} // namespace

void validate(const Config& config, Report& report)
{
    check_names(config, report);
    check_tokens(config, report);
    check_stores(config, report);
    check_transport(config, report);
}

} // namespace ysnp::conf
