#include "runner/job/outcome.h"
#include "docker/engine_error.h"
#include "net/failure.h"
#include "runner/agent/session.h"
#include <boost/asio/multiple_exceptions.hpp>

namespace ysnp::job {
namespace {

using gitlab::FailureReason;

Outcome failed(FailureReason reason, std::string text, int exit_code = 0)
{
    return {.success = false, .reason = reason, .exit_code = exit_code, .text = std::move(text)};
}

FailureReason reason_of(docker::FailureReason reason)
{
    switch (reason) {
    case docker::FailureReason::configuration:
        return FailureReason::runner_configuration_error;
    case docker::FailureReason::external:
        return FailureReason::runner_external_dependency_failure;
    case docker::FailureReason::image_pull:
        return FailureReason::image_pull_failure;
    case docker::FailureReason::system:
        break;
    }
    return FailureReason::runner_system_failure;
}

} // namespace

std::string Outcome::verdict() const
{
    if (success) return "Job succeeded";
    const bool system = reason == FailureReason::runner_system_failure;
    const std::string said = !kind.empty() ? kind : system ? "system failure" : "";
    return said.empty() ? "Job failed: " + text : "Job failed (" + said + "): " + text;
}

Outcome outcome_of(const std::exception_ptr& error)
{
    try {
        std::rethrow_exception(error);
    } catch (const JobError& e) {
        return failed(e.reason(), e.what(), e.exit_code());
    } catch (const docker::EngineError& e) {
        return failed(reason_of(e.reason()), e.what());
    } catch (const boost::asio::multiple_exceptions& e) {
        return outcome_of(e.first_exception());
    } catch (const agent::Silence& e) {
        return failed(FailureReason::runner_system_failure, e.what());
    } catch (const std::system_error& e) {
        if (e.code() == Failure::timed_out) return failed(FailureReason::job_execution_timeout, e.what());
        return failed(FailureReason::runner_system_failure, e.what());
    } catch (const std::exception& e) {
        return failed(FailureReason::runner_system_failure, e.what());
    }
}

} // namespace ysnp::job
