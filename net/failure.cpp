#include "net/failure.h"
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <string>

namespace ysnp {

namespace {

const std::error_category& category_of(const boost::system::error_code& code)
{
    return static_cast<std::error_code>(code).category();
}

const std::error_category& own_category() noexcept;
const std::error_category& status_category() noexcept;

bool fits_own(Error error, Failure failure)
{
    switch (error) {
    case Error::bad_url:
    case Error::invalid_value:
        return failure == Failure::invalid;
    case Error::body_too_large:
    case Error::header_too_large:
        return failure == Failure::too_large;
    case Error::malformed_reply:
    case Error::wrong_media_type:
        return failure == Failure::protocol;
    case Error::redirect_refused:
        return failure == Failure::untrusted;
    case Error::deadline_passed:
        return failure == Failure::timed_out || failure == Failure::transient;
    case Error::operation_cancelled:
        return failure == Failure::cancelled;
    case Error::unexpected_end:
    case Error::proxy_refused:
        return failure == Failure::transient;
    }
    return false;
}

bool fits_status(int status, Failure failure)
{
    switch (status) {
    case 401:
    case 403:
        return failure == Failure::denied;
    case 404:
    case 410:
        return failure == Failure::missing;
    case 409:
        return failure == Failure::conflict;
    case 413:
        return failure == Failure::too_large;
    case 408:
    case 429:
        return failure == Failure::transient;
    default:
        return failure == (status >= 500 ? Failure::transient : Failure::protocol);
    }
}

/// Codes of the operating system, of getaddrinfo and of Asio: all but a few mean "not now".
bool fits_system(const std::error_code& code, Failure failure)
{
    const auto condition = code.default_error_condition();
    if (condition == std::errc::operation_canceled) return failure == Failure::cancelled;
    if (condition == std::errc::timed_out) return failure == Failure::timed_out || failure == Failure::transient;
    for (const auto wrong : {std::errc::no_such_file_or_directory, std::errc::permission_denied,
                             std::errc::invalid_argument, std::errc::filename_too_long})
        if (condition == wrong)
            return failure == (wrong == std::errc::no_such_file_or_directory ? Failure::missing
                               : wrong == std::errc::permission_denied       ? Failure::denied
                                                                             : Failure::invalid);
    for (const auto later :
         {std::errc::connection_refused, std::errc::connection_reset, std::errc::connection_aborted,
          std::errc::broken_pipe, std::errc::host_unreachable, std::errc::network_unreachable, std::errc::network_down,
          std::errc::not_connected, std::errc::resource_unavailable_try_again, std::errc::too_many_files_open,
          std::errc::too_many_files_open_in_system, std::errc::no_buffer_space, std::errc::address_not_available})
        if (condition == later) return failure == Failure::transient;
    return false;
}

bool fits_beast(const std::error_code& code, Failure failure)
{
    namespace http = boost::beast::http;
    if (code == std::error_code(boost::system::error_code(http::error::body_limit)) ||
        code == std::error_code(boost::system::error_code(http::error::header_limit)))
        return failure == Failure::too_large;
    if (code == std::error_code(boost::system::error_code(http::error::end_of_stream)) ||
        code == std::error_code(boost::system::error_code(http::error::partial_message)))
        return failure == Failure::transient;
    return failure == Failure::protocol;
}

/// Whether a code that belongs to a library falls into a class.
bool fits_foreign(const std::error_code& code, Failure failure)
{
    namespace error = boost::asio::error;
    static const auto& misc = category_of(error::eof);
    static const auto& resolver = category_of(error::host_not_found);
    static const auto& service = category_of(error::service_not_found);
    static const auto& beast = category_of(boost::beast::error::timeout);
    static const auto& http = category_of(boost::beast::http::error::end_of_stream);
    static const auto& tls_stream = category_of(boost::asio::ssl::error::stream_truncated);
    const auto& category = code.category();
    if (category == misc || category == resolver || category == service || category == tls_stream)
        return failure == Failure::transient;
    if (category == beast) return failure == Failure::timed_out || failure == Failure::transient;
    if (category == http) return fits_beast(code, failure);
    if (category.name() == std::string_view("asio.ssl")) return failure == Failure::untrusted;
    return fits_system(code, failure);
}

class FailureCategory final : public std::error_category {
public:
    const char* name() const noexcept override { return "ysnp.failure"; }

    std::string message(int value) const override
    {
        switch (static_cast<Failure>(value)) {
        case Failure::transient:
            return "worth another try later";
        case Failure::timed_out:
            return "timed out";
        case Failure::cancelled:
            return "cancelled";
        case Failure::denied:
            return "denied";
        case Failure::missing:
            return "does not exist";
        case Failure::conflict:
            return "in conflict";
        case Failure::protocol:
            return "the peer broke the protocol";
        case Failure::too_large:
            return "too large";
        case Failure::untrusted:
            return "cannot be trusted";
        case Failure::invalid:
            return "cannot be used";
        }
        return "unknown failure";
    }

    bool equivalent(const std::error_code& code, int condition) const noexcept override
    {
        const auto failure = static_cast<Failure>(condition);
        if (code.category() == own_category()) return fits_own(static_cast<Error>(code.value()), failure);
        if (code.category() == status_category()) return fits_status(code.value(), failure);
        return code && fits_foreign(code, failure);
    }
};

class ErrorCategory final : public std::error_category {
public:
    const char* name() const noexcept override { return "ysnp"; }

    std::string message(int value) const override
    {
        switch (static_cast<Error>(value)) {
        case Error::bad_url:
            return "the URL is not valid";
        case Error::body_too_large:
            return "the reply's body is larger than allowed";
        case Error::header_too_large:
            return "the reply's header is larger than allowed";
        case Error::malformed_reply:
            return "the reply is malformed";
        case Error::wrong_media_type:
            return "the reply has the wrong media type";
        case Error::redirect_refused:
            return "the redirect was refused";
        case Error::deadline_passed:
            return "the deadline passed";
        case Error::operation_cancelled:
            return "cancelled";
        case Error::unexpected_end:
            return "the peer closed the connection too early";
        case Error::invalid_value:
            return "the value cannot be used";
        case Error::proxy_refused:
            return "the proxy refused the connection";
        }
        return "unknown error";
    }
};

class StatusCategory final : public std::error_category {
public:
    const char* name() const noexcept override { return "http.status"; }
    std::string message(int value) const override { return "HTTP status " + std::to_string(value); }
};

const std::error_category& own_category() noexcept
{
    static const ErrorCategory category;
    return category;
}

const std::error_category& status_category() noexcept
{
    static const StatusCategory category;
    return category;
}

} // namespace

const std::error_category& failure_category() noexcept
{
    static const FailureCategory category;
    return category;
}

std::error_condition make_error_condition(Failure failure) noexcept
{
    return {static_cast<int>(failure), failure_category()};
}

std::error_code make_error_code(Error error) noexcept { return {static_cast<int>(error), own_category()}; }

std::error_code http_status_code(unsigned status) noexcept { return {static_cast<int>(status), status_category()}; }

} // namespace ysnp
