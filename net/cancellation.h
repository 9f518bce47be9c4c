#pragma once
#include <exception>

namespace ysnp {

/// Whether the exception only says that somebody cancelled the operation. Asio throws it as boost::system::system_error
/// where a coroutine that is cancelled already awaits again, everybody else as std::system_error.
bool is_cancellation(const std::exception_ptr& error) noexcept;
bool is_cancellation(const std::exception& error) noexcept;

} // namespace ysnp
