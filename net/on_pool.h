#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <type_traits>

namespace ysnp {

/// Runs blocking or CPU-heavy `work` on the pool and resumes the caller on its own executor with the result or the
/// exception. Not cancellable: the work is short by contract, and its captures must be values.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> on_pool(boost::asio::thread_pool& pool, Work work)
{
    auto task = [](Work run) -> boost::asio::awaitable<std::invoke_result_t<Work>> { co_return run(); };
    // Deaf to the caller's cancellation: it would reach the task from another thread, and one that has not begun yet
    // would end the program.
    co_return co_await boost::asio::co_spawn(
        pool, task(std::move(work)),
        boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(), boost::asio::use_awaitable));
}

} // namespace ysnp
