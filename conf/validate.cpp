#include "conf/validate.h"
#include "net/url.h"
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

/// Approvals and whitelists name projects by path only, so two GitLabs on one place would approve for each other.
void check_stores(const Config& config, Report& report)
{
    std::map<std::string, std::pair<std::string, const Runner*>> seen;
    for (const Runner& runner : config.runners) {
        const std::string origin = origin_of(runner.url);
        if (origin.empty()) continue;
        const auto [first, fresh] = seen.try_emplace(runner.gate.store_place(), origin, &runner);
        if (fresh || first->second.first == origin) continue;
        add(report, Severity::error, runner, "gate",
            "uses the policy of " + in_quotes(first->second.second->name) + ", which serves another GitLab, " +
                first->second.first + "; give it a place of its own, gate: { " +
                (runner.gate.store == Store::file ? "path" : "mount") + ": … }");
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
