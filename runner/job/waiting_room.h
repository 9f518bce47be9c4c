#pragma once
#include "net/wait.h"
#include "runner/job/stop.h"
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace ysnp::job {

/// The jobs of this process that wait for people. Bounds how many there are, lets only one at a time ask about the same
/// subject, and tells all of them when the runner leaves for its next start.
class WaitingRoom {
public:
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
            std::string subject;
        };
        Seat(WaitingRoom& room, std::list<Guest>::iterator guest) : room_(&room), guest_(guest) {}
        WaitingRoom* room_;
        std::list<Guest>::iterator guest_;
    };

    /// Nothing where `most` wait already. A runner that is leaving suspends the job at once.
    std::optional<Seat> enter(Stop& stop, int most);
    /// How many wait.
    std::size_t size() const noexcept;
    /// The runner leaves: every job here, and every one that comes, hears Why::suspended.
    void suspend();

private:
    Event changed_;
    std::list<Seat::Guest> guests_;
    bool leaving_ = false;
};

} // namespace ysnp::job
