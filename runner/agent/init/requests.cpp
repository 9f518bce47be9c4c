#include "runner/agent/init/agent.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::agent {

using wire::Type;

void Agent::on_input()
{
    const bool open = inbox_.fill();
    for (Frame frame; inbox_.next(frame);) on_frame(frame);
    if (inbox_.broken()) die(wire::Goodbye::broken_protocol, "a frame is missing or came twice", 2);
    if (!open) die(wire::Goodbye::lease_ended, "the connection of the runner ended", 4);
}

void Agent::on_frame(const Frame& frame)
{
    const Type type = frame.header.type;
    lease_end_ = now() + lease_; // any frame of the runner is a sign of life
    if (type == Type::start) return start(Fields(frame.payload), frame.payload.data);
    if (type >= Type::stage && type <= Type::launch) return on_preparation(frame);
    if (type >= Type::unpack && type <= Type::data_end) return on_archive(frame);
    on_control(frame);
}

void Agent::on_control(const Frame& frame)
{
    Fields fields(frame.payload);
    switch (frame.header.type) {
    case Type::renew:
        lease_ = static_cast<int64_t>(fields.u32()) * 1000;
        lease_end_ = now() + lease_;
        return outbox_.post(Type::alive, 0, 0, {});
    case Type::resume:
        return resume(frame.header.offset);
    case Type::acknowledge:
        return outbox_.acknowledge(frame.header.offset);
    case Type::settled:
        return void(unsettled_ = unsettled_ && frame.header.operation != operation_);
    case Type::stop:
        return stop(fields);
    case Type::leave:
        die(wire::Goodbye::asked, "", 0);
    case Type::make_dir:
        operation_ = frame.header.operation;
        return make_dir(fields);
    case Type::remove:
        operation_ = frame.header.operation;
        return remove(fields);
    default:
        die(wire::Goodbye::broken_protocol, "unknown frame", 2);
    }
}

void Agent::expect(State state)
{
    if (state_ != state) die(wire::Goodbye::broken_protocol, "a frame came at the wrong time", 2);
}

void Agent::start(Fields fields, const unsigned char* key)
{
    if (started_) die(wire::Goodbye::broken_protocol, "started twice", 2);
    started_ = true;
    outbox_.adopt(key);
    for (size_t i = 0; i < wire::key_size; i += 4) fields.u32();
    const uint32_t version = fields.u32();
    lease_ = static_cast<int64_t>(fields.u32()) * 1000;
    deadline_ = now() + static_cast<int64_t>(fields.u32()) * 1000;
    lease_end_ = now() + lease_;
    umask_ = umask(022);
    umask(umask_);
    if (version != wire::version || !fields.ok()) die(wire::Goodbye::wrong_version, "wrong version", 2);
    Payload hello;
    const uint32_t processes = count_processes();
    hello.u32(wire::version).u32(getuid()).u32(getgid()).u32(processes).u32(processes != 0);
    outbox_.post(Type::hello, 0, 0, hello.bytes());
}

/// Another connection takes over: what the old one was unpacking is lost with it, a stage goes on.
void Agent::resume(uint64_t offset)
{
    if (!outbox_.rewind(offset)) die(wire::Goodbye::broken_protocol, "that output is gone", 2);
    if (state_ == State::unpacking || state_ == State::preparing) {
        unpacker_.end();
        setup_.clear();
        state_ = State::idle;
    }
    const bool running = state_ == State::running || (unsettled_);
    Payload resumed;
    resumed.u32(static_cast<uint32_t>(running ? wire::State::running : wire::State::idle)).u32(operation_);
    outbox_.post(Type::resumed, operation_, outbox_.filled(), resumed.bytes());
    result_due_ = unsettled_;
}

void Agent::answer(Type type, Bytes payload) { outbox_.post(type, operation_, outbox_.filled(), payload); }

void Agent::make_dir(Fields fields)
{
    expect(State::idle);
    const mode_t mode = fields.u32() & 0777;
    Buffer path;
    const bool named = path.add_text(fields.text()) && fields.ok();
    const mode_t before = umask(0);
    const int error = named ? make_directories(path.text(), mode) : EINVAL;
    umask(before);
    Payload payload;
    answer(Type::done, payload.u32(static_cast<uint32_t>(error)).text(named ? path.text() : "").bytes());
}

void Agent::remove(Fields fields)
{
    expect(State::idle);
    const bool contents = (fields.u32() & wire::contents_only) != 0;
    Buffer path;
    const bool named = path.add_text(fields.text()) && fields.ok();
    const int error = named ? remove_tree(path.text(), contents) : EINVAL;
    Payload payload;
    answer(Type::done, payload.u32(static_cast<uint32_t>(error)).text(named ? path.text() : "").bytes());
}

void Agent::post_unpacked()
{
    Payload payload;
    payload.u32(static_cast<uint32_t>(unpacker_.error())).text(unpacker_.error() == 0 ? "" : unpacker_.path());
    payload.u64(unpacker_.files).u64(unpacker_.directories).u64(unpacker_.bytes);
    answer(Type::unpacked, payload.bytes());
    unpack_reported_ = true;
}

/// An error is told at once, so that the runner stops sending; the rest of the stream is passed over.
void Agent::on_archive(const Frame& frame)
{
    expect(frame.header.type == Type::unpack ? State::idle : State::unpacking);
    if (frame.header.type == Type::unpack) {
        Fields fields(frame.payload);
        const bool keep_times = (fields.u32() & wire::keep_times) != 0;
        Buffer directory;
        if (!directory.add_text(fields.text()) || !fields.ok())
            die(wire::Goodbye::broken_protocol, "an archive goes nowhere", 2);
        operation_ = frame.header.operation;
        state_ = State::unpacking;
        unpacked_ = 0;
        unpack_reported_ = false;
        umask(0);
        unpacker_.begin(directory.text(), keep_times);
    } else if (frame.header.offset != unpacked_) {
        die(wire::Goodbye::broken_protocol, "the archive has a gap", 2);
    }
    if (frame.header.type == Type::data) unpacker_.feed(frame.payload);
    if (frame.header.type == Type::data) unpacked_ += frame.payload.size;
    if (frame.header.type == Type::data_end) {
        unpacker_.end();
        umask(umask_);
        state_ = State::idle;
    }
    if (!unpack_reported_ && (unpacker_.error() != 0 || state_ == State::idle)) post_unpacked();
}

void Agent::on_preparation(const Frame& frame)
{
    expect(frame.header.type == Type::stage ? State::idle : State::preparing);
    switch (frame.header.type) {
    case Type::stage:
        operation_ = frame.header.operation;
        state_ = State::preparing;
        unsettled_ = false;
        return setup_.stage(Fields(frame.payload));
    case Type::environment:
        return setup_.environment(Fields(frame.payload));
    case Type::file:
        return setup_.file(Fields(frame.payload), umask_);
    case Type::script:
        return setup_.script(frame.payload);
    default:
        return launch_stage();
    }
}

} // namespace ysnp::agent
