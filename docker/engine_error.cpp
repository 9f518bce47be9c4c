#include "docker/engine_error.h"
#include "net/failure.h"
#include <algorithm>
#include <array>
#include <span>

namespace ysnp::docker {

namespace {

constexpr std::size_t longest_message = 2048;

/// Daemon and registry are outside: their words are shown on one line, bounded, without control bytes.
std::string presentable(std::string_view text)
{
    std::string line(text.substr(0, longest_message));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    while (!line.empty() && line.back() == ' ') line.pop_back();
    if (text.size() > longest_message) line += "...";
    return line;
}

std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return result;
}

bool holds_one_of(const std::string& text, std::span<const std::string_view> parts)
{
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

constexpr std::array<std::string_view, 15> unreachable_registry{
    "dial tcp",         "connection refused", "no such host",         "i/o timeout",
    "tls handshake",    "client.timeout",     "request canceled",     "connection reset",
    "toomanyrequests",  "too many request",   "service unavailable",  "bad gateway",
    "gateway time-out", "unexpected eof",     "internal server error"};
constexpr std::array<std::string_view, 10> refused_by_registry{"not found",
                                                               "manifest unknown",
                                                               "name unknown",
                                                               "pull access denied",
                                                               "access to the resource is denied",
                                                               "no basic auth credentials",
                                                               "repository does not exist or may require",
                                                               "unauthorized",
                                                               "authentication required",
                                                               "no matching manifest"};
constexpr std::array<std::string_view, 2> bad_create{"invalid --security-opt", "was found but does not match"};
constexpr std::array<std::string_view, 13> bad_start{"unable to find user",
                                                     "no matching entries in passwd",
                                                     "no matching entries in group",
                                                     "sysctl",
                                                     "gathering device information",
                                                     "could not select device driver",
                                                     "decoding seccomp profile",
                                                     "ulimit",
                                                     "sethostname",
                                                     "executable file not found",
                                                     "permission denied: unknown",
                                                     "operation not permitted",
                                                     "exec format error"};

FailureReason classify_create(unsigned status, const std::string& text)
{
    if (status == 400 || holds_one_of(text, bad_create)) return FailureReason::configuration;
    return FailureReason::system;
}

FailureReason classify_start(unsigned status, const std::string& text)
{
    if (status == 400) return FailureReason::configuration;
    if (status == 500 && holds_one_of(text, bad_start)) return FailureReason::configuration;
    return FailureReason::system;
}

std::string sentence(const std::string& call, unsigned status, const std::string& message)
{
    if (status == 0) return call + ": " + message;
    return call + ": " + message + " (HTTP " + std::to_string(status) + ")";
}

} // namespace

std::string_view to_string(FailureReason reason) noexcept
{
    switch (reason) {
    case FailureReason::configuration:
        return "runner_configuration_error";
    case FailureReason::external:
        return "runner_external_dependency_failure";
    case FailureReason::image_pull:
        return "image_pull_failure";
    case FailureReason::system:
        break;
    }
    return "runner_system_failure";
}

FailureReason classify_pull(std::string_view message)
{
    const std::string text = lower(message);
    if (holds_one_of(text, unreachable_registry)) return FailureReason::external;
    if (text == "eof" || text.ends_with(": eof")) return FailureReason::external;
    if (holds_one_of(text, refused_by_registry)) return FailureReason::configuration;
    return FailureReason::image_pull;
}

FailureReason classify(Call call, unsigned status, std::string_view message)
{
    switch (call) {
    case Call::create:
        return classify_create(status, lower(message));
    case Call::start:
        return classify_start(status, lower(message));
    case Call::pull:
        if (status == 429) return FailureReason::external;
        if (status == 400) return FailureReason::configuration;
        return status == 0 ? FailureReason::system : classify_pull(message);
    case Call::other:
        break;
    }
    return FailureReason::system;
}

EngineError::EngineError(std::error_code code, std::string call, unsigned status, std::string message,
                         FailureReason reason)
    : std::system_error(code), call_(std::move(call)), status_(status), message_(presentable(message)),
      sentence_(sentence(call_, status_, message_.empty() ? code.message() : message_)), reason_(reason)
{
}

EngineError configuration_error(std::string what, std::string message)
{
    return {make_error_code(Error::invalid_value), std::move(what), 0, std::move(message),
            FailureReason::configuration};
}

EngineError protocol_error(std::string call, std::string message)
{
    return {make_error_code(Error::malformed_reply), std::move(call), 0, std::move(message), FailureReason::system};
}

} // namespace ysnp::docker
