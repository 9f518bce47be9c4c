#include "runner/trace/job_api.h"
#include "net/failure.h"
#include <system_error>

namespace ysnp::trace {

namespace {

/// No answer at all is a failed attempt; only a cancellation ends the sender.
template <class Answer>
Answer unanswered(const std::system_error& error)
{
    if (error.code() == Failure::cancelled) throw error;
    return Answer{};
}

} // namespace

boost::asio::awaitable<gitlab::PatchReply> GitlabJob::patch(std::string bytes, std::uint64_t offset, DebugTrace debug,
                                                            Deadline until)
{
    try {
        co_return co_await client_.patch_trace(job_, job_token_, std::move(bytes), offset, debug == DebugTrace::on,
                                               until);
    } catch (const std::system_error& e) {
        co_return unanswered<gitlab::PatchReply>(e);
    }
}

boost::asio::awaitable<gitlab::UpdateReply> GitlabJob::update(gitlab::JobUpdate update, Deadline until)
{
    try {
        co_return co_await client_.update_job(job_, job_token_, std::move(update), until);
    } catch (const std::system_error& e) {
        co_return unanswered<gitlab::UpdateReply>(e);
    }
}

} // namespace ysnp::trace
