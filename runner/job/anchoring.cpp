#include "runner/job/anchoring.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "runner/host/log.h"
#include "runner/policy/store.h"
#include <algorithm>
#include <unistd.h>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto one_try = 30s;
constexpr auto first_pause = 1s;
constexpr auto longest_pause = 60s;

std::string host_name()
{
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string text_of(const policy::StoreFault& fault)
{
    return fault.document() + ": " + fault.found() + " (expected " + fault.expected() + "); " + fault.remedy();
}

/// The store has answered, and says that we may not.
bool has_no_right(const std::error_code& code) { return code == Failure::denied || code == Failure::missing; }

/// What was found is worse than not knowing.
bool is_alarming(const std::error_code& code) { return code == Failure::invalid || code == Failure::conflict; }

} // namespace

Anchoring::Anchoring(asio::any_io_executor executor, Records& records, std::string system_id)
    : records_(records), system_id_(std::move(system_id)), host_(host_name()), changed_(std::move(executor))
{
    records_.notices().add([this](const audit::Record&, const audit::Position& head) { wish(head); });
}

void Anchoring::use(std::shared_ptr<policy::AnchorPlace> place)
{
    place_ = std::move(place);
    compared_ = place_ == nullptr;
    records_.hold_passes(compared_ ? "" : "the audit chain was not yet compared with its anchored head");
    changed_.set();
}

void Anchoring::wish(const audit::Position& head)
{
    wanted_ = head;
    changed_.set();
}

asio::awaitable<void> Anchoring::check(audit::Anchor anchor)
{
    const audit::Verification result = co_await records_.verify_from(anchor.at);
    if (result.intact()) co_return;
    const audit::Break& broken = *result.first_break;
    throw std::system_error(
        make_error_code(Error::invalid_value),
        "audit: " + broken.file.string() + ":" + std::to_string(broken.line) + ": " + broken.problem +
            "; anchored is record " + std::to_string(anchor.at.seq) + " of " + anchor.at.time + " by host " +
            anchor.host +
            ". Bring the file back from a copy and run `ysnprunner audit verify`; where it is lost for "
            "good, a person removes the anchor from the policy store");
}

/// False: to be tried again, as the store does not answer now or gives no right. Where the chain is not the anchored
/// one, nothing passes any more, and this throws.
asio::awaitable<bool> Anchoring::try_compare()
{
    const auto place = place_;
    std::optional<policy::StoreFault> trouble;
    try {
        std::optional<audit::Anchor> anchor = co_await place->read(system_id_, in(one_try));
        if (anchor) co_await check(std::move(*anchor));
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        if (place != place_) co_return false; // replaced meanwhile
        const auto* const fault = dynamic_cast<const policy::StoreFault*>(&error);
        if (fault == nullptr || is_alarming(fault->code())) {
            records_.hold_passes(error.what());
            throw;
        }
        trouble = *fault;
    }
    if (place != place_) co_return false;
    if (trouble) {
        tell(*trouble);
        co_return false;
    }
    compared_ = true;
    complaint_.clear();
    records_.hold_passes("");
    const audit::Position head = co_await records_.head();
    if (head.seq != 0) wish(head); // what a crash kept from being anchored
    co_return true;
}

/// Once for each trouble. A store that says that we have no right holds nothing up: that may be how it is meant.
void Anchoring::tell(const policy::StoreFault& fault)
{
    const bool no_right = has_no_right(fault.code());
    if (no_right) records_.hold_passes("");
    std::string text = (no_right ? "The audit chain's head cannot be anchored or compared: "
                                 : "The audit chain cannot be compared with its anchored head, so no job passes: ") +
                       text_of(fault);
    if (text != complaint_) host::error(text);
    complaint_ = std::move(text);
}

asio::awaitable<void> Anchoring::compare()
{
    if (compared_) co_return;
    co_await try_compare();
}

asio::awaitable<bool> Anchoring::write(audit::Position head, Deadline until)
{
    const auto place = place_;
    try {
        audit::Anchor anchor{head, system_id_, host_};
        co_await place->write(std::move(anchor), until);
        co_return true;
    } catch (const policy::StoreFault& fault) {
        if (is_alarming(fault.code()) && place == place_) compared_ = false; // another chain may be anchored there
        host::error("The audit chain's head, record " + std::to_string(head.seq) +
                    ", is not anchored: " + text_of(fault));
        co_return false;
    }
}

asio::awaitable<void> Anchoring::run()
{
    Deadline::duration pause = first_pause;
    for (;;) {
        changed_.reset();
        bool done = true;
        if (!compared_) {
            done = co_await try_compare();
        } else if (place_ && wanted_) {
            const audit::Position head = *wanted_;
            done = co_await write(head, in(one_try));
            if (done && wanted_ && wanted_->seq == head.seq) wanted_.reset();
        }
        if (done && (!compared_ || (place_ && wanted_))) continue; // more came meanwhile
        if (done) {
            pause = first_pause;
            co_await changed_.wait(never());
        } else {
            const Deadline next = in(pause);
            co_await sleep_until(next);
            pause = std::min<Deadline::duration>(pause * 2, longest_pause);
        }
    }
}

asio::awaitable<void> Anchoring::finish(Deadline until)
{
    if (!place_ || !compared_) co_return;
    const audit::Position head = co_await records_.head();
    if (head.seq != 0) co_await write(head, until);
}

} // namespace ysnp::job
