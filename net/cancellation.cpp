#include "net/cancellation.h"
#include "net/failure.h"
#include <boost/system/system_error.hpp>

namespace ysnp {

bool is_cancellation(const std::exception& error) noexcept
{
    if (const auto* standard = dynamic_cast<const std::system_error*>(&error))
        return standard->code() == Failure::cancelled;
    const auto* boost = dynamic_cast<const boost::system::system_error*>(&error);
    return boost != nullptr && static_cast<std::error_code>(boost->code()) == Failure::cancelled;
}

bool is_cancellation(const std::exception_ptr& error) noexcept
{
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
        return is_cancellation(thrown);
    } catch (...) {
        return false;
    }
}

} // namespace ysnp
