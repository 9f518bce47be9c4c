#include "vault/wave.h"
#include "net/failure.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ysnp::vault {

namespace asio = boost::asio;

template <class Result>
asio::awaitable<std::vector<Result>> wave(asio::any_io_executor executor, std::vector<asio::awaitable<Result>> tasks)
{
    if (tasks.empty()) co_return std::vector<Result>();
    using Operation = decltype(asio::co_spawn(executor, std::move(tasks.front()), asio::deferred));
    std::vector<Operation> operations;
    for (auto& task : tasks) operations.push_back(asio::co_spawn(executor, std::move(task), asio::deferred));
    auto group = asio::experimental::make_parallel_group(std::move(operations));
    auto [order, errors, results] =
        co_await group.async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw std::system_error(make_error_code(Error::operation_cancelled), "asking Vault");
    for (const std::size_t index : order)
        if (errors[index]) std::rethrow_exception(errors[index]);
    co_return std::move(results);
}

template asio::awaitable<std::vector<Document>> wave(asio::any_io_executor, std::vector<asio::awaitable<Document>>);
template asio::awaitable<std::vector<std::string>> wave(asio::any_io_executor,
                                                        std::vector<asio::awaitable<std::string>>);

} // namespace ysnp::vault
