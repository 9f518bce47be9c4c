#include "runner/job/waiting_room.h"
#include <algorithm>

namespace ysnp::job {
namespace {

constexpr const char* detail = "the runner restarts";

} // namespace

WaitingRoom::Seat::~Seat()
{
    if (room_ == nullptr) return;
    room_->guests_.erase(guest_);
    room_->changed_.set();
}

bool WaitingRoom::Seat::is_taken(const std::string& subject) const
{
    return std::ranges::any_of(room_->guests_,
                               [&](const Guest& other) { return &other != &*guest_ && other.subject == subject; });
}

boost::asio::awaitable<bool> WaitingRoom::Seat::ask_about(std::string subject, Deadline until)
{
    while (is_taken(subject)) {
        room_->changed_.reset();
        const bool changed = co_await room_->changed_.wait(until);
        if (!changed) co_return false;
    }
    guest_->subject = std::move(subject);
    co_return true;
}

void WaitingRoom::Seat::waits_no_more() { guest_->stop = nullptr; }

void WaitingRoom::Seat::goes_on_with(std::string subject) { guest_->subject = std::move(subject); }

std::size_t WaitingRoom::size() const noexcept
{
    const auto waits = [](const Seat::Guest& guest) { return guest.stop != nullptr; };
    return static_cast<std::size_t>(std::ranges::count_if(guests_, waits));
}

std::size_t WaitingRoom::bytes() const noexcept
{
    std::size_t sum = 0;
    for (const Seat::Guest& guest : guests_) sum += guest.bytes;
    return sum;
}

std::optional<WaitingRoom::Seat> WaitingRoom::enter(Stop& stop, std::size_t payload, int most)
{
    if (std::cmp_greater_equal(size(), most) || bytes() + payload > most_bytes) return std::nullopt;
    return come_back(stop, payload);
}

WaitingRoom::Seat WaitingRoom::come_back(Stop& stop, std::size_t payload)
{
    if (leaving_) stop.end(Why::suspended, detail);
    return Seat(*this, guests_.insert(guests_.end(), {&stop, payload, {}}));
}

void WaitingRoom::suspend()
{
    leaving_ = true;
    for (const Seat::Guest& guest : guests_) {
        if (guest.stop != nullptr) guest.stop->end(Why::suspended, detail);
    }
}

} // namespace ysnp::job
