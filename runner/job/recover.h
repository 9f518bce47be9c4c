#pragma once
#include "net/task_group.h"
#include "runner/job/station.h"
#include <memory>
#include <string>
#include <vector>

namespace ysnp::job {

/// After a crash: what the Engine still holds of our dead jobs is handed to the janitor, before any new job begins.
/// A container with our labels that no job of the journal made is named in the log and in an audit record `alarm` too.
/// What belongs to the jobs in `keep` stays. Returns why the Engine could not be asked; empty: it is done.
boost::asio::awaitable<std::string> sweep(std::shared_ptr<Station> station, std::vector<std::uint64_t> keep);

/// Every job that the journal left open: one that waits for people goes on waiting, in `jobs`; any other is reported as
/// it ended, or as failed, if GitLab still runs it, in `chores`; all at the same time. A job that cannot be reported
/// stays open for the next start. One whose entry is not configured any more is reported through another entry at its
/// GitLab; where there is none, it stays open while GitLab would listen. What it left at the others' Engines is
/// removed.
void take_up_open_jobs(const std::vector<std::shared_ptr<Station>>& stations, Plant& plant, TaskGroup& jobs,
                       TaskGroup& chores);

} // namespace ysnp::job
