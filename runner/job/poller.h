#pragma once
#include "gitlab-api/health.h"
#include "gitlab-api/job_reply.h"
#include "gitlab-api/request_concurrency.h"
#include "net/task_group.h"
#include "net/wait.h"
#include "runner/job/station.h"
#include <memory>
#include <string>

namespace ysnp::job {

/// Asks GitLab for the jobs of one runner entry and starts them. Polls only with a place in hand, so that no job is
/// taken that cannot run at once; asks again at once after a job, else at its next turn (poll_turns.h).
class Poller {
public:
    /// Jobs run in `jobs`, which outlives the poller.
    Poller(std::shared_ptr<Station> station, TaskGroup& jobs);

    /// Polls from `first` on until cancelled (throws Failure::cancelled): with request_concurrency calls at most. A job
    /// whose answer has arrived is started, never dropped.
    boost::asio::awaitable<void> run(Deadline first);
    /// After a reload that lets this entry stay: forgets that GitLab refused it, and asks from `turn` on.
    void begin_anew(Deadline turn);
    const std::shared_ptr<Station>& station() const noexcept { return station_; }

private:
    boost::asio::awaitable<void> loop(int index, Deadline turn);
    bool may_ask(int index);
    boost::asio::awaitable<bool> ask();
    boost::asio::awaitable<bool> engine_answers();
    void start(gitlab::JobReply reply, Slots::Place place);
    void judge(const gitlab::JobReply& reply);

    std::shared_ptr<Station> station_;
    TaskGroup& jobs_;
    gitlab::Health health_;
    gitlab::AdaptiveConcurrency concurrency_;
    Event reloaded_;
    Deadline new_turn_{};
    std::string last_update_;
    int rotations_ = 0;     // of the token that last_update_ belongs to
    std::string complaint_; // the last thing said about GitLab, so that an outage is one line
    bool engine_lost_ = false;
};

} // namespace ysnp::job
