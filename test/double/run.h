#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <type_traits>
#include <utility>

namespace ysnp::test {

/// Drives one coroutine on a context of the caller's until it ends and rethrows what leaves it. Gives up after `limit`.
void drive(boost::asio::io_context& context, boost::asio::awaitable<void> task, std::chrono::seconds limit);

/// The same, with its value.
template <class T>
T run(boost::asio::io_context& context, boost::asio::awaitable<T> task,
      std::chrono::seconds limit = std::chrono::seconds(60))
{
    if constexpr (std::is_void_v<T>) {
        drive(context, std::move(task), limit);
    } else {
        std::optional<T> result;
        auto keep = [](boost::asio::awaitable<T> inner, std::optional<T>& into) -> boost::asio::awaitable<void> {
            into.emplace(co_await std::move(inner));
        };
        drive(context, keep(std::move(task), result), limit);
        return std::move(*result);
    }
}

/// The same on a fresh context. Whatever the coroutine needs (servers, clients) it makes itself, from its own executor.
template <class T>
T run(boost::asio::awaitable<T> task, std::chrono::seconds limit = std::chrono::seconds(60))
{
    boost::asio::io_context context(1);
    return run(context, std::move(task), limit);
}

/// The same with a coroutine that is called with the context's executor.
template <class Work>
void on_loop(Work work)
{
    run([](Work inner) -> boost::asio::awaitable<void> {
        const auto executor = co_await boost::asio::this_coro::executor;
        co_await inner(executor);
    }(std::move(work)));
}

/// A directory of its own under the system's temporary one; removed with all that is in it.
class TempDir {
public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

} // namespace ysnp::test
