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

/// Each change with its surroundings, under the name of the part that it belongs to.
std::vector<std::string> diff_of(const std::vector<DocumentLine>& before, const std::vector<DocumentLine>& after)
{
    const auto edits = checks::edits_between(texts_of(before), texts_of(after));
    const auto line_of = [&](const checks::Edit& edit) -> const DocumentLine& {
        return edit.change == Change::added ? after[edit.after] : before[edit.before];
    };
    std::vector<std::string> lines;
    for (const checks::Hunk& hunk : checks::hunks_of(edits)) {
        const auto first = edits.begin() + static_cast<std::ptrdiff_t>(hunk.first);
        const auto last = edits.begin() + static_cast<std::ptrdiff_t>(hunk.last);
        const auto changed = std::find_if(first, last, [](const auto& edit) { return edit.change != Change::same; });
        lines.push_back("@@ " + line_of(*changed).part + " @@");
        for (auto edit = first; edit != last; ++edit)
            lines.push_back(std::string(1, static_cast<char>(edit->change)) + line_of(*edit).text);
    }
    return lines;
}

/// What the approver is shown: the difference, or all of it where there is nothing to compare with.
std::vector<std::string> body_of(const Subject& subject, bool whole, checks::Charset charset)
{
    const auto lines = checks::document_lines(subject.found.request.document, charset);
    if (whole || !subject.before) return texts_of(lines);
    auto diff = diff_of(checks::document_lines(subject.before->request.document, charset), lines);
    if (diff.empty()) diff.emplace_back("(the very digest that was approved then)");
    return diff;
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

void print_head(const Subject& subject, checks::Now now, checks::Charset charset, Session& session)
{
    const checks::ApprovalRequest& request = subject.found.request;
    const auto row = [&](const std::string& name, const std::string& value) {
        session.console.line(name + std::string(14 - name.size(), ' ') + checks::unmistakable(value, charset));
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
    if (subject.before)
        row("Compared with", subject.before->id + ", approved for this job before");
    else
        row("Compared with", "nothing: no request of this job was approved before");
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

void print_next_steps(const FoundRequest& found, Session& session)
{
    const std::string tail = found.id + " --project " + found.project + " --reason TEXT";
    session.console.line("Approve it:  ysnprunner gate approve " + tail + " [--once | --until DATE]");
    session.console.line("Refuse it:   ysnprunner gate deny " + tail);
}

void print_json(const Subject& subject, const GateShow& options, Session& session)
{
    nlohmann::ordered_json json = json_of(subject.found);
    json["document"] = nlohmann::ordered_json::parse(subject.found.request.document);
    json["compared_with"] = nullptr;
    if (subject.before)
        json["compared_with"] = {{"id", subject.before->id}, {"digest", subject.before->request.digest}};
    json["shown"] = body_of(subject, options.whole, checks::Charset::ascii);
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
    print_page(body_of(subject, options.whole, charset), options, session);
    print_next_steps(subject.found, session);
    return success;
}

} // namespace ysnp::cli
