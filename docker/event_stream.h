#pragma once
#include "docker/engine.h"
#include "docker/json_lines.h"

namespace ysnp::docker {

/// Reads the Engine's events as they arrive.
class EventSink final : public net::BodySink {
public:
    explicit EventSink(EventListener& to) : to_(to), lines_([this](std::string_view line) { read(line); }) {}
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;

    void begin(unsigned) override { to_.opened(); }
    boost::asio::awaitable<void> write(std::string_view bytes) override;

private:
    void read(std::string_view line);

    EventListener& to_;
    JsonLines lines_;
    std::size_t skipped_ = 0;
};

/// The path and query of the request.
std::string events_path(const EventQuery& query);

} // namespace ysnp::docker
