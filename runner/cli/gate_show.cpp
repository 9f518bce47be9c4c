#include "checks/document_lines.h"
#include "checks/line_diff.h"
#include "conf/units.h"
#include "runner/cli/commands.h"
#include "runner/cli/request_choice.h"
#include "runner/cli/request_view.h"
#include "runner/cli/terminal.h"
#include "runner/host/log.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

using checks::Change;
using checks::DocumentLine;
using policy::FoundRequest;

constexpr std::size_t page_bytes = 48u << 10;

/// A request, and the one that the approver compares it with.
struct Subject {
    FoundRequest found;
    std::optional<FoundRequest> before;
};

Subject subject_of(Person& person, const GateShow& options)
{
    Subject subject{chosen_request(person, options.id, options.project), std::nullopt};
    try {
        const policy::FoundRequests all =
            person.run(policy::find_requests(person.client(), subject.found.project, call_deadline()));
        if (const FoundRequest* before = policy::approved_before(all.requests, subject.found)) subject.before = *before;
        if (!all.unseen.empty())
            host::warn("shown without a comparison, as you may not see which requests were granted: " + all.unseen);
    } catch (const CommandError& error) {
        if (error.code() != denied) throw;
        host::warn(std::string("shown whole, as earlier requests are closed to you: ") + error.what());
    }
    return subject;
}

std::vector<std::string> texts_of(const std::vector<DocumentLine>& lines)
{
    std::vector<std::string> texts;
    for (const DocumentLine& line : lines) texts.push_back(line.text);
    return texts;
}

const DocumentLine& line_of(const checks::Edit& edit, const std::vector<DocumentLine>& before,
                            const std::vector<DocumentLine>& after)
{
    return edit.change == Change::added ? after[edit.after] : before[edit.before];
}

std::string marked(const checks::Edit& edit, const DocumentLine& line)
{
    return std::string(1, static_cast<char>(edit.change)) + line.text;
}

/// The whole job: a blank before what stayed, a sign before what came or went.
std::vector<std::string> diff_of(const std::vector<DocumentLine>& before, const std::vector<DocumentLine>& after)
{
    std::vector<std::string> lines;
    for (const checks::Edit& edit : checks::edits_between(texts_of(before), texts_of(after)))
        lines.push_back(marked(edit, line_of(edit, before, after)));
    return lines;
}

/// Each change with its surroundings, under the name of the part that it belongs to.
std::vector<std::string> changes_of(const std::vector<DocumentLine>& before, const std::vector<DocumentLine>& after)
{
    const auto edits = checks::edits_between(texts_of(before), texts_of(after));
    std::vector<std::string> lines;
    for (const checks::Hunk& hunk : checks::hunks_of(edits)) {
        const auto first = edits.begin() + static_cast<std::ptrdiff_t>(hunk.first);
        const auto last = edits.begin() + static_cast<std::ptrdiff_t>(hunk.last);
        const auto changed = std::find_if(first, last, [](const auto& edit) { return edit.change != Change::same; });
        lines.push_back("@@ " + line_of(*changed, before, after).part + " @@");
        for (auto edit = first; edit != last; ++edit) lines.push_back(marked(*edit, line_of(*edit, before, after)));
    }
    return lines;
}

/// What the approver is shown.
std::vector<std::string> body_of(const Subject& subject, const GateShow& options, checks::Charset charset)
{
    const auto lines = checks::document_lines(subject.found.request.document, charset);
    if (options.whole || !subject.before) return texts_of(lines);
    const auto before = checks::document_lines(subject.before->request.document, charset);
    return options.changes ? changes_of(before, lines) : diff_of(before, lines);
}

/// What came and went since the last approval, in a few words.
std::string change_of(const Subject& subject, checks::Charset charset)
{
    const std::string changed =
        checks::summary_of_changes(checks::document_lines(subject.before->request.document, charset),
                                   checks::document_lines(subject.found.request.document, charset));
    return changed.empty() ? "nothing: it is the very digest that was approved then" : changed;
}

std::string approvers_of(const policy::Grant& grant)
{
    std::string names;
    for (const std::string& name : grant.by) names += (names.empty() ? "" : ", ") + name;
    return names;
}

/// The first line of each page: pages hold whole lines and at least one.
std::vector<std::size_t> pages_of(const std::vector<std::string>& lines)
{
    std::vector<std::size_t> starts{0};
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (bytes > 0 && bytes + lines[i].size() > page_bytes) {
            starts.push_back(i);
            bytes = 0;
        }
        bytes += lines[i].size() + 1;
    }
    return starts;
}

