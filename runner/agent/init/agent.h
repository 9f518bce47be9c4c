#pragma once
#include "runner/agent/init/archive.h"
#include "runner/agent/init/channel.h"
#include "runner/agent/init/launch.h"
#include "runner/agent/init/processes.h"

namespace ysnp::agent {

/// PID 1 of a job's container: one loop over the runner's frames, the stage's output and its end.
class Agent {
public:
    explicit Agent(char** environment) : environment_(environment) {}
    /// Does not return: the container ends with it.
    [[noreturn]] void serve(int signals);

private:
    enum class State { idle, preparing, running, unpacking };
    enum class End { not_yet, draining, flushing };

    // agent.cpp: the loop and its clock
    void wait(int signals);
    int64_t next_event() const;
    void send();
    void on_time();
    [[noreturn]] void die(wire::Goodbye why, const char* text, int code);

    // requests.cpp: what the runner asks
    void on_input();
    void on_frame(const Frame& frame);
    void on_control(const Frame& frame);
    void on_preparation(const Frame& frame);
    void on_archive(const Frame& frame);
    void start(Fields fields, const unsigned char* key);
    void resume(uint64_t offset);
    void make_dir(Fields fields);
    void remove(Fields fields);
    void answer(wire::Type type, Bytes payload);
    void post_unpacked();
    void expect(State state);

    // running.cpp: a stage from launch to result
    void launch_stage();
    void on_child();
    void on_output();
    void on_script_room();
    void stop(Fields fields);
    void stage_time(int64_t now);
    void kill_rest();
    void report_end();
    void post_end(wire::Outcome outcome, int error, const char* failed);
    void close_stage();

    char** environment_;
    Inbox inbox_;
    Outbox outbox_;
    State state_ = State::idle;
    bool started_ = false;
    uint32_t operation_ = 0;
    unsigned umask_ = 022;
    int64_t lease_ = 60'000, lease_end_ = 0, deadline_ = 0; // milliseconds of the monotonic clock

    Setup setup_;
    Launched stage_;
    Child child_;
    End end_ = End::not_yet;
    size_t script_sent_ = 0;
    uint64_t output_begin_ = 0, memory_kills_ = 0;
    uint32_t survivors_ = 0;
    bool output_open_ = false, stopping_ = false;
    wire::StopReason reason_ = wire::StopReason::cancelled;
    int64_t kill_at_ = 0, drain_idle_ = 0, drain_end_ = 0;

    Unpacker unpacker_;
    uint64_t unpacked_ = 0;
    bool unpack_reported_ = false;

    Payload result_; // of the last stage, until the runner has settled it
    uint64_t result_offset_ = 0;
    bool unsettled_ = false, result_due_ = false;
};

/// Milliseconds of the monotonic clock.
int64_t now();

} // namespace ysnp::agent
