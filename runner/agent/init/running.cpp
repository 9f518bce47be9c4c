#include "runner/agent/init/agent.h"
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ysnp::agent {
namespace {

// Once its program has ended, what a stage left behind may finish writing what it holds, `tee` for one.
constexpr int64_t drain_pause = 20, drain_limit = 250;
constexpr int64_t stop_check = 20;

void close_once(int& fd)
{
    if (fd >= 0) close(fd);
    fd = -1;
}

} // namespace

void Agent::launch_stage()
{
    state_ = State::running;
    end_ = End::not_yet;
    stopping_ = output_open_ = false;
    script_sent_ = 0;
    survivors_ = 0;
    output_begin_ = outbox_.filled();
    if (setup_.error() != 0) return post_end(wire::Outcome::not_started, setup_.error(), setup_.failed());
    memory_kills_ = memory_kills();
    child_ = {};
    stage_ = launch(setup_, environment_, umask_);
    if (stage_.error != 0) return post_end(wire::Outcome::not_started, stage_.error, "process");
    child_.pid = stage_.pid;
    output_open_ = true;
    if (stage_.input < 0) setup_.clear(); // its process has what it needs
}

void Agent::on_script_room()
{
    const Bytes script = setup_.script_bytes();
    const ssize_t put = write(stage_.input, script.data + script_sent_, script.size - script_sent_);
    if (put > 0) script_sent_ += static_cast<size_t>(put);
    const bool reader_gone = put < 0 && errno != EAGAIN && errno != EINTR; // it need not read all of it
    if (!reader_gone && script_sent_ < script.size) return;
    close_once(stage_.input);
    setup_.clear();
}

void Agent::on_output()
{
    const ssize_t got = outbox_.read_output(stage_.output);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) output_open_ = false;
    drain_idle_ = now() + drain_pause;
    if (drain_idle_ > drain_end_) drain_idle_ = drain_end_;
}

void Agent::on_child()
{
    reap(child_);
    if (state_ != State::running || !child_.ended || end_ != End::not_yet) return;
    end_ = End::draining;
    const int64_t time = now();
    drain_end_ = stopping_ ? kill_at_ : time + drain_limit;
    drain_idle_ = time + (stopping_ ? stop_check : drain_pause);
}

void Agent::stop(Fields fields)
{
    const int64_t at = now() + fields.u32();
    const auto reason = static_cast<wire::StopReason>(fields.u32());
    if (state_ != State::running || end_ != End::not_yet) return; // it has just ended by itself
    if (!stopping_) {
        reason_ = reason;
        terminate_all();
    }
    if (!stopping_ || at < kill_at_) kill_at_ = at;
    stopping_ = true;
}

/// Moves a stage towards its end: its program has ended and what it left has had its time, or the grace is over.
void Agent::stage_time(int64_t time)
{
    const bool grace_over = stopping_ && time >= kill_at_;
    if (end_ == End::not_yet && grace_over) kill_rest();
    if (end_ == End::draining) {
        const bool others = others_left();
        const bool drained = !output_open_ || time >= drain_idle_ || time >= drain_end_;
        if (grace_over || !others || (!stopping_ && drained))
            kill_rest();
        else if (time >= drain_idle_)
            drain_idle_ = time + stop_check;
    }
    if (end_ == End::flushing) report_end();
}

void Agent::kill_rest()
{
    survivors_ = kill_all(child_);
    end_ = End::flushing;
}

/// Nobody is left to write: what the pipe still holds is the rest, and the result follows it.
void Agent::report_end()
{
    while (output_open_ && outbox_.has_room()) {
        const ssize_t got = outbox_.read_output(stage_.output);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) output_open_ = false;
    }
    if (output_open_) return;
    const char* step = "";
    const int error = start_error(stage_.report, step);
    if (error != 0) return post_end(wire::Outcome::not_started, error, step);
    const auto stopped = reason_ == wire::StopReason::timed_out ? wire::Outcome::timed_out : wire::Outcome::stopped;
    post_end(stopping_ ? stopped : wire::Outcome::exited, 0, "");
}

void Agent::post_end(wire::Outcome outcome, int error, const char* failed)
{
    const int status = child_.pid == 0 || child_.ended ? child_.status : SIGKILL; // one that not even KILL ends
    const bool started = outcome != wire::Outcome::not_started;
    const uint32_t signal = started && WIFSIGNALED(status) ? static_cast<uint32_t>(WTERMSIG(status)) : 0;
    const uint32_t code = signal != 0 ? 128 + signal : static_cast<uint32_t>(WEXITSTATUS(status));
    result_ = Payload();
    result_.u32(static_cast<uint32_t>(outcome)).u32(started ? code : error == ENOENT ? 127u : 126u).u32(signal);
    result_.u64(outbox_.filled() - output_begin_).u32(static_cast<uint32_t>(error)).text(failed);
    const uint64_t kills = started ? memory_kills() - memory_kills_ : 0;
    result_.u32(survivors_).u32(kills);
    result_offset_ = outbox_.filled();
    unsettled_ = result_due_ = true;
    close_stage();
}

void Agent::close_stage()
{
    close_once(stage_.output), close_once(stage_.report), close_once(stage_.input);
    setup_.clear();
    child_ = {};
    stopping_ = output_open_ = false;
    end_ = End::not_yet;
    state_ = State::idle;
}

} // namespace ysnp::agent
