#pragma once
#include "net/wait.h"
#include <functional>
#include <string>
#include <utility>

namespace ysnp::job {

/// Why a job has to end before its time.
enum class Why {
    none,
    canceled,    ///< somebody pressed "cancel" before the scripts began
    lost,        ///< GitLab says that the job is no longer ours
    interrupted, ///< the runner was told to stop
    suspended,   ///< the runner leaves; its next start goes on with the job, which has not begun
    meddled,     ///< somebody else did something to its container
    withdrawn,   ///< the policy store took the runner's login back
    timed_out,   ///< the job's whole time is over
};

/// The one place where a job hears that it has to stop. During the scripts a cancel only stops the script, so that
/// after_script still runs; before them it ends the job; after them it changes nothing. Whatever else comes ends the
/// job at once.
class Stop {
public:
    explicit Stop(boost::asio::any_io_executor executor) : event_(std::move(executor)) {}

    void cancel()
    {
        if (canceled_ || phase_ == Phase::after) return;
        canceled_ = true;
        if (phase_ == Phase::scripts)
            stop_script_();
        else
            end(Why::canceled);
    }
    void end(Why why, std::string detail = {})
    {
        if (why_ != Why::none && why != Why::lost) return;
        why_ = why;
        detail_ = std::move(detail);
        event_.set();
    }

    /// The scripts begin: `stop_script` stops the one that runs.
    void scripts_begin(std::function<void()> stop_script)
    {
        stop_script_ = std::move(stop_script);
        phase_ = Phase::scripts;
    }
    /// The scripts are over; what follows is no longer canceled.
    void scripts_end()
    {
        phase_ = Phase::after;
        stop_script_ = nullptr;
    }
    bool canceled() const noexcept { return canceled_; }
    Why why() const noexcept { return why_; }
    const std::string& detail() const noexcept { return detail_; }
    /// Waits until the job has to end; says whether it has.
    boost::asio::awaitable<bool> wait(Deadline until) { return event_.wait(until); }

private:
    enum class Phase { before, scripts, after };

    Event event_;
    Phase phase_ = Phase::before;
    std::function<void()> stop_script_;
    bool canceled_ = false;
    Why why_ = Why::none;
    std::string detail_;
};

} // namespace ysnp::job
