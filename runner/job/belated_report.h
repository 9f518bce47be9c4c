#pragma once
#include "net/deadline.h"
#include "runner/state/journal.h"
#include "runner/trace/job_api.h"
#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace ysnp::job {

/// Whether GitLab takes no result for the job any more: its token lives as long as the job may run, and a while.
bool is_past_hearing(const state::OpenJob& dead, std::chrono::system_clock::time_point now);

/// Until when to try: as long as GitLab can take a result, and some minutes at least.
Deadline heard_until(const state::OpenJob& dead, std::chrono::system_clock::time_point now);

/// Tells GitLab the end of a job that an earlier run left behind: the reason once, at the end of its log, then the
/// final state (journaled_end.h). Goes on until GitLab has it, or says that the job is over, which is true; false at
/// the deadline. `second` is what the pauses count in.
boost::asio::awaitable<bool> report_belatedly(trace::JobApi& api, const state::OpenJob& dead, Deadline until,
                                              std::chrono::milliseconds second = std::chrono::seconds(1));

} // namespace ysnp::job
