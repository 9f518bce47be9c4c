#include "runner/policy/answering.h"
#include "checks/approvals.h"
#include "checks/digest.h"
#include "checks/jcs.h"
#include "net/failure.h"
#include "vault/client.h"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;
using checks::ApprovalRecord;

constexpr const char* approvals_folder = "approvals/";

/// Why the job that is asked for may be another one than the request says; empty where it cannot.
std::string defect(const FoundRequest& found)
{
    const checks::ApprovalRequest& request = found.request;
    if (checks::digest_of_document(request.document) != request.digest) return "digest is not that of document";
    if (found.id != checks::request_id(request.job_id, request.digest)) return "its folder is named after another job";
    if (request.project != found.project) return "it lies in the folder of another project";
    try {
        const auto document = checks::parse_strict(request.document);
        if (checks::canonical(document) != request.document) return "document is not in canonical form";
        if (!document.is_object() || document.value("job", "") != request.job) return "document is of another job";
    } catch (const std::exception& error) {
        return std::string("document is none: ") + error.what();
    }
    return {};
}

FoundRequest found_request(const std::string& project, const std::string& id, const std::string& text)
{
    FoundRequest found{project, id, {}, {}, {}, {}};
    found.problem = checks::read_request(text, found.request);
    if (found.problem.empty()) found.problem = defect(found);
    found.request.id = id;
    return found;
}

/// The records of people; nothing where this login may not look.
awaitable<std::optional<std::vector<ApprovalRecord>>> records_of(vault::Client& client, std::string request,
                                                                 Deadline until)
{
    std::vector<ApprovalRecord> records;
    try {
        auto entities = co_await client.list(request + "/approved", until);
        std::erase_if(entities, [](const std::string& name) { return name.ends_with('/'); });
        std::vector<std::string> paths;
        for (const std::string& entity : entities) paths.push_back(request + "/approved/" + entity);
        const auto documents = co_await client.read_all(paths, until);
        for (std::size_t i = 0; i < documents.size(); ++i) {
            ApprovalRecord record;
            record.entity = entities[i];
            if (documents[i].text && checks::read_approval(*documents[i].text, record).empty())
                records.push_back(std::move(record));
        }
    } catch (const vault::Fault& fault) {
        if (fault.code() != Failure::denied) throw;
        co_return std::nullopt;
    }
    co_return records;
}

/// What the runner noted beside requests that were granted; `unseen` says where this login may not look.
awaitable<void> add_grants(vault::Client& client, std::vector<FoundRequest>& requests, std::string& unseen,
                           Deadline until)
{
    std::vector<std::string> paths;
    for (const FoundRequest& found : requests) paths.push_back(grant_path(found.project, found.id));
    try {
        const std::vector<vault::Document> documents = co_await client.read_all(paths, until);
        for (std::size_t i = 0; i < documents.size(); ++i)
            if (documents[i].text) requests[i].grant = read_grant(*documents[i].text, requests[i].request);
    } catch (const vault::Fault& fault) {
        if (fault.code() != Failure::denied) throw;
        unseen = fault.what();
    }
}

/// Looks through the folders of an engine for requests.
class Search {
public:
    Search(vault::Client& client, Deadline until) : client_(client), until_(until) {}

    awaitable<FoundRequests> run(std::string start)
    {
        std::vector<std::string> folders;
        co_await begin(std::move(start), folders);
        for (std::size_t at = 0; at < folders.size(); ++at) {
            if (folders.size() > most_folders) too_many();
            const auto names = co_await names_in(folders[at]);
            co_await sort_out(folders[at], names, folders);
        }
        std::sort(found_.requests.begin(), found_.requests.end(), [](const auto& a, const auto& b) {
            return std::tie(a.request.created, a.project, a.id) < std::tie(b.request.created, b.project, b.id);
        });
        co_return std::move(found_);
    }

private:
    static constexpr std::size_t most_folders = 2000;

    /// Folders of a project that hold no projects; `approvals` may also be somebody's project.
    static bool is_ours(const std::string& name)
    {
        return name == approvals_folder || name == "scratch/" || checks::job_of_request(without_slash(name)) != 0;
    }
    static std::string without_slash(const std::string& name) { return name.substr(0, name.size() - 1); }
    static std::string below(const std::string& folder, const std::string& name)
    {
        return folder.empty() ? without_slash(name) : folder + "/" + without_slash(name);
    }
    [[noreturn]] static void too_many()
    {
        throw vault::Fault(make_error_code(Error::body_too_large), "looking for requests",
                           "more than " + std::to_string(most_folders) + " folders", "fewer",
                           "name a group or a project: --project group");
    }

    /// The first folder must be open. Where it is a project whose folder is closed to people but for its requests,
    /// those are enough.
    awaitable<void> begin(std::string start, std::vector<std::string>& folders)
    {
        std::vector<std::string> names;
        std::exception_ptr closed;
        try {
            names = co_await client_.list(start, until_);
        } catch (const vault::Fault& fault) {
            if (start.empty() || fault.code() != Failure::denied) throw;
            closed = std::current_exception();
        }
        if (!closed) co_return co_await sort_out(start, names, folders);
        co_await look_at(start);
        if (!found_.closed.empty()) std::rethrow_exception(closed);
    }

    /// Looks at the folder's own requests and notes the folders in it.
    awaitable<void> sort_out(std::string folder, std::vector<std::string> names, std::vector<std::string>& folders)
    {
        for (const std::string& name : names) {
            if (!name.ends_with('/')) continue;
            if (name == approvals_folder && !folder.empty()) co_await look_at(folder);
            if (!is_ours(name) || name == approvals_folder) folders.push_back(below(folder, name));
        }
    }

