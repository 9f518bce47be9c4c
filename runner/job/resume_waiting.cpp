#include "runner/job/resume_waiting.h"
#include "gitlab-api/decode.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "runner/host/log.h"
#include "runner/job/handling.h"
#include "runner/policy/approvals.h"

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Nothing where the file is gone, with a reboot, or never held a job that waits.
std::optional<state::JobSecrets> kept(Plant& plant, const state::OpenJob& left)
{
    try {
        state::JobSecrets secrets = plant.records.secrets().read(left.job.secrets_file);
        if (secrets.waiting) return secrets;
    } catch (const std::system_error& error) {
        if (error.code() != Failure::missing) throw;
    }
    return std::nullopt;
}

} // namespace

asio::awaitable<bool> resume_waiting(std::shared_ptr<Station> station, const state::OpenJob& left)
{
    std::optional<state::JobSecrets> secrets = kept(station->plant, left);
    if (!secrets) co_return false;
    gitlab::Job job = gitlab::decode(secrets->waiting->payload.reveal());
    Secret payload = std::move(secrets->waiting->payload);
    host::info("A job goes on waiting for approval: request " + *left.waits_for(),
               {{"job", std::to_string(left.job.job_id)}, {"runner_name", station->runner.name}});
    const auto handling =
        std::make_unique<Handling>(station, std::move(job), std::move(payload), std::optional<Slots::Place>());
    co_await handling->resume(left, std::move(*secrets));
    co_return true;
}

asio::awaitable<void> withdraw_request(std::shared_ptr<Station> station, const state::OpenJob& left)
{
    policy::Approvals* const approvals = station->store->approvals();
    if (approvals == nullptr) co_return;
    checks::ApprovalRequest request;
    request.project = left.job.project;
    request.id = *left.waits_for();
    std::string trouble;
    try {
        co_await approvals->withdraw(request, in(10s));
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        trouble = error.what();
    }
    if (!trouble.empty())
        host::warn("Request " + request.id + " could not be withdrawn: " + trouble,
                   {{"job", std::to_string(left.job.job_id)}});
}

} // namespace ysnp::job