std::string in_column(const std::string& name) { return name + std::string(14 - name.size(), ' '); }

void print_head(const Subject& subject, checks::Now now, checks::Charset charset, Session& session)
{
    const checks::ApprovalRequest& request = subject.found.request;
    const auto row = [&](const std::string& name, const std::string& value) {
        session.console.line(in_column(name) + checks::unmistakable(value, charset));
    };
    row("Request", subject.found.id);
    row("Project", request.project);
    row("Job", request.job + ", id " + std::to_string(request.job_id));
    row("Ref", request.ref + " at " + request.sha);
    row("Started by", requester_of(request));
    row("GitLab", request.gitlab + ", runner " + request.runner);
    row("Asked", conf::to_string(request.created) + ", " + age_text(now - request.created) + " ago");
    row("Open until",
        conf::to_string(request.expires) +
            (subject.found.expired(now) ? ", EXPIRED" : ", " + age_text(request.expires - now) + " left"));
    if (const std::string again = asked_before(request); !again.empty()) row("Asked before", again + " in a day");
    std::string groups;
    for (const std::string& group : request.groups) groups += (groups.empty() ? " of " : ", ") + group;
    row("Approvals", (subject.found.records ? std::to_string(subject.found.approvals()) : "?") + " of " +
                         std::to_string(request.quorum) + groups);
    row("Digest", request.digest + " (recomputed)");
    row("Nonce", request.nonce);
    if (const auto& before = subject.before) {
        row("Compared with",
            before->id + ", approved " + conf::to_string(before->grant->time) + " by " + approvers_of(*before->grant));
        session.console.line(in_column("Changed") + change_of(subject, charset)); // escaped in it
    } else {
        row("Compared with", "nothing: people have approved no request of this job yet");
    }
    session.console.line("");
}

void print_page(const std::vector<std::string>& lines, const GateShow& options, Session& session)
{
    const auto pages = pages_of(lines);
    if (options.page > pages.size())
        throw CommandError(usage, "--page: there are " + std::to_string(pages.size()) + " pages");
    const std::size_t last = options.page < pages.size() ? pages[options.page] : lines.size();
    for (std::size_t i = pages[options.page - 1]; i < last; ++i) session.console.line(lines[i]);
    session.console.line("");
    if (pages.size() > 1)
        session.console.line("THIS IS PAGE " + std::to_string(options.page) + " OF " + std::to_string(pages.size()) +
                             ": read all of them (--page 1 to --page " + std::to_string(pages.size()) + ")");
}

/// With the flags that brought the person here, so that the command can be taken as it stands.
void print_next_steps(const FoundRequest& found, const VaultAccess& access, Session& session)
{
    std::string tail = found.id + " --project " + found.project;
    for (const auto& [flag, value] : {std::pair{" --address ", access.address},
                                      {" --mount ", access.mount},
                                      {" --vault-namespace ", access.vault_namespace},
                                      {" --ca-file ", access.ca_file},
                                      {" --token-file ", access.token_file}})
        if (!value.empty()) tail += flag + checks::unmistakable(value, terminal_charset());
    session.console.line("Approve it:  ysnprunner gate approve " + tail + " --reason TEXT");
    session.console.line("             for later jobs of this digest too, where policy allows that: --until DATE");
    session.console.line("Refuse it:   ysnprunner gate deny " + tail + " --reason TEXT");
}

void print_json(const Subject& subject, const GateShow& options, Session& session)
{
    nlohmann::ordered_json json = json_of(subject.found);
    json["document"] = nlohmann::ordered_json::parse(subject.found.request.document);
    json["compared_with"] = nullptr;
    if (const auto& before = subject.before)
        json["compared_with"] = {{"id", before->id},
                                 {"digest", before->request.digest},
                                 {"approved", conf::to_string(before->grant->time)},
                                 {"by", before->grant->by},
                                 {"changed", change_of(subject, checks::Charset::ascii)}};
    json["shown"] = body_of(subject, options, checks::Charset::ascii);
    session.console.line(json.dump(2, ' ', true));
}

} // namespace

int gate_show(const GateShow& options, Session& session)
{
    Person person(options.vault, session);
    const Subject subject = subject_of(person, options);
    if (options.output == Output::json) {
        print_json(subject, options, session);
        return success;
    }
    const checks::Charset charset = terminal_charset();
    print_head(subject, now_of(session), charset, session);
    print_page(body_of(subject, options, charset), options, session);
    print_next_steps(subject.found, options.vault, session);
    return success;
}

} // namespace ysnp::cli
