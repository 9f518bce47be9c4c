#include "runner/agent/running.h"
#include "net/failure.h"
#include "runner/agent/calls.h"
#include <map>

namespace ysnp::agent {

namespace asio = boost::asio;
using wire::Type;

namespace {

constexpr std::chrono::seconds answer_time{15}; // for a stopped stage's rest of output and its result
constexpr std::size_t piece = 64u << 10;

/// The environment in frames' payloads, each name once: of duplicates the last counts.
std::vector<std::string> environment_payloads(const std::vector<std::string>& environment)
{
    std::map<std::string_view, const std::string*> last;
    for (const std::string& entry : environment) last[std::string_view(entry).substr(0, entry.find('='))] = &entry;
    std::vector<std::string> payloads;
    PayloadWriter entries;
    for (const auto& [name, entry] : last) {
        entries.text(*entry);
        if (entries.bytes().size() < piece) continue;
        payloads.push_back(entries.bytes());
        entries = PayloadWriter();
    }
    if (!entries.bytes().empty()) payloads.push_back(entries.bytes());
    return payloads;
}

} // namespace

Running::Running(Conversation& talk, const Stage* stage, OutputSink& sink, std::chrono::milliseconds grace,
                 Deadline until)
    : talk_(talk), stage_(stage), sink_(sink), grace_(grace), until_(until), launched_(stage == nullptr)
{
}

asio::awaitable<void> Running::hold(Running*& current)
{
    struct Mark {
        Running*& at;
        ~Mark() { at = nullptr; }
    } const mark{current};
    current = this;
    co_await talk_.hold(*this);
}

/// A stage that is not launched yet gets its stop right behind the launch.
void Running::stop(std::chrono::milliseconds grace, wire::StopReason reason)
{
    if (!stopping_) reason_ = reason;
    grace_ = stopping_ ? std::min(grace_, grace) : grace;
    stopping_ = true;
    give_up_ = std::min(give_up_, in(grace_ + answer_time));
    if (launched_) post_stop();
}

void Running::post_stop()
{
    PayloadWriter payload;
    payload.u32(static_cast<std::uint64_t>(grace_.count())).u32(static_cast<std::uint32_t>(reason_));
    talk_.post(Type::stop, 0, payload.bytes());
}

Deadline Running::next_event() const { return stopping_ ? give_up_ : until_; }

void Running::on_time(Deadline now)
{
    if (!stopping_) return stop(grace_, wire::StopReason::timed_out);
    if (in_sink_)
        give_up_ = now + std::chrono::seconds(1); // it is not the agent that is late
    else
        throw std::system_error(make_error_code(Error::deadline_passed),
                                "the job's agent did not stop the stage in time");
}

asio::awaitable<void> Running::output(const Item& item)
{
    if (item.kind == Item::Kind::stray)
        result_.stray += item.bytes.size();
    else
        result_.bytes += item.bytes.size();
    in_sink_ = true;
    co_await sink_.write(item.bytes);
    in_sink_ = false;
}

bool Running::answered(const wire::Header& header, std::string_view payload)
{
    if (header.type == Type::goodbye) return false;
    if (header.type != Type::ended || header.operation != talk_.operation()) unexpected_answer(header);
    read_result(PayloadReader(payload));
    if (header.offset != talk_.received())
        throw std::system_error(make_error_code(Error::malformed_reply), "output of the job is missing at its end");
    talk_.acknowledge_from(1);
    talk_.post(Type::settled, 0, {});
    return true;
}

void Running::read_result(PayloadReader fields)
{
    const auto outcome = static_cast<wire::Outcome>(fields.u32());
    result_.how = outcome == wire::Outcome::exited      ? How::exited
                  : outcome == wire::Outcome::stopped   ? How::stopped
                  : outcome == wire::Outcome::timed_out ? How::timed_out
                                                        : How::not_started;
    result_.exit_code = static_cast<int>(fields.u32());
    result_.signal = static_cast<int>(fields.u32());
    const std::uint64_t bytes = fields.u64();
    if (stage_ != nullptr && bytes != result_.bytes)
        throw std::system_error(make_error_code(Error::malformed_reply), "output of the job is missing");
    result_.error = static_cast<int>(fields.u32());
    const std::string what = fields.text();
    if (result_.how == How::not_started) {
        const bool program = what == "program" && stage_ != nullptr,
                   directory = what == "directory" && stage_ != nullptr;
        result_.failure = (program     ? stage_->argv.front()
                           : directory ? stage_->directory
                                       : what) +
                          ": " + std::system_category().message(result_.error);
    }
    result_.survivors = fields.u32();
    result_.memory_kills = fields.u32();
}

asio::awaitable<bool> Running::send_environment()
{
    for (const std::string& payload : environment_payloads(stage_->environment)) {
        const bool wanted = co_await talk_.room();
        if (!wanted) co_return false;
        talk_.post(Type::environment, 0, payload);
    }
    co_return true;
}

asio::awaitable<bool> Running::send_file(const FileVariable& file)
{
    std::string_view left = file.content;
    std::uint32_t flags = 0;
    do {
        const bool wanted = co_await talk_.room();
        if (!wanted) co_return false;
        PayloadWriter payload;
        payload.u32(file.mode).u32(flags).text(file.path).raw(left.substr(0, piece));
        talk_.post(Type::file, 0, payload.bytes());
        left.remove_prefix(std::min(piece, left.size()));
        flags = wire::append;
    } while (!left.empty());
    co_return true;
}

asio::awaitable<bool> Running::send_script()
{
    for (std::string_view left = stage_->script; !left.empty();
         left.remove_prefix(std::min(wire::max_payload, left.size()))) {
        const bool wanted = co_await talk_.room();
        if (!wanted) co_return false;
        talk_.post(Type::script, 0, left.substr(0, wire::max_payload));
    }
    co_return true;
}

asio::awaitable<void> Running::send()
{
    if (stage_ == nullptr) co_return;
    PayloadWriter head;
    head.u32(stage_->script_by_pipe ? wire::script_by_pipe : 0).text(stage_->directory).u32(stage_->argv.size());
    for (const std::string& word : stage_->argv) head.text(word);
    talk_.post(Type::stage, 0, head.bytes());
    bool wanted = co_await send_environment();
    for (const FileVariable& file : stage_->files)
        if (wanted) wanted = co_await send_file(file);
    if (wanted) wanted = co_await send_script();
    if (!wanted) co_return;
    talk_.post(Type::launch, 0, {});
    launched_ = true;
    if (stopping_) post_stop();
}

} // namespace ysnp::agent
