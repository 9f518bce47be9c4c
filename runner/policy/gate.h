#pragma once
#include "checks/decide.h"
#include "conf/gate.h"
#include "net/deadline.h"
#include "runner/policy/store.h"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

namespace ysnp::gitlab {
struct Job;
class PayloadError;
} // namespace ysnp::gitlab

namespace ysnp::policy {

/// What the runner knows besides the payload.
struct Surroundings {
    std::string gitlab_url;                    ///< `url` of the runner; `repo_url` must have its origin
    std::string default_image;                 ///< `docker.image`
    std::vector<checks::Variable> environment; ///< `environment` of the runner's configuration
    conf::Gate gate;
    std::string configuration; ///< digest of the local configuration, for the audit record
};

/// The decision about one job, on policy that is read now. Never throws: whatever goes wrong is a refusal with its
/// code. Cancelling it refuses too. Nothing else happens here: no audit record, no line in the log.
boost::asio::awaitable<checks::Decision> judge(Store& store, const gitlab::Job& job, const Surroundings& around,
                                               Deadline until);
/// The same once people were asked: what they wrote is read now too, and counts.
boost::asio::awaitable<checks::Decision> judge(Store& store, const gitlab::Job& job, const Surroundings& around,
                                               checks::ApprovalRequest asked, Deadline until);
/// What a store's fault means in a decision.
checks::Reason reason_of(const StoreFault& fault);
/// The refusal of a payload that could not be decoded.
checks::Decision refused_payload(std::int64_t job_id, const gitlab::PayloadError& error);
/// The same for facts that did not come from GitLab (`exec`, `digest`).
boost::asio::awaitable<checks::Decision> judge(Store& store, checks::JobFacts facts, Deadline until);

} // namespace ysnp::policy
