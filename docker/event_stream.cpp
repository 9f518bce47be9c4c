#include "docker/event_stream.h"
#include "docker/engine_impl.h"
#include "docker/reply_json.h"
#include "net/url.h"

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

/// "1700000000.000000042": seconds and nanoseconds.
std::string moment(std::int64_t at)
{
    constexpr std::int64_t second = 1'000'000'000;
    const std::string nanoseconds = std::to_string(at % second);
    return std::to_string(at / second) + "." + std::string(9 - nanoseconds.size(), '0') + nanoseconds;
}

} // namespace

std::string events_path(const EventQuery& query)
{
    reply::Json filters{{"type", {query.type}}, {"event", query.actions}};
    for (const auto& [key, value] : query.labels) filters["label"].push_back(key + "=" + value);
    std::string path = "/events?filters=" + net::percent_encode(reply::dump(filters));
    if (query.since > 0) path += "&since=" + moment(query.since);
    return path;
}

void EventSink::read(std::string_view line)
{
    const auto object = reply::Json::parse(line, nullptr, false);
    if (!object.is_object()) return to_.skipped();
    const auto& actor = reply::member(object, "Actor");
    const auto& attributes = reply::member(actor, "Attributes");
    EngineEvent event;
    event.type = reply::text(object, "Type");
    event.action = reply::text(object, "Action");
    event.subject = reply::text(actor, "ID");
    event.name = reply::text(attributes, "name");
    event.container.value = event.type == "container" ? event.subject : reply::text(attributes, "container");
    event.at = reply::number(object, "timeNano");
    to_.seen(event);
}

asio::awaitable<void> EventSink::write(std::string_view bytes)
{
    lines_.feed(bytes);
    if (lines_.skipped() != std::exchange(skipped_, lines_.skipped())) to_.skipped();
    co_return;
}

asio::awaitable<void> Engine::events(EventQuery query, EventListener& to, Deadline until)
{
    EventSink sink(to);
    const Ask ask{.method = "GET", .path = events_path(query), .name = "GET /events"};
    const net::Response ended = co_await impl_->ask(ask, until, &sink);
    (void)ended;
}

} // namespace ysnp::docker
