#pragma once
#include "gitlab-api/payload.h"
#include "net/task_group.h"
#include "runner/job/flags.h"
#include "runner/job/outcome.h"
#include "runner/job/petition.h"
#include "runner/job/station.h"
#include "runner/trace/job_api.h"
#include "runner/trace/trace.h"
#include "runner/trace/uploader.h"
#include <memory>
#include <optional>

namespace ysnp::job {

/// One job while it is ours, from the gate to its reported result: what must outlive all of its coroutines.
class Handling final : private Petitioner {
public:
    /// `payload` is the text that `job` was decoded from; kept while the job may have to wait for people.
    Handling(std::shared_ptr<Station> station, gitlab::Job job, Secret payload, std::optional<Slots::Place> place);
    ~Handling() override;
    Handling(const Handling&) = delete;
    Handling& operator=(const Handling&) = delete;

    /// A job that GitLab has just given us. Throws when cancelled: the journal keeps the job for the next start.
    boost::asio::awaitable<void> run();
    /// A job that an earlier run of the program left waiting for people.
    boost::asio::awaitable<void> resume(const state::OpenJob& left, state::JobSecrets secrets);

private:
    using Entries = std::vector<state::Journal::Entry>;

    boost::asio::awaitable<void> to_the_end(boost::asio::awaitable<void> life);
    boost::asio::awaitable<void> live();
    trace::UploaderOptions uploader_options() const;
    trace::UploaderEvents events();
    boost::asio::awaitable<void> note_sent(std::uint64_t offset);
    boost::asio::awaitable<bool> begin(std::string digest);
    boost::asio::awaitable<bool> acknowledge();
    boost::asio::awaitable<void> put_on_record(const checks::Decision& decision);
    boost::asio::awaitable<void> announce(const checks::Decision& decision);
    boost::asio::awaitable<Outcome> heed(checks::Decision decision);
    boost::asio::awaitable<Outcome> obey(const checks::Decision& decision);
    boost::asio::awaitable<Outcome> execute_approved(const checks::Decision& decision);
    boost::asio::awaitable<void> report(Outcome outcome);
    boost::asio::awaitable<void> record(Entries entries, state::Journal::Durability durability);
    boost::asio::awaitable<void> note(std::string kind, std::string body);
    void keep_secrets();
    std::string project() const;
    void say(conf::LogLevel level, std::string_view text, std::string status = {}) const;
    Deadline deadline() const { return accepted_ + job_.runner_info.timeout; }

    // The wait for people (asking.cpp).
    boost::asio::awaitable<Outcome> ask_people(checks::Decision decision);
    boost::asio::awaitable<checks::Decision> petition(checks::Decision decision);
    boost::asio::awaitable<std::optional<checks::Decision>>
    unless_stopped(boost::asio::awaitable<checks::Decision> work);
    boost::asio::awaitable<Outcome> await_answer(checks::Decision decision);
    boost::asio::awaitable<Outcome> stop_waiting();
    boost::asio::awaitable<Outcome> act_on(checks::Decision decision);
    bool is_kept(const checks::Decision& decision) const;
    boost::asio::awaitable<void> record_answers(const checks::Decision& decision);
    boost::asio::awaitable<void> keep_or_withdraw(const checks::Decision& decision);
    boost::asio::awaitable<void> withdraw();
    Deadline end_of_wait() const;
    std::string subject() const;

    // The same after a restart (resuming.cpp).
    boost::asio::awaitable<void> live_on();
    boost::asio::awaitable<Outcome> go_on_waiting();
    boost::asio::awaitable<checks::Decision> judge_anew();

    boost::asio::awaitable<checks::Decision> judge(checks::ApprovalRequest request) override;
    boost::asio::awaitable<bool> turn(Deadline until) override;
    boost::asio::awaitable<std::optional<checks::Reason>> announce(checks::ApprovalRequest& request,
                                                                   const checks::Decision& decision) override;
    void give_place_back() override { place_.reset(); }
    boost::asio::awaitable<void> take_place(Deadline until) override;
    boost::asio::awaitable<void> asked(checks::ApprovalRequest request) override;
    void say(std::string_view line) override;

    std::shared_ptr<Station> station_;
    Plant& plant_;
    gitlab::Job job_;
    Secret payload_;
    std::optional<Slots::Place> place_;
    Flags flags_;
    Stop stop_;
    trace::GitlabJob api_;
    std::unique_ptr<trace::Trace> trace_;
    trace::Uploader uploader_;
    TaskGroup tasks_;
    audit::Position position_;
    std::exception_ptr unrecorded_;
    state::JobRow row_ = 0;
    std::string secrets_name_; // of the job's file in memory
    std::filesystem::path secrets_file_;
    Secret frame_key_;
    std::optional<checks::ApprovalRequest> request_; // while the job waits for people
    std::optional<WaitingRoom::Seat> seat_;          // the same
    bool asked_ = false;                             // the request stands in the store
    bool changed_ = false;                           // the same id came before with other content
    bool left_ = false;                              // the next start goes on with the job
    Deadline accepted_ = std::chrono::steady_clock::now();
};

} // namespace ysnp::job
