#include "test/bench/engine_events.h"
#include "net/url.h"
#include <nlohmann/json.hpp>

namespace ysnp::bench {
namespace {

net::ClientOptions options_of(std::string socket_path)
{
    net::ClientOptions options;
    options.origin = net::Origin{"unix", std::move(socket_path), 0};
    return options;
}

} // namespace

EngineEvents::EngineEvents(boost::asio::any_io_executor executor, std::string socket_path)
    : client_(executor, options_of(std::move(socket_path))), changed_(executor)
{
}

boost::asio::awaitable<void> EngineEvents::follow()
{
    net::Request request;
    request.method = "GET";
    request.target = "/events?filters=" + net::percent_encode(R"({"type":["container"],"event":["create","destroy"]})");
    const net::Response ended = co_await client_.send(std::move(request), *this, never());
    throw std::runtime_error("the Engine ended its event stream with status " + std::to_string(ended.status));
}

void EngineEvents::begin(unsigned) {}

boost::asio::awaitable<void> EngineEvents::write(std::string_view bytes)
{
    rest_ += bytes;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
        take(std::string_view(rest_).substr(0, end));
        rest_.erase(0, end + 1);
    }
    co_return;
}

void EngineEvents::take(std::string_view line)
{
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (!event.is_object()) return;
    const auto labels = event.value("/Actor/Attributes"_json_pointer, nlohmann::json::object());
    const std::string job = labels.value("com.gitlab.gitlab-runner.job.id", "");
    if (job.empty()) return;
    Count& count = jobs_[std::stoull(job)];
    if (event.value("Action", "") == "create")
        ++count.made;
    else
        ++count.removed;
    changed_.set();
    changed_.reset();
}

bool EngineEvents::gone(std::uint64_t job) const
{
    const auto found = jobs_.find(job);
    return found != jobs_.end() && found->second.made > 0 && found->second.made == found->second.removed;
}

boost::asio::awaitable<bool> EngineEvents::until_gone(std::uint64_t job, Deadline until)
{
    while (!gone(job)) {
        if (std::chrono::steady_clock::now() >= until) co_return false;
        co_await changed_.wait(until);
    }
    co_return true;
}

} // namespace ysnp::bench
