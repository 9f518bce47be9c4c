#pragma once
#include "runner/agent/conversation.h"
#include <functional>

namespace ysnp::agent {

/// A call whose question is queued already and whose answer is one frame.
class Answer : public Call {
public:
    using Read = std::function<void(PayloadReader&)>;
    Answer(Deadline until, wire::Type type, Read read) : until_(until), type_(type), read_(std::move(read)) {}
    /// Frames of before are no error.
    void ignore_others() { ignore_others_ = true; }
    /// The agent comes to nothing else before it answers.
    void expect_long_work() { long_work_ = true; }

    bool answered(const wire::Header& header, std::string_view payload) override;
    boost::asio::awaitable<void> output(const Item& item) override;
    boost::asio::awaitable<void> send() override;
    void on_time(Deadline now) override;
    Deadline next_event() const override { return until_; }
    bool occupies() const override { return long_work_; }

private:
    Deadline until_;
    wire::Type type_;
    Read read_;
    bool ignore_others_ = false, long_work_ = false;
};

/// Sends a tar stream and waits for the verdict, which may come before its end.
class Unpacking : public Call {
public:
    Unpacking(Conversation& talk, std::string directory, net::BodySource& archive, UnpackOptions options,
              Deadline until);

    /// Rethrows what the archive's source threw: the agent has then discarded the rest and the session lives on.
    UnpackResult result() const;

    bool answered(const wire::Header& header, std::string_view payload) override;
    boost::asio::awaitable<void> output(const Item& item) override;
    boost::asio::awaitable<void> send() override;
    void on_time(Deadline now) override;
    Deadline next_event() const override { return until_; }

private:
    boost::asio::awaitable<void> send_archive();
    void send_end();

    Conversation& talk_;
    std::string directory_;
    net::BodySource& archive_;
    UnpackOptions options_;
    Deadline until_;
    std::uint64_t sent_ = 0;
    bool ended_ = false;
    std::exception_ptr source_error_;
    UnpackResult result_;
};

/// Throws Failure::protocol: an answer to another question.
[[noreturn]] void unexpected_answer(const wire::Header& header);

} // namespace ysnp::agent
