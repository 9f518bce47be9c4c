#include "runner/job/meanwhile.h"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <exception>

namespace ysnp::job {
namespace {

using boost::asio::awaitable;

awaitable<void> kept(awaitable<void> work, std::exception_ptr& error)
{
    try {
        co_await std::move(work);
    } catch (...) {
        error = std::current_exception(); // thrown here, `||` would wait for the other to succeed
    }
}

} // namespace

awaitable<void> meanwhile(awaitable<void> work, awaitable<void> chatter)
{
    using namespace boost::asio::experimental::awaitable_operators;
    std::exception_ptr error;
    co_await (kept(std::move(work), error) || std::move(chatter));
    if (error) std::rethrow_exception(error);
}

} // namespace ysnp::job
