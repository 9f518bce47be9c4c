#pragma once
#include "checks/approval_request.h"
#include "checks/facts.h"
#include "net/deadline.h"
#include "runner/policy/grant.h"
#include "runner/policy/store.h"
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

namespace ysnp::policy {

/// A request for approval as somebody finds it in Vault (docs/approvals.md).
struct FoundRequest {
    std::string project; ///< in whose folder it lies
    std::string id;      ///< of its folder
    checks::ApprovalRequest request;
    std::string problem; ///< why it must not be believed; empty: it is what it says
    std::optional<std::vector<checks::ApprovalRecord>> records; ///< nothing: this login may not see them
    std::optional<Grant> grant; ///< the runner counted the answers and let the job start; nothing also where this login
                                ///< may not see it

    std::string path() const { return project + "/approvals/" + id; }
    bool expired(checks::Now now) const { return now > request.expires; }
    /// People who approved it, each once; denials are those of `approves == false`.
    std::size_t approvals() const;
    bool denied() const;
};

/// What a search below a folder found, and which folders this login could not look into.
struct FoundRequests {
    std::vector<FoundRequest> requests; ///< oldest first
    std::vector<std::string> closed;    ///< "reading cicd/group/x: …"
    std::string unseen;                 ///< why it cannot be told which of them were granted; empty where it can
};

/// All requests of the project `folder` and of all projects below it; an empty folder: of the whole engine. Bounded:
/// 2,000 folders. Throws vault::Fault, but what is closed below the folder is only noted.
boost::asio::awaitable<FoundRequests> find_requests(vault::Client& client, std::string folder, Deadline until);

/// One request with its records. Throws vault::Fault; Failure::missing where there is none.
boost::asio::awaitable<FoundRequest> read_request(vault::Client& client, ProjectPath project, std::string id,
                                                  Deadline until);

/// The request for the same job of the same project that was granted last; for one that was granted itself, the last
/// before it. One whose approvals were taken back since does not count. Null where there is none.
const FoundRequest* approved_before(const std::vector<FoundRequest>& all, const FoundRequest& request);

/// A person's answer.
struct Answer {
    bool approves = false;
    std::optional<checks::Now> until; ///< this digest until then; nothing: this request, once
    std::string reason;
};

/// What was written.
struct Answered {
    std::string path, entity;
    std::string display_name; ///< Vault's for the login: the method, then the person, "userpass-alice"
};

/// Writes the answer under the entity of the client's login, by check-and-set on that person's own record.
/// Precondition: the request has no problem. Throws vault::Fault: Failure::denied for a login without an entity (a root
/// token) or without the right to answer, Failure::conflict where the record changed in between.
boost::asio::awaitable<Answered> answer(vault::Client& client, FoundRequest request, Answer given, Deadline until);

} // namespace ysnp::policy
