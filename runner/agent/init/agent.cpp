#include "runner/agent/init/agent.h"
#include <poll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

namespace ysnp::agent {
namespace {

constexpr int64_t goodbye_time = 500;

void empty(int signals)
{
    signalfd_siginfo info[8];
    while (read(signals, info, sizeof info) > 0) {
    }
}

} // namespace

int64_t now()
{
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

void Agent::serve(int signals)
{
    lease_end_ = now() + lease_;
    deadline_ = INT64_MAX;
    for (;;) {
        send();
        wait(signals);
        on_time();
    }
}

/// A result goes out behind all output.
void Agent::send()
{
    if (!outbox_.flush()) die(wire::Goodbye::lease_ended, "nobody reads any more", 4);
    if (!result_due_ || !outbox_.drained()) return;
    result_due_ = false;
    outbox_.post(wire::Type::ended, operation_, result_offset_, result_.bytes());
    send();
}

int64_t Agent::next_event() const
{
    int64_t next = lease_end_ < deadline_ ? lease_end_ : deadline_;
    if (stopping_ && end_ != End::flushing && kill_at_ < next) next = kill_at_;
    if (end_ == End::draining && drain_idle_ < next) next = drain_idle_;
    return next;
}

void Agent::wait(int signals)
{
    pollfd ready[5] = {
        {STDIN_FILENO, POLLIN, 0},
        {signals, POLLIN, 0},
        {outbox_.wants_write() ? STDOUT_FILENO : -1, POLLOUT, 0},
        {output_open_ && outbox_.has_room() ? stage_.output : -1, POLLIN, 0},
        {stage_.input, POLLOUT, 0},
    };
    const int64_t left = next_event() - now();
    if (poll(ready, 5, static_cast<int>(left < 0 ? 0 : left > 60'000 ? 60'000 : left)) <= 0) return;
    if (ready[3].revents != 0) on_output();
    if (ready[4].revents != 0) on_script_room();
    if (ready[1].revents != 0) {
        empty(signals);
        on_child();
    }
    if (ready[0].revents != 0) on_input();
}

void Agent::on_time()
{
    const int64_t time = now();
    if (time >= deadline_) die(wire::Goodbye::deadline_passed, "the job's deadline has passed", 3);
    if (time >= lease_end_) die(wire::Goodbye::lease_ended, "no sign of the runner", 3);
    if (state_ == State::running) stage_time(time);
}

void Agent::die(wire::Goodbye why, const char* text, int code)
{
    kill_all(child_);
    Payload payload;
    payload.u32(static_cast<uint32_t>(why)).text(text);
    outbox_.post(wire::Type::goodbye, operation_, outbox_.filled(), payload.bytes());
    const int64_t until = now() + goodbye_time;
    while (outbox_.flush() && outbox_.wants_write() && now() < until) {
        pollfd out{STDOUT_FILENO, POLLOUT, 0};
        poll(&out, 1, 50);
    }
    _exit(code);
}

} // namespace ysnp::agent
