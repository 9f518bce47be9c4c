#include "checks/document_lines.h"
#include "runner/cli/commands.h"
#include "runner/cli/request_choice.h"
#include "runner/cli/request_view.h"
#include "runner/cli/terminal.h"
#include "runner/host/log.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

using policy::FoundRequest;

bool is_open(const FoundRequest& found, checks::Now now)
{
    if (!found.problem.empty()) return true; // somebody has to look
    return !found.grant && !found.expired(now) && !found.denied() &&
           found.approvals() < static_cast<std::size_t>(found.request.quorum);
}

/// In a person's words, and printable.
std::string changed(const policy::FoundRequests& all, const FoundRequest& found)
{
    if (!found.problem.empty())
        return "NOT WHAT IT SAYS: " + checks::unmistakable(found.problem, checks::Charset::ascii);
    const std::string again = asked_before(found.request);
    const std::string head = again.empty() ? "" : "asked before, " + again + "; ";
    const FoundRequest* before = policy::approved_before(all.requests, found);
    if (before == nullptr) return head + (again.empty() ? "first request of this job" : "never approved");
    const auto charset = checks::Charset::ascii;
    const std::string summary = checks::summary_of_changes(checks::document_lines(before->request.document, charset),
                                                           checks::document_lines(found.request.document, charset));
    return head + (summary.empty() ? "nothing" : summary);
}

/// Columns as wide as what stands in them.
class Table {
public:
    void add(std::vector<std::string> row)
    {
        widths_.resize(std::max(widths_.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], row[i].size());
        rows_.push_back(std::move(row));
    }
    void print(Console& console) const
    {
        for (const auto& row : rows_) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i)
                line += row[i] + (i + 1 < row.size() ? std::string(widths_[i] - row[i].size() + 2, ' ') : "");
            console.line(line);
        }
    }

private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
};

std::vector<std::string> row_of(const policy::FoundRequests& all, const FoundRequest& found, checks::Now now)
{
    const auto cut = [](std::string cell, std::size_t most) {
        return cell.size() > most ? cell.substr(0, most - 3) + "..." : cell;
    };
    const auto shown = [&](const std::string& text, std::size_t most) {
        return cut(checks::unmistakable(text, checks::Charset::ascii), most);
    };
    const checks::ApprovalRequest& request = found.request;
    if (!found.problem.empty())
        return {shown(found.id, 40), "-", "-", shown(found.project, 60), "-", "-", "-", cut(changed(all, found), 120)};
    const std::string count = found.records ? std::to_string(found.approvals()) : "?";
    return {shown(found.id, 40),
            age_text(now - request.created),
            age_text(request.expires - now),
            shown(found.project, 60),
            shown(request.job, 40),
            shown(requester_of(request), 60),
            count + "/" + std::to_string(request.quorum),
            cut(changed(all, found), 120)};
}

void print_json(const policy::FoundRequests& all, checks::Now now, Session& session)
{
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const FoundRequest& found : all.requests) {
        if (!is_open(found, now)) continue;
        list.push_back(json_of(found));
        list.back()["changed"] = changed(all, found);
    }
    session.console.line(list.dump(2, ' ', true, nlohmann::ordered_json::error_handler_t::replace));
}

} // namespace

int gate_pending(const GatePending& options, Session& session)
{
    Person person(options.vault, session);
    const policy::FoundRequests all =
        person.run(policy::find_requests(person.client(), options.project, call_deadline()));
    for (const std::string& closed : all.closed) host::warn("not searched: " + closed);
    if (!all.unseen.empty()) host::warn("compared with nothing that was approved before: " + all.unseen);
    const checks::Now now = now_of(session);
    if (options.output == Output::json) {
        print_json(all, now, session);
        return success;
    }
    Table table;
    table.add({"REQUEST", "AGE", "LEFT", "PROJECT", "JOB", "BY", "APPROVED", "WHAT CHANGED"});
    std::size_t open = 0;
    for (const FoundRequest& found : all.requests) {
        if (!is_open(found, now)) continue;
        table.add(row_of(all, found, now));
        ++open;
    }
    if (open == 0) {
        session.console.line("nothing waits for an answer");
        return success;
    }
    table.print(session.console);
    session.console.line("\nSee one whole:  ysnprunner gate show REQUEST --project PROJECT");
    return success;
}

} // namespace ysnp::cli
