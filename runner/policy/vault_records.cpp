#include "runner/policy/vault_records.h"
#include "checks/approval_request.h"
#include "checks/approvals.h"
#include "net/failure.h"
#include "runner/policy/entity_memory.h"
#include "runner/policy/store.h"
#include "runner/policy/vault_approvals.h"
#include "runner/policy/vault_uses.h"
#include "vault/client.h"
#include <algorithm>
#include <map>

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;
using checks::ApprovalRecord;
using checks::ApprovalRequest;

constexpr std::size_t most_records = 64, most_earlier = 16;

struct Found {
    std::string path; ///< below the mount
    std::string name; ///< of the document: an entity's id
    std::optional<std::string> text;
};

/// All documents below `…/approved/` of one request.
awaitable<std::vector<Found>> documents_of(vault::Client& client, const std::string& mount, std::string folder,
                                           Deadline until)
{
    folder += "/approved";
    const std::vector<std::string> names = co_await client.list(folder, until);
    if (names.size() > most_records)
        throw StoreFault(make_error_code(Error::body_too_large), mount + "/" + folder,
                         std::to_string(names.size()) + " records", "at most " + std::to_string(most_records),
                         "find out who writes there, and remove what nobody needs");
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(folder + "/" + name);
    std::vector<vault::Document> documents = co_await client.read_all(paths, until);
    std::vector<Found> found;
    for (std::size_t i = 0; i < names.size(); ++i) found.push_back({paths[i], names[i], std::move(documents[i].text)});
    co_return found;
}

/// The text of a document as a record about `request`; what is wrong with it, empty when nothing is.
std::string understand(const Found& document, const ApprovalRequest& request, ApprovalRecord& record)
{
    record.entity = document.name;
    record.login = document.name;
    record.project = request.project;
    record.request = request.id;
    record.request_created = request.created;
    return checks::read_approval(*document.text, record);
}

/// Ids of other requests for this digest, the newest first.
std::vector<std::string> earlier_ids(std::vector<std::string> names, const ApprovalRequest& request)
{
    const std::string suffix = checks::request_suffix(request.digest);
    std::vector<std::string> ids;
    for (std::string& name : names) {
        if (!name.ends_with('/')) continue;
        name.pop_back();
        if (name != request.id && name.ends_with(suffix) && checks::job_of_request(name) != 0)
            ids.push_back(std::move(name));
    }
    std::ranges::sort(ids, std::greater(), checks::job_of_request);
    ids.resize(std::min(ids.size(), most_earlier));
    return ids;
}

/// The earlier request, where it still stands and is about the same digest of the same GitLab's project.
std::optional<ApprovalRequest> earlier_request(const vault::Document& document, const std::string& id,
                                               const ApprovalRequest& now)
{
    ApprovalRequest before;
    before.id = id;
    if (!document.text || !checks::read_request(*document.text, before).empty()) return std::nullopt;
    if (before.digest != now.digest || before.project != now.project || before.gitlab != now.gitlab)
        return std::nullopt;
    return before;
}

/// The approvals until a date that were given to a request.
awaitable<std::vector<ApprovalRecord>> lasting_answers(vault::Client& client, const std::string& mount,
                                                       const ApprovalRequest& request, Deadline until)
{
    const std::vector<Found> documents =
        co_await documents_of(client, mount, request_folder(request.project, request.id), until);
    std::vector<ApprovalRecord> records;
    for (const Found& document : documents) {
        ApprovalRecord record;
        const bool good = document.text && understand(document, request, record).empty();
        if (good && record.approves && record.until && record.nonce == request.nonce)
            records.push_back(std::move(record));
    }
    co_return records;
}

/// Nothing where the runner may not count: then these answers serve no other job.
awaitable<std::optional<std::int64_t>> counted_uses(vault::Client& client, const ApprovalRequest& request,
                                                    Deadline until)
{
    try {
        co_return co_await uses_of(client, request, until);
    } catch (const vault::Fault& fault) {
        if (fault.code() != Failure::denied) throw;
    }
    co_return std::nullopt;
}

} // namespace

awaitable<std::vector<ApprovalRecord>> answers_to(vault::Client& client, const std::string& mount,
                                                  const ApprovalRequest& request, Deadline until)
{
    const std::vector<Found> documents =
        co_await documents_of(client, mount, request_folder(request.project, request.id), until);
    std::vector<ApprovalRecord> records;
    for (const Found& document : documents) {
        if (!document.text) continue; // taken back
        ApprovalRecord record;
        const std::string wrong = understand(document, request, record);
        if (!wrong.empty())
            throw StoreFault(make_error_code(Error::invalid_value), mount + "/" + document.path,
                             "a record that cannot be understood: " + wrong, "what `ysnprunner gate approve` writes",
                             "have its writer approve or deny anew");
        records.push_back(std::move(record));
    }
    co_return records;
}

awaitable<std::vector<ApprovalRecord>> earlier_approvals(vault::Client& client, const std::string& mount,
                                                         const ApprovalRequest& request, Deadline until)
{
    std::vector<std::string> names = co_await client.list(approvals_folder(request.project), until);
    const std::vector<std::string> ids = earlier_ids(std::move(names), request);
    std::vector<std::string> paths;
    for (const std::string& id : ids) paths.push_back(request_folder(request.project, id) + "/request");
    const std::vector<vault::Document> requests = co_await client.read_all(std::move(paths), until);
    std::vector<ApprovalRecord> records;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::optional<ApprovalRequest> before = earlier_request(requests[i], ids[i], request);
        if (!before) continue;
        std::vector<ApprovalRecord> lasting = co_await lasting_answers(client, mount, *before, until);
        if (lasting.empty()) continue;
        const std::optional<std::int64_t> uses = co_await counted_uses(client, *before, until);
        if (!uses) continue;
        for (ApprovalRecord& record : lasting) {
            record.uses = *uses;
            records.push_back(std::move(record));
        }
    }
    co_return records;
}

awaitable<void> name_writers(vault::Client& client, EntityMemory& memory, std::chrono::seconds age,
                             std::vector<ApprovalRecord>& records, Deadline until)
{
    std::map<std::string, std::optional<vault::Entity>> entities;
    for (const ApprovalRecord& record : records) {
        if (entities.contains(record.entity)) continue;
        std::optional<vault::Entity> entity = co_await memory.find(client, record.entity, age, until);
        entities.emplace(record.entity, std::move(entity));
    }
    for (ApprovalRecord& record : records) {
        const std::optional<vault::Entity>& entity = entities.at(record.entity);
        if (!entity || entity->disabled) record.entity.clear();
        if (!entity) continue;
        record.names = entity->aliases;
        record.names.push_back(entity->name);
        record.login = record.names.front();
        record.groups = entity->groups;
    }
}

} // namespace ysnp::policy
