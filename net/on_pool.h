#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>

namespace ysnp {

/// Runs blocking or CPU-heavy `work` on the pool and resumes the caller on its own executor with the result or the
/// exception. Not cancellable: the work is short by contract, and its captures must be values.
///
/// One hop there and one back, and no cancellation slot: a cancel would reach the pool from another thread.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> on_pool(boost::asio::thread_pool& pool, Work work)
{
    namespace asio = boost::asio;
    using Result = std::invoke_result_t<Work&>;
    using Kept = std::conditional_t<std::is_void_v<Result>, bool, std::optional<Result>>;
    const auto initiate = [&pool](auto handler, Work todo) {
        auto guard = asio::make_work_guard(handler);
        asio::post(pool, [handler = std::move(handler), guard = std::move(guard), todo = std::move(todo)]() mutable {
            std::exception_ptr error;
            Kept kept{};
            try {
                if constexpr (std::is_void_v<Result>)
                    todo();
                else
                    kept.emplace(todo());
            } catch (...) {
                error = std::current_exception();
            }
            asio::dispatch(guard.get_executor(),
                           [handler = std::move(handler), error = std::move(error), kept = std::move(kept)]() mutable {
                               std::move(handler)(std::move(error), std::move(kept));
                           });
        });
    };
    auto kept = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Kept)>(
        initiate, asio::use_awaitable, std::move(work));
    if constexpr (!std::is_void_v<Result>) co_return std::move(*kept);
}

} // namespace ysnp
