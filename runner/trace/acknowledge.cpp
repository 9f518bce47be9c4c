#include "runner/trace/acknowledge.h"
#include "net/wait.h"
#include "runner/trace/rhythm.h"

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

asio::awaitable<void> keep_pending(JobApi& api, std::chrono::milliseconds every)
{
    constexpr std::chrono::seconds call_limit{60};
    for (;;) {
        co_await sleep_until(in(every));
        const gitlab::JobUpdate pending{gitlab::JobState::pending, {}, 0, {}, 0};
        const gitlab::UpdateReply reply = co_await api.update(pending, in(call_limit));
        if (lost(reply)) co_return;
    }
}

} // namespace ysnp::trace
