#include "runner/job/workplace.h"
#include "net/all_of.h"
#include "net/failure.h"
#include "runner/agent/bring_in.h"
#include "runner/agent/protocol.h"
#include "runner/agent/shell.h"
#include "runner/job/agent_loss.h"
#include "runner/job/agent_stream.h"
#include "runner/job/archive_file.h"
#include "runner/job/meddling.h"
#include "runner/job/outcome.h"
#include "runner/job/specification.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using gitlab::FailureReason;
using namespace std::chrono_literals;

constexpr auto engine_call = 60s;
constexpr auto farewell_call = 2s;

/// A create without an answer may happen all the same: what it makes then must not stay. Nothing: the Engine does not
/// have the image.
asio::awaitable<std::optional<docker::Created>> create_container(Station& station, docker::ContainerSpec spec)
{
    const std::string name = spec.name;
    try {
        co_return co_await station.engine.create(std::move(spec), in(engine_call));
    } catch (const docker::EngineError& error) {
        if (error.status() == 0) station.janitor.reconcile(name);
        if (error.status() != 404 || error.message().find("No such image") == std::string::npos) throw;
    }
    co_return std::nullopt;
}

trace::Style style_of(docker::Tone tone)
{
    switch (tone) {
    case docker::Tone::notice:
        return trace::Style::info;
    case docker::Tone::warning:
        return trace::Style::warning;
    case docker::Tone::plain:
        break;
    }
    return trace::Style::plain;
}

void require_running(const Run& run)
{
    if (run.stop.why() != Why::none) throw JobError(FailureReason::unknown_failure, "the job has to end");
}

} // namespace

Workplace::Workplace(Run& run) : run_(run), until_(run.deadline)
{
    const auto limit = run.station.runner.prepare_timeout;
    if (limit && limit->count() > 0) until_ = std::min(until_, in(*limit));
}

Deadline Workplace::within(std::chrono::seconds time) const { return std::min(until_, in(time)); }

asio::awaitable<std::unique_ptr<Workplace>> Workplace::make(Run& run)
{
    const Section section(run.trace, "prepare_executor", "Preparing the \"docker\" executor");
    std::unique_ptr<Workplace> place(new Workplace(run));
    const bool late = co_await place->prepare_too_long();
    if (late) {
        throw JobError(FailureReason::job_execution_timeout,
                       "prepare timeout: exceeded timeout of " + conf::to_string(*run.station.runner.prepare_timeout));
    }
    co_return place;
}

/// What ends by the job's own time throws as ever.
asio::awaitable<bool> Workplace::prepare_too_long()
{
    try {
        co_await prepare();
    } catch (const std::system_error& error) {
        const bool over = until_ < run_.deadline && std::chrono::steady_clock::now() >= until_;
        if (!over || error.code() != Failure::timed_out) throw;
        co_return true;
    }
    co_return false;
}

asio::awaitable<void> Workplace::prepare()
{
    co_await all_of(resolve_image(), take_network());
    specify();
    co_await make_volume();
    co_await make_container();
    co_await all_of(require_no_drift(), furnish(), attach(), note_start());
    co_await start();
}

namespace {

/// What a container uses, in the order in which it goes: the network back to its pool, the volume away.
struct Belongings {
    std::optional<docker::Janitor::Handover<docker::VolumeName>> volume;
    std::optional<docker::NetworkPool::Lease> network;
};

/// A session that broke off says so at once, and the container goes by force.
docker::Janitor::Farewell farewell(docker::Engine& engine, docker::ContainerId id,
                                   std::unique_ptr<agent::Session> session)
{
    // Shared, as a function has to be copyable.
    return [&engine, id,
            session = std::shared_ptr<agent::Session>(std::move(session))](Deadline until) -> asio::awaitable<void> {
        if (!session) co_return;
        co_await session->finish(std::min(until, in(farewell_call)));
        co_await engine.until_stopped(id, until);
    };
}

} // namespace

Workplace::~Workplace()
{
    if (id_.empty()) return; // its members see to themselves
    docker::Janitor& janitor = run_.station.janitor;
    try {
        auto belongings = std::make_shared<Belongings>(std::move(volume_), std::move(network_));
        janitor.retire(id_, farewell(run_.station.engine, id_, std::move(session_)), std::move(belongings));
    } catch (...) { // out of memory
        janitor.remove(id_);
    }
}

asio::awaitable<void> Workplace::resolve_image()
{
    docker::ImageRequest request = image_request(run_);
    run_.line(trace::Style::plain, "Using Docker executor with image " + request.name + " ...");
    std::vector<std::string> notes;
    docker::Credentials credentials = credentials_of(run_, notes);
    for (const std::string& note : notes) run_.line(trace::Style::warning, note);
    docker::TraceLine say = [this](docker::Tone tone, std::string_view text) { run_.line(style_of(tone), text); };
    image_ = co_await run_.station.images.resolve(std::move(request), credentials, std::move(say), until_);
}

