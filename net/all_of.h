#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <utility>

namespace ysnp {

/// Remembers what went wrong first among operations side by side.
class FirstError {
public:
    boost::asio::awaitable<void> noted(boost::asio::awaitable<void> work);
    /// Throws it. Called where an exception is being handled: that one goes on where none was noted.
    [[noreturn]] void rethrow() const;

private:
    std::exception_ptr first_;
};

/// Waits for all of them. Where one throws, the others are cancelled, and what it threw is thrown: `&&` alone throws
/// what the leftmost threw, which may be no more than that it was cancelled.
template <class... Work>
boost::asio::awaitable<void> all_of(Work... work)
{
    using namespace boost::asio::experimental::awaitable_operators;
    FirstError error;
    try {
        co_await (error.noted(std::move(work)) && ...);
    } catch (...) {
        error.rethrow();
    }
}

} // namespace ysnp
