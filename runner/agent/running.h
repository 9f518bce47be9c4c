#pragma once
#include "runner/agent/conversation.h"

namespace ysnp::agent {

/// The call of run() and rejoin(): sends the stage, hands its output on, stops it in time, takes its result.
class Running : public Call {
public:
    /// `stage`: null where it runs already.
    Running(Conversation& talk, const Stage* stage, OutputSink& sink, std::chrono::milliseconds grace, Deadline until);

    /// Runs the call; `current` points to it meanwhile.
    boost::asio::awaitable<void> hold(Running*& current);
    void stop(std::chrono::milliseconds grace, wire::StopReason reason);
    const StageResult& result() const noexcept { return result_; }

    bool answered(const wire::Header& header, std::string_view payload) override;
    boost::asio::awaitable<void> output(const Item& item) override;
    boost::asio::awaitable<void> send() override;
    void on_time(Deadline now) override;
    Deadline next_event() const override;

private:
    boost::asio::awaitable<bool> send_environment();
    boost::asio::awaitable<bool> send_file(const FileVariable& file);
    boost::asio::awaitable<bool> send_script();
    void post_stop();
    void read_result(PayloadReader fields);

    Conversation& talk_;
    const Stage* stage_;
    OutputSink& sink_;
    std::chrono::milliseconds grace_;
    Deadline until_, give_up_ = never();
    bool launched_ = false, stopping_ = false, in_sink_ = false;
    wire::StopReason reason_ = wire::StopReason::cancelled;
    StageResult result_;
};

} // namespace ysnp::agent
