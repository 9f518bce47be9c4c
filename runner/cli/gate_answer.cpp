#include "checks/document_lines.h"
#include "conf/units.h"
#include "runner/cli/commands.h"
#include "runner/cli/request_choice.h"
#include "runner/cli/request_view.h"
#include "runner/cli/terminal.h"
#include "runner/host/log.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

using policy::Answer;
using policy::FoundRequest;

constexpr std::size_t most_reason_bytes = 1000;

std::string reason_of(const std::string& text)
{
    if (text.find_first_not_of(" \t") == std::string::npos)
        throw CommandError(usage, "--reason: expected why, found nothing; the audit chain keeps it");
    if (text.size() > most_reason_bytes)
        throw CommandError(usage, "--reason: expected at most 1000 bytes, found " + std::to_string(text.size()));
    return text;
}

/// The end of the day that --until names.
std::optional<checks::Now> until_of(const std::string& text, checks::Now now)
{
    if (text.empty()) return std::nullopt;
    const auto day = conf::parse_day(text);
    if (!day) throw CommandError(usage, "--until: expected a day such as 2027-01-31, found " + conf::in_quotes(text));
    const checks::Now end = checks::Now(*day + std::chrono::days(1)) - std::chrono::seconds(1);
    if (end < now) throw CommandError(usage, "--until: " + text + " has passed");
    return end;
}

/// Vault names a login after its method and its person: "userpass-alice".
bool looks_like(const std::string& display_name, const std::string& login)
{
    return !login.empty() && (display_name == login || display_name.ends_with("-" + login));
}

void refuse_ended(const FoundRequest& found, checks::Now now)
{
    if (found.expired(now))
        throw CommandError(undetermined, "the request expired " + conf::to_string(found.request.expires) +
                                             ": nothing was written. Retry the job, then answer its new request");
}

void print(const FoundRequest& found, const Answer& given, const policy::Answered& written, Output output,
           Session& session)
{
    const std::string decision = given.approves ? "approve" : "deny";
    if (output == Output::json) {
        nlohmann::ordered_json json{{"decision", decision},
                                    {"id", found.id},
                                    {"project", found.project},
                                    {"job", found.request.job},
                                    {"job_id", found.request.job_id},
                                    {"digest", found.request.digest},
                                    {"scope", given.until ? "until" : "once"},
                                    {"until", nullptr},
                                    {"reason", given.reason},
                                    {"entity", written.entity},
                                    {"written", written.path}};
        if (given.until) json["until"] = conf::to_string(*given.until);
        return session.console.line(json.dump(2, ' ', true, nlohmann::ordered_json::error_handler_t::replace));
    }
    const auto shown = [](const std::string& text) { return checks::unmistakable(text, terminal_charset()); };
    session.console.line((given.approves ? "Approved  " : "Denied    ") + shown(found.request.job) + ", job " +
                         std::to_string(found.request.job_id) + " of " + shown(found.project));
    session.console.line("Digest    " + found.request.digest);
    if (given.approves)
        session.console.line("Scope     " + (given.until ? "this digest until " + conf::to_string(*given.until)
                                                         : std::string("this job, once")));
    session.console.line("Recorded  " + written.path);
    if (given.approves && found.request.quorum > 1)
        session.console.line("The job needs " + std::to_string(found.request.quorum) + " approvals");
}

template <class Options>
int give(const Options& options, Answer given, Session& session)
{
    given.reason = reason_of(options.reason);
    Person person(options.vault, session);
    const FoundRequest found = chosen_request(person, options.id, options.project);
    refuse_ended(found, now_of(session));
    const policy::Answered written = person.run(policy::answer(person.client(), found, given, call_deadline()));
    if (given.approves && looks_like(written.display_name, found.request.requested_by))
        host::warn("you seem to be " + found.request.requested_by +
                   ", who started this job: where policy says not_requester, your approval does not count");
    print(found, given, written, options.output, session);
    return success;
}

} // namespace

int gate_approve(const GateApprove& options, Session& session)
{
    return give(options, {true, until_of(options.until, now_of(session)), {}}, session);
}

int gate_deny(const GateDeny& options, Session& session) { return give(options, {false, std::nullopt, {}}, session); }

} // namespace ysnp::cli
