#pragma once
#include "checks/approval_request.h"
#include "checks/approvals.h"
#include "checks/digest.h"
#include "runner/policy/approvals.h"
#include "vault_world.h"
#include <algorithm>

namespace ysnp::policy::sample {

using checks::ApprovalEvidence;
using checks::ApprovalRecord;
using checks::ApprovalRequest;
using Scope = Approvals::Scope;

inline checks::Now seconds_now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

inline ApprovalRequest request(std::int64_t job = 812)
{
    ApprovalRequest request;
    request.document = R"({"job":{"name":"deploy"}})";
    request.digest = checks::digest_of_document(request.document);
    request.nonce = "AAECAwQFBgcICQoLDA0O" + std::to_string(10 + job % 90);
    request.project = hello.text();
    request.job = "deploy";
    request.job_id = job;
    request.requested_by = "alice";
    request.created = seconds_now();
    request.expires = request.created + 30min;
    request.gitlab = "https://gitlab.example.com";
    request.runner = "hardened-1";
    return request;
}

inline std::string folder(const ApprovalRequest& request) { return request.project + "/approvals/" + request.id; }

inline std::string record(const ApprovalRequest& request, bool approves = true, std::optional<checks::Now> until = {})
{
    ApprovalRecord record;
    record.digest = request.digest;
    record.nonce = request.nonce;
    record.approves = approves;
    record.reason = "because";
    record.until = until;
    return checks::write_approval(record);
}

inline std::string entity(const std::string& id, const std::string& name, const std::string& more = "")
{
    return R"({"id":")" + id + R"(","name":"entity_1","disabled":false,"aliases":[{"name":")" + name +
           R"("}],"group_ids":["g-1"])" + more + "}";
}

/// A Vault with one request that stands, and bob of the group ops.
struct Asked : World {
    explicit Asked(asio::any_io_executor executor, int kv = 2)
        : World(executor, {}, 10s, kv), approvals(*store.approvals())
    {
        fake.put_identity("entity/id/e-bob", entity("e-bob", "bob"));
        fake.put_identity("group/id/g-1", R"({"id":"g-1","name":"ops"})");
    }
    asio::awaitable<void> ask()
    {
        ApprovalRequest standing = co_await approvals.ask(request(), {}, in(10s));
        asked = std::move(standing);
    }
    asio::awaitable<ApprovalEvidence> look(Scope scope = Scope::everything)
    {
        ApprovalEvidence evidence = co_await approvals.look(asked, scope, in(10s));
        co_return evidence;
    }
    Approvals& approvals;
    ApprovalRequest asked;
};

template <class Result>
asio::awaitable<std::string> fault(asio::awaitable<Result> task)
{
    try {
        co_await std::move(task);
    } catch (const StoreFault& fault) {
        co_return fault.document() + ": " + fault.found();
    }
    co_return std::string();
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace ysnp::policy::sample
