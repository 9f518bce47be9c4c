#include "docker/watch.h"
#include "net/cancellation.h"
#include "net/wait.h"
#include <algorithm>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_detail = 200;

/// What nobody but an outsider does to a container that runs. Archives come here for the sake of `docker cp`: one of
/// each job's events is our own.
const std::vector<std::string> outsiders{"exec_create", "update", "commit",       "rename",        "pause",
                                         "export",      "copy",   "archive-path", "extract-to-dir"};

std::int64_t now()
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

std::string detail_of(const EngineEvent& event)
{
    std::string text = event.type == "network" ? event.action + " to " + event.name : event.action;
    if (text.size() > longest_detail) text.resize(longest_detail);
    text.erase(text.find_last_not_of(' ') + 1);
    std::ranges::replace_if(
        text, [](char c) { return c < ' ' || c > '~'; }, '?');
    return text;
}

bool is_archive(const EngineEvent& event) { return event.action == "archive-path" || event.action == "extract-to-dir"; }

} // namespace

/// One stream of events and how far it came.
struct Watch::View final : EventListener {
    View(Watch& to, EventQuery what) : watch(to), query(std::move(what)) {}

    void opened() override
    {
        open = true;
        watch.found();
    }
    /// Of a replay, what was seen before is passed over.
    void seen(const EngineEvent& event) override
    {
        if (query.since != 0 && event.at <= query.since) return;
        newest = std::max(newest, event.at);
        watch.found();
        watch.judge(event);
    }
    void skipped() override { watch.lost("an event could not be read"); }

    Watch& watch;
    EventQuery query;
    std::int64_t newest = 0;
    bool open = false;
};

Watch::Watch(asio::any_io_executor executor, Engine& engine, const Owner& owner, WatchOptions options)
    : engine_(engine), options_(std::move(options)), tasks_(std::move(executor))
{
    views_.emplace_back(*this, EventQuery{"container", outsiders, owner_labels(owner)});
    views_.emplace_back(*this, EventQuery{"network", {"connect"}, {}});
}

Watch::~Watch() = default;

void Watch::start()
{
    for (View& view : views_) tasks_.spawn(follow(view));
}

asio::awaitable<void> Watch::stop()
{
    tasks_.cancel();
    co_await tasks_.join();
}

Watch::Guard Watch::guard(ContainerId container, std::string network, Alarm meddled)
{
    guarded_.insert_or_assign(container, Guarded{std::move(network), std::move(meddled)});
    return {*this, std::move(container)};
}

/// Why the stream ended.
asio::awaitable<std::string> Watch::look(View& view)
{
    try {
        co_await engine_.events(view.query, view, never());
    } catch (const std::exception& error) {
        if (is_cancellation(error)) throw;
        co_return error.what();
    }
    co_return "the Engine ended the stream of its events";
}

asio::awaitable<void> Watch::follow(View& view)
{
    auto pause = options_.first_pause;
    for (;;) {
        const std::int64_t begun = now();
        const std::string why = co_await look(view);
        if (view.newest != 0)
            view.query.since = view.newest;
        else if (view.query.since == 0)
            view.query.since = begun;
        pause = std::exchange(view.open, false) ? options_.first_pause : std::min(2 * pause, options_.longest_pause);
        lost(why);
        co_await sleep_until(in(pause));
    }
}

void Watch::lost(std::string_view why)
{
    if (std::exchange(blind_, true) || !options_.blind) return;
    options_.blind(why);
}

void Watch::found()
{
    const bool all = std::ranges::all_of(views_, &View::open);
    if (all && std::exchange(blind_, false) && options_.sighted) options_.sighted();
}

bool Watch::ours(Guarded& guarded, const EngineEvent& event) const
{
    if (event.type == "network") return event.subject == guarded.network || event.name == guarded.network;
    return is_archive(event) && ++guarded.archives <= engine_.archive_calls(event.container);
}

void Watch::judge(const EngineEvent& event)
{
    const auto found = guarded_.find(event.container);
    if (found == guarded_.end() || ours(found->second, event) || std::exchange(found->second.told, true)) return;
    Meddling meddling{event.container, event.action.substr(0, event.action.find(':')), detail_of(event)};
    found->second.meddled(meddling);
}

} // namespace ysnp::docker
