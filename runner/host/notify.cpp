#include "runner/host/notify.h"
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace ysnp::host {
namespace {

std::string take_variable(const char* name)
{
    const char* value = std::getenv(name);
    std::string text = value ? value : "";
    ::unsetenv(name);
    return text;
}

std::optional<long long> number(const std::string& text)
{
    long long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value <= 0) return std::nullopt;
    return value;
}

/// One line: a newline in a status would start another assignment.
std::string line(std::string_view text)
{
    std::string out(text.substr(0, 1000));
    for (char& letter : out)
        if (static_cast<unsigned char>(letter) < 0x20) letter = ' ';
    return out;
}

} // namespace

Notifier Notifier::from_environment()
{
    std::string socket = take_variable("NOTIFY_SOCKET");
    const auto interval = number(take_variable("WATCHDOG_USEC"));
    const auto process = number(take_variable("WATCHDOG_PID"));
    if (!interval || (process && *process != ::getpid())) return Notifier(std::move(socket));
    return Notifier(std::move(socket), std::chrono::microseconds(*interval));
}

Notifier::Notifier(std::string socket, std::optional<std::chrono::microseconds> watchdog)
    : socket_(std::move(socket)), watchdog_(watchdog)
{
}

void Notifier::ready(std::string_view text) const { send("READY=1\nSTATUS=" + line(text)); }

void Notifier::reloading() const
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1000));
}

void Notifier::stopping(std::string_view text) const { send("STOPPING=1\nSTATUS=" + line(text)); }

void Notifier::status(std::string_view text) const { send("STATUS=" + line(text)); }

void Notifier::watchdog() const
{
    if (watchdog_) send("WATCHDOG=1");
}

std::optional<std::chrono::microseconds> Notifier::watchdog_interval() const
{
    if (!watchdog_) return std::nullopt;
    return *watchdog_ / 2;
}

void Notifier::send(const std::string& state) const
{
    sockaddr_un address{};
    if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
    if (socket_[0] != '/' && socket_[0] != '@') return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (socket_[0] == '@') address.sun_path[0] = '\0'; // the abstract namespace of unix(7)
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return;
    const auto* target = reinterpret_cast<const sockaddr*>(&address);
    const ssize_t sent = ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL, target, length);
    static_cast<void>(sent); // best effort by contract
    ::close(descriptor);
}

} // namespace ysnp::host
