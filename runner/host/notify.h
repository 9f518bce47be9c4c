#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::host {

/// Tells systemd how the service fares: the datagram protocol of sd_notify(3), without its library. Where nobody
/// listens (no $NOTIFY_SOCKET) every call does nothing; a lost message never fails the service.
class Notifier {
public:
    /// Takes $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID and removes them from the environment, so that no child
    /// speaks in our name.
    static Notifier from_environment();
    explicit Notifier(std::string socket, std::optional<std::chrono::microseconds> watchdog = {});

    void ready(std::string_view status) const;
    /// With MONOTONIC_USEC, as Type=notify-reload wants; ready() ends it.
    void reloading() const;
    void stopping(std::string_view status) const;
    void status(std::string_view text) const;
    void watchdog() const;
    /// How often to call watchdog(): half of WatchdogSec=; nothing where there is no watchdog.
    std::optional<std::chrono::microseconds> watchdog_interval() const;

private:
    void send(const std::string& state) const;
    std::string socket_;
    std::optional<std::chrono::microseconds> watchdog_;
};

} // namespace ysnp::host
