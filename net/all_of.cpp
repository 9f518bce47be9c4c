#include "net/all_of.h"
#include <utility>

namespace ysnp {

boost::asio::awaitable<void> FirstError::noted(boost::asio::awaitable<void> work)
{
    try {
        co_await std::move(work);
    } catch (...) {
        if (!first_) first_ = std::current_exception();
        throw;
    }
}

void FirstError::rethrow() const
{
    if (first_) std::rethrow_exception(first_);
    throw;
}

} // namespace ysnp
