#pragma once
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::trace {

/// What GitLab answered to one call about a job: the status, and the headers as they came (empty when absent).
struct Reply {
    unsigned status = 0;    // 0: no answer at all (refused, reset, timed out)
    std::string job_status; // Job-Status
    std::string range;      // Range
    std::string interval;   // X-GitLab-Trace-Update-Interval
};

enum class JobState { pending, running, success, failed };

/// Body of `PUT /jobs/:id`.
struct Update {
    JobState state = JobState::running;
    std::string failure_reason; // with failed
    int exit_code = 0;          // sent with failed, when not 0
    std::string checksum;       // "crc32:…"; empty: not sent
    std::uint64_t bytesize = 0;
};

/// The two calls of GitLab's runner API that report on one job. No status throws; a transport error is a Reply of
/// status 0; what throws is cancellation (Failure::cancelled) and our own faults. Implementations retry as
/// gitlab-api.md 0.3 says.
class JobApi {
public:
    virtual ~JobApi() = default;
    enum class DebugTrace { off, on };
    /// `PATCH /jobs/:id/trace` with `Content-Range: offset-last`; `bytes` is never empty.
    virtual boost::asio::awaitable<Reply> patch(std::string bytes, std::uint64_t offset, DebugTrace debug,
                                                Deadline until) = 0;
    /// `PUT /jobs/:id`
    virtual boost::asio::awaitable<Reply> update(Update update, Deadline until) = 0;
};

} // namespace ysnp::trace