    awaitable<std::vector<std::string>> names_in(std::string folder)
    {
        try {
            co_return co_await client_.list(folder, until_);
        } catch (const vault::Fault& fault) {
            if (fault.code() != Failure::denied) throw;
            found_.closed.emplace_back(fault.what());
        }
        co_return std::vector<std::string>();
    }

    awaitable<void> look_at(std::string project)
    {
        const std::string folder = project + "/approvals";
        const auto names = co_await names_in(folder);
        std::vector<std::string> ids, paths;
        for (const std::string& name : names) {
            if (!name.ends_with('/') || checks::job_of_request(without_slash(name)) == 0) continue;
            ids.push_back(without_slash(name));
            paths.push_back(folder + "/" + ids.back() + "/request");
        }
        const auto documents = co_await read_all(std::move(paths));
        std::vector<FoundRequest> here;
        for (std::size_t i = 0; i < documents.size(); ++i) {
            if (!documents[i].text) continue;
            FoundRequest found = found_request(project, ids[i], *documents[i].text);
            found.records = co_await records_of(client_, found.path(), until_);
            here.push_back(std::move(found));
        }
        if (!here.empty()) co_await add_grants(client_, here, found_.unseen, until_);
        std::ranges::move(here, std::back_inserter(found_.requests));
    }

    awaitable<std::vector<vault::Document>> read_all(std::vector<std::string> paths)
    {
        try {
            co_return co_await client_.read_all(std::move(paths), until_);
        } catch (const vault::Fault& fault) {
            if (fault.code() != Failure::denied) throw;
            found_.closed.emplace_back(fault.what());
        }
        co_return std::vector<vault::Document>();
    }

    vault::Client& client_;
    Deadline until_;
    FoundRequests found_;
};

/// A person's own record as it is now: its version, 0 where there is none or where this login cannot read it.
awaitable<std::optional<std::uint64_t>> version_of(vault::Client& client, std::string path, Deadline until)
{
    try {
        const vault::Document mine = co_await client.read(path, until);
        if (mine.version == 0 && mine.text) co_return std::nullopt; // KV v1
        co_return mine.version;
    } catch (const vault::Fault& fault) {
        if (fault.code() != Failure::denied) throw;
    }
    co_return 0;
}

vault::Fault no_entity(const vault::Identity& identity)
{
    return {http_status_code(403), "asking who you are",
            identity.is_root() ? "a root token, which belongs to nobody" : "a token that belongs to nobody",
            "a login of a person: a token with an entity",
            "log in as yourself (vault login -method=oidc, userpass, …) and repeat"};
}

} // namespace

std::size_t FoundRequest::approvals() const
{
    std::set<std::string> entities;
    if (records)
        for (const ApprovalRecord& record : *records)
            if (record.approves && record.digest == request.digest && record.nonce == request.nonce)
                entities.insert(record.entity);
    return entities.size();
}

bool FoundRequest::denied() const
{
    return records && std::any_of(records->begin(), records->end(), [&](const ApprovalRecord& record) {
               return !record.approves && record.digest == request.digest && record.nonce == request.nonce;
           });
}

awaitable<FoundRequests> find_requests(vault::Client& client, std::string folder, Deadline until)
{
    Search search(client, until);
    co_return co_await search.run(std::move(folder));
}

awaitable<FoundRequest> read_request(vault::Client& client, ProjectPath project, std::string id, Deadline until)
{
    const std::string path = project.text() + "/approvals/" + id;
    if (checks::job_of_request(id) == 0)
        throw vault::Fault(make_error_code(Error::invalid_value), "looking for the request", "\"" + id + "\"",
                           "an id such as 812-u7Qm2xYb0Kfa", "`ysnprunner gate pending` lists them");
    const vault::Document document = co_await client.read(path + "/request", until);
    if (!document.text)
        throw vault::Fault(http_status_code(404), "reading " + path + "/request", "none",
                           "a request that waits for an answer",
                           "it was answered or has ended; `ysnprunner gate pending` lists those that are open");
    FoundRequest found = found_request(project.text(), id, *document.text);
    found.records = co_await records_of(client, path, until);
    co_return found;
}

const FoundRequest* approved_before(const std::vector<FoundRequest>& all, const FoundRequest& request)
{
    const auto own = std::ranges::find_if(
        all, [&](const FoundRequest& one) { return one.id == request.id && one.project == request.project; });
    const std::optional<Grant>& granted = own == all.end() ? request.grant : own->grant;
    const checks::Now end = granted ? granted->time : checks::Now::max();
    const FoundRequest* last = nullptr;
    for (const FoundRequest& other : all) {
        const bool same_job = other.project == request.project && other.request.job == request.request.job;
        if (!same_job || other.id == request.id || !other.problem.empty()) continue;
        if (!other.grant || other.grant->time > end || other.approvals() == 0 || other.denied()) continue;
        if (last == nullptr || other.grant->time >= last->grant->time) last = &other;
    }
    return last;
}

awaitable<Answered> answer(vault::Client& client, FoundRequest request, Answer given, Deadline until)
{
    const vault::Identity identity = co_await client.log_in(until);
    if (identity.entity_id.empty() || identity.is_root()) throw no_entity(identity);
    ApprovalRecord record;
    record.digest = request.request.digest;
    record.nonce = request.request.nonce;
    record.approves = given.approves;
    record.until = given.until;
    record.reason = given.reason;
    Answered written{request.path() + "/approved/" + identity.entity_id, identity.entity_id, identity.display_name};
    const auto only_at = co_await version_of(client, written.path, until);
    co_await client.write(written.path, checks::write_approval(record), only_at, until);
    co_return written;
}

} // namespace ysnp::policy