asio::awaitable<void> Workplace::take_network()
{
    if (!run_.station.networks) co_return;
    network_.emplace(co_await run_.station.networks->take(until_));
}

void Workplace::specify()
{
    std::optional<docker::NetworkId> network;
    if (network_) network = network_->id();
    spec_ = specification(run_, image_.info, docker::VolumeName{run_.layout.name}, network);
}

asio::awaitable<void> Workplace::make_volume()
{
    const docker::VolumeName volume{run_.layout.name};
    std::vector<state::Journal::Entry> entries{{state::Step::volume, volume.value},
                                               {state::Step::container, spec_.name}};
    if (network_) entries.push_back({state::Step::network, network_->id().value});
    co_await run_.record(std::move(entries));

    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    volume_.emplace(run_.station.janitor.removes(volume));
    co_await run_.station.engine.create_volume(volume, spec_.labels, in(engine_call));
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    require_running(run_);
}

/// An image that somebody removed after it was resolved is resolved once more.
asio::awaitable<void> Workplace::make_container()
{
    bool made = co_await create();
    if (!made) {
        run_.line(trace::Style::warning, "The image is gone from this host; looking for it once more");
        co_await resolve_image();
        specify();
        made = co_await create();
    }
    if (!made)
        throw JobError(FailureReason::runner_system_failure,
                       "the Engine lost image " + image_.info.id.value +
                           " twice between finding and using it: does something prune images on this host?");
}

/// False where the Engine does not have the image any more.
asio::awaitable<bool> Workplace::create()
{
    const auto permit = co_await run_.station.start_gate.enter(until_);
    // The Engine goes on with a create whose caller has left, and nobody would know the container: so it is not left.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const std::optional<docker::Created> created = co_await create_container(run_.station, spec_);
    if (created) id_ = created->id;
    if (created) guard_.emplace(guard_container(run_, id_, spec_.network));
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    require_running(run_);
    if (!created) co_return false;
    for (const std::string& warning : created->warnings) run_.line(trace::Style::warning, warning);
    co_return true;
}

asio::awaitable<void> Workplace::require_no_drift()
{
    const auto found = co_await run_.station.engine.inspect(id_, within(engine_call));
    if (!found) throw JobError(FailureReason::runner_system_failure, "the container vanished before it was started");
    const std::vector<std::string> differences = docker::drift(spec_, *found);
    if (differences.empty()) co_return;
    throw JobError(FailureReason::runner_system_failure,
                   "DCK-DRIFT: the Engine made another container than was asked for: " + differences.front());
}

asio::awaitable<void> Workplace::furnish()
{
    co_await find_user();
    co_await bring_in_agent();
}

asio::awaitable<void> Workplace::find_user()
{
    std::string user = user_of(run_);
    if (user.empty()) user = image_.info.user;
    std::string passwd, group;
    if (!agent::is_numeric(user)) {
        docker::Engine& engine = run_.station.engine;
        passwd = co_await read_file(engine, id_, "/etc/passwd", within(engine_call));
        group = co_await read_file(engine, id_, "/etc/group", within(engine_call));
    }
    try {
        user_ = agent::resolve_user(user, passwd, group);
    } catch (const std::system_error& error) {
        throw JobError(FailureReason::runner_configuration_error, error.what());
    }
}

asio::awaitable<void> Workplace::bring_in_agent()
{
    std::vector<agent::Folder> folders =
        agent::folders_to(run_.layout.project_dir, run_.layout.builds_dir, user_.uid, user_.gid);
    folders.push_back({run_.layout.temp_dir, user_.uid, user_.gid, 0777});
    auto archive = [folders = std::move(folders)] { return agent::bring_in_archive(folders); };
    co_await run_.station.engine.put_archive(id_, "/", std::move(archive), within(engine_call));
}

/// What a later start of the runner needs to know about a container whose job may have run.
asio::awaitable<void> Workplace::note_start()
{
    std::vector<state::Journal::Entry> entries{{state::Step::started, id_.value},
                                               {state::Step::agent, std::to_string(agent::wire::version)}};
    co_await run_.record(std::move(entries));
}

asio::awaitable<void> Workplace::attach()
{
    docker::AttachedStream attached = co_await run_.station.engine.attach(id_, within(engine_call));
    auto executor = co_await asio::this_coro::executor;
    session_ = std::make_unique<agent::Session>(executor, std::make_unique<AgentStream>(std::move(attached)));
}

std::vector<std::string> Workplace::command() const
{
    const bool only_sh = run_.station.runner.shell == conf::Shell::sh;
    return agent::stage_command(entrypoint_of(run_, image_.info), only_sh ? agent::Shell::sh : agent::Shell::bash);
}

asio::awaitable<JobError> Workplace::lost(std::exception_ptr error)
{
    co_return co_await agent_lost(run_.station.engine, id_, std::move(error));
}

} // namespace ysnp::job
