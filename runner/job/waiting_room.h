#pragma once
#include "net/wait.h"
#include "runner/job/stop.h"
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace ysnp::job {

/// The jobs of this process that wait for people. Bounds how many there are and how much they keep in memory, lets only
/// one at a time ask about the same subject, and tells all of them when the runner leaves for its next start.
class WaitingRoom {
public:
    /// Of all payloads that wait. Each is in memory twice, read and unread, and once in the runtime folder.
    static constexpr std::size_t most_bytes = 128u << 20;

    explicit WaitingRoom(boost::asio::any_io_executor executor) : changed_(std::move(executor)) {}

    /// A job in the room, as long as it lives. Must not outlive the room or the job's Stop.
    class Seat {
    public:
        Seat(Seat&& other) noexcept : room_(std::exchange(other.room_, nullptr)), guest_(other.guest_) {}
        Seat& operator=(Seat&&) = delete;
        ~Seat();
        /// Waits until nobody else here asks about `subject`, then holds it with the seat. False at the deadline.
        boost::asio::awaitable<bool> ask_about(std::string subject, Deadline until);
        /// Holds it at once: this job asked already, before a restart.
        void goes_on_with(std::string subject);
        /// The job starts: a leaving runner suspends it no more, and it is none of those that wait. It keeps its turn
        /// as long as the seat lives, while the answer is written down.
        void waits_no_more();
        /// Whether somebody else asks about `subject`.
        bool is_taken(const std::string& subject) const;

    private:
        friend class WaitingRoom;
        struct Guest {
            Stop* stop; ///< nullptr: waits no more
            std::size_t bytes;
            std::string subject;
        };
        Seat(WaitingRoom& room, std::list<Guest>::iterator guest) : room_(&room), guest_(guest) {}
        WaitingRoom* room_;
        std::list<Guest>::iterator guest_;
    };

    /// For a job whose payload has `bytes`. Nothing where `most` wait already, or their payloads and this one come to
    /// more than most_bytes. A runner that is leaving suspends the job at once.
    std::optional<Seat> enter(Stop& stop, std::size_t bytes, int most);
    /// For one that had a seat before the runner's restart.
    Seat come_back(Stop& stop, std::size_t bytes);
    /// How many wait.
    std::size_t size() const noexcept;
    /// The runner leaves: every job here, and every one that comes, hears Why::suspended.
    void suspend();

private:
    std::size_t bytes() const noexcept;

    Event changed_;
    std::list<Seat::Guest> guests_;
    bool leaving_ = false;
};

} // namespace ysnp::job
