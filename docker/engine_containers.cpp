#include "docker/container_json.h"
#include "docker/engine.h"
#include "docker/engine_impl.h"
#include "docker/labels.h"
#include "docker/objects_json.h"
#include "docker/reply_json.h"
#include "net/failure.h"
#include "net/url.h"

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

/// Collects the one small body of `wait`, and says when its head has come: from then on the Engine counts.
class ExitSink final : public net::BodySink {
public:
    explicit ExitSink(Event& registered) : registered_(registered) {}
    void begin(unsigned) override { registered_.set(); }
    asio::awaitable<void> write(std::string_view bytes) override
    {
        if (body.size() + bytes.size() > 65536) throw protocol_error("POST /containers/wait", "an endless reply");
        body += bytes;
        co_return;
    }
    std::string body;

private:
    Event& registered_;
};

Ask container_call(const char* method, const ContainerId& container, const std::string& rest, const char* name)
{
    return {.method = method, .path = "/containers/" + segment(container.value) + rest, .name = name};
}

Created parse_created(const Ask& ask, std::string_view body)
{
    const auto reply = reply::parse(ask.name, body);
    Created created{{reply::text(reply, "Id")}, reply::texts(reply, "Warnings")};
    if (created.id.empty()) throw protocol_error(ask.name, "the reply names no container");
    return created;
}

/// The connection broke before an answer came: nobody knows whether the call took effect.
bool answer_lost(const EngineError& error)
{
    return error.status() == 0 && error.code() == Failure::transient && error.code() != Failure::timed_out &&
           error.code() != std::errc::no_such_file_or_directory && error.code() != std::errc::connection_refused;
}

} // namespace

asio::awaitable<std::optional<ContainerId>> Engine::Impl::find_created(const ContainerSpec& spec, Deadline until)
{
    const auto found = co_await inspect(spec.name, until);
    if (!found) co_return std::nullopt;
    if (found->name != spec.name || found->status != "created" || found->image != spec.image ||
        !carries(found->labels, spec.labels))
        throw EngineError(http_status_code(409), "POST /containers/create", 409,
                          "the name " + spec.name + " belongs to a container that is not this one",
                          FailureReason::system);
    co_return found->id;
}

asio::awaitable<Created> Engine::create(ContainerSpec spec, Deadline until)
{
    std::string query = "?name=" + segment(spec.name);
    if (!spec.platform.empty()) query += "&platform=" + net::percent_encode(spec.platform);
    const Ask ask{.method = "POST",
                  .path = "/containers/create" + query,
                  .body = create_body(spec),
                  .kind = Call::create,
                  .name = "POST /containers/create"};
    for (bool again = true;; again = false) {
        std::exception_ptr lost;
        try {
            const net::Response reply = co_await impl_->ask(ask, until);
            Created created = parse_created(ask, reply.body);
            impl_->unstarted.insert(created.id);
            co_return created;
        } catch (const EngineError& error) {
            if (!answer_lost(error) && error.status() != 409) throw;
            lost = std::current_exception();
        }
        const auto found = co_await impl_->find_created(spec, until);
        if (found) {
            impl_->unstarted.insert(*found);
            co_return Created{*found, {}};
        }
        if (!again) std::rethrow_exception(lost);
    }
}

asio::awaitable<AttachedStream> Engine::attach(ContainerId container, Deadline until)
{
    Ask ask =
        container_call("POST", container, "/attach?stream=1&stdin=1&stdout=1&stderr=1", "POST /containers/attach");
    net::Client::Upgraded upgraded = co_await impl_->hijack(std::move(ask), until);
    co_return AttachedStream(std::move(upgraded.stream));
}

asio::awaitable<void> Engine::start(ContainerId container, Deadline until)
{
    Ask ask = container_call("POST", container, "/start", "POST /containers/start");
    ask.kind = Call::start;
    impl_->unstarted.erase(container); // even a failed start may have run something
    const net::Response reply = co_await impl_->ask(std::move(ask), until);
    (void)reply;
}

asio::awaitable<Exit> Engine::wait(ContainerId container, Event& registered, Deadline until)
{
    ExitSink sink(registered);
    Ask ask = container_call("POST", container, "/wait?condition=next-exit", "POST /containers/wait");
    const net::Response reply = co_await impl_->ask(std::move(ask), until, &sink);
    (void)reply;
    co_return parse_exit(sink.body);
}

asio::awaitable<void> Engine::until_stopped(ContainerId container, Deadline until)
{
    Ask ask = container_call("POST", container, "/wait?condition=not-running", "POST /containers/wait");
    ask.answers = {404};
    const net::Response reply = co_await impl_->ask(std::move(ask), until);
    (void)reply;
}

asio::awaitable<std::optional<Inspection>> Engine::Impl::inspect(std::string name, Deadline until)
{
    const Ask get{.method = "GET",
                  .path = "/containers/" + segment(name) + "/json",
                  .answers = {404},
                  .name = "GET /containers/json"};
    const net::Response reply = co_await ask(get, until);
    if (reply.status == 404) co_return std::nullopt;
    co_return parse_inspection(get.name, reply.body);
}

asio::awaitable<std::optional<Inspection>> Engine::inspect(ContainerId container, Deadline until)
{
    co_return co_await impl_->inspect(std::move(container.value), until);
}

asio::awaitable<std::optional<Inspection>> Engine::inspect_named(std::string name, Deadline until)
{
    co_return co_await impl_->inspect(std::move(name), until);
}

asio::awaitable<void> Engine::kill(ContainerId container, std::string signal, Deadline until)
{
    Ask ask = container_call("POST", container, "/kill?signal=" + net::percent_encode(signal), "POST /containers/kill");
    ask.answers = {404, 409};
    const net::Response reply = co_await impl_->ask(std::move(ask), until);
    (void)reply;
}

asio::awaitable<Removal> Engine::remove(ContainerId container, Deadline until)
{
    impl_->unstarted.erase(container);
    impl_->archive_calls.erase(container);
    Ask ask = container_call("DELETE", container, "?force=1&v=1", "DELETE /containers");
    ask.answers = {404, 409};
    const net::Response reply = co_await impl_->ask(std::move(ask), until);
    co_return reply.status == 409 ? Removal::in_progress : Removal::gone;
}

asio::awaitable<std::vector<ContainerSummary>> Engine::list_containers(Labels labels, Deadline until)
{
    Ask ask{.method = "GET", .path = "/containers/json?all=1&filters=" + label_filter(labels)};
    const net::Response reply = co_await impl_->ask(std::move(ask), until);
    co_return parse_containers(reply.body);
}

asio::awaitable<std::vector<ContainerSummary>> Engine::list_attached(NetworkInfo network, Deadline until)
{
    const std::string filter = reply::dump({{"network", reply::Json::array({network.id.value, network.name})}});
    Ask ask{.method = "GET", .path = "/containers/json?all=1&filters=" + net::percent_encode(filter)};
    const net::Response reply = co_await impl_->ask(std::move(ask), until);
    co_return parse_containers(reply.body);
}

} // namespace ysnp::docker
