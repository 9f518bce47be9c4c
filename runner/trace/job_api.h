#pragma once
#include "gitlab-api/client.h"
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

namespace ysnp::trace {

/// The two calls of GitLab's runner API that report on one job. No answer throws, and none at all (refused, reset,
/// timed out) is a reply of status 0 with the disposition `failed`; what throws is cancellation and our own faults.
class JobApi {
public:
    virtual ~JobApi() = default;
    enum class DebugTrace { off, on };
    /// `PATCH /jobs/:id/trace`; `bytes` is never empty and begins at `offset` of the trace.
    virtual boost::asio::awaitable<gitlab::PatchReply> patch(std::string bytes, std::uint64_t offset, DebugTrace debug,
                                                             Deadline until) = 0;
    /// `PUT /jobs/:id`
    virtual boost::asio::awaitable<gitlab::UpdateReply> update(gitlab::JobUpdate update, Deadline until) = 0;
};

/// One job at a real GitLab.
class GitlabJob : public JobApi {
public:
    /// Client and token must outlive it.
    GitlabJob(gitlab::Client& client, std::int64_t job, const Secret& job_token)
        : client_(client), job_(job), job_token_(job_token)
    {
    }
    boost::asio::awaitable<gitlab::PatchReply> patch(std::string bytes, std::uint64_t offset, DebugTrace debug,
                                                     Deadline until) override;
    boost::asio::awaitable<gitlab::UpdateReply> update(gitlab::JobUpdate update, Deadline until) override;

private:
    gitlab::Client& client_;
    std::int64_t job_;
    const Secret& job_token_;
};

} // namespace ysnp::trace
