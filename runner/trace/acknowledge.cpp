#include "runner/trace/acknowledge.h"

namespace ysnp::trace {

namespace asio = boost::asio;

asio::awaitable<gitlab::Acknowledgement> acknowledge(JobApi& api, Deadline until)
{
    const gitlab::JobUpdate running{gitlab::JobState::running, {}, 0, {}, 0};
    for (int left = 2; left > 0; --left) {
        const gitlab::UpdateReply reply = co_await api.update(running, until);
        const auto answer = gitlab::judge_acknowledgement(reply);
        if (answer != gitlab::Acknowledgement::repeat) co_return answer;
    }
    co_return gitlab::Acknowledgement::drop;
}

} // namespace ysnp::trace
