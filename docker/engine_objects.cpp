#include "docker/engine.h"
#include "docker/engine_impl.h"
#include "docker/labels.h"
#include "docker/objects_json.h"
#include "docker/reply_json.h"
#include "net/failure.h"

namespace ysnp::docker {

namespace asio = boost::asio;

asio::awaitable<void> Engine::create_volume(VolumeName name, Labels labels, Deadline until)
{
    Ask ask{.method = "POST", .path = "/volumes/create", .body = volume_body(name, labels)};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    // The Engine answers 201 for a volume that exists, too, with the labels that one has.
    const auto found = reply::text_map(reply::parse("POST /volumes/create", response.body), "Labels");
    if (!carries(found, labels))
        throw EngineError(http_status_code(409), "POST /volumes/create", 409,
                          "a volume of the name " + name.value + " exists and is not ours", FailureReason::system);
}

asio::awaitable<Removal> Engine::remove_volume(VolumeName name, Deadline until)
{
    Ask ask{.method = "DELETE",
            .path = "/volumes/" + segment(name.value),
            .answers = {404, 409},
            .name = "DELETE /volumes"};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    co_return response.status == 409 ? Removal::in_use : Removal::gone;
}

asio::awaitable<std::vector<VolumeInfo>> Engine::list_volumes(Labels labels, Deadline until)
{
    Ask ask{.method = "GET", .path = "/volumes?filters=" + label_filter(labels)};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    co_return parse_volumes(response.body);
}

asio::awaitable<NetworkId> Engine::create_network(NetworkSpec spec, Deadline until)
{
    Ask ask{.method = "POST", .path = "/networks/create", .body = network_body(spec)};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    NetworkId id{reply::text(reply::parse("POST /networks/create", response.body), "Id")};
    if (id.empty()) throw protocol_error("POST /networks/create", "the reply names no network");
    co_return id;
}

asio::awaitable<std::optional<NetworkInfo>> Engine::inspect_network(NetworkId network, Deadline until)
{
    Ask ask{.method = "GET", .path = "/networks/" + segment(network.value), .answers = {404}, .name = "GET /networks"};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    if (response.status == 404) co_return std::nullopt;
    co_return parse_network(response.body);
}

asio::awaitable<Removal> Engine::remove_network(NetworkId network, Deadline until)
{
    Ask ask{.method = "DELETE",
            .path = "/networks/" + segment(network.value),
            .answers = {404, 403},
            .name = "DELETE /networks"};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    co_return response.status == 403 ? Removal::in_use : Removal::gone;
}

asio::awaitable<std::vector<NetworkInfo>> Engine::list_networks(Labels labels, Deadline until)
{
    Ask ask{.method = "GET", .path = "/networks?filters=" + label_filter(labels)};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    co_return parse_networks(response.body);
}

asio::awaitable<void> Engine::disconnect(NetworkId network, std::string container, Deadline until)
{
    Ask ask{.method = "POST",
            .path = "/networks/" + segment(network.value) + "/disconnect",
            .body = reply::dump({{"Container", container}, {"Force", true}}),
            .answers = {404},
            .name = "POST /networks/disconnect"};
    const net::Response response = co_await impl_->ask(std::move(ask), until);
    (void)response;
}

bool subnet_taken(const EngineError& error) noexcept
{
    return error.status() == 403 || error.message().find("overlaps with other one") != std::string::npos;
}

bool pools_exhausted(const EngineError& error) noexcept
{
    return error.message().find("non-overlapping IPv4 address pool") != std::string::npos ||
           error.message().find("predefined address pools have been fully subnetted") != std::string::npos;
}

} // namespace ysnp::docker
