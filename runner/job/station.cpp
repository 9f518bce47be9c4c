#include "runner/job/station.h"
#include "checks/digest.h"
#include "docker/options.h"
#include "gitlab-api/token.h"
#include "runner/host/log.h"
#include "runner/job/meddling.h"
#include "runner/policy/make_store.h"

namespace ysnp::job {
namespace {

gitlab::ClientOptions api_options(const Plant& plant, const conf::Config& config, const conf::Runner& runner)
{
    gitlab::ClientOptions options;
    options.url = runner.url;
    options.tls = runner.tls;
    options.proxy = net::ProxyOptions::from_environment();
    options.connection_max_age = std::chrono::ceil<std::chrono::seconds>(config.connection_max_age);
    options.identity.version = plant.version;
    options.identity.revision = plant.revision;
    options.system_id = plant.system_id;
    return options;
}

/// By the token as configured: what was made before GitLab replaced it is still found after a crash.
docker::Owner owner_of(const Plant& plant, const conf::Runner& runner)
{
    const Secret& known = runner.configured_token.empty() ? runner.token : runner.configured_token;
    return {.runner = gitlab::short_token(known.reveal()), .system = plant.system_id};
}

std::unique_ptr<docker::NetworkPool> pool_of(Station& station)
{
    const docker::Options& options = station.runner.docker;
    if (options.network_mode != "job") return nullptr;
    docker::NetworkPoolOptions pool;
    pool.range = options.network_pool;
    pool.spare = static_cast<std::size_t>(options.network_spare);
    pool.mtu = options.network_mtu;
    pool.owner = station.owner;
    return std::make_unique<docker::NetworkPool>(station.plant.executor, station.engine, std::move(pool));
}

docker::JanitorOptions janitor_options()
{
    docker::JanitorOptions options;
    options.left_behind = [](std::string_view object, std::string_view why) {
        host::warn("left behind for the next start: " + std::string(object) + ": " + std::string(why));
    };
    return options;
}

/// Where this entry's policy lives.
std::unique_ptr<policy::Store> store_of(const Plant& plant, const conf::Runner& runner)
{
    const conf::Gate& gate = runner.gate;
    if (gate.store == conf::Store::vault && gate.vault.auth.method == conf::VaultAuth::Method::job_id_token)
        host::warn(
            "gate.vault.auth.method is job_id_token: jobs read policy with a token of their own, and no check can "
            "ask a person, as a job could approve itself",
            {{"runner_name", runner.name}});
    const auto warn = [name = runner.name](std::string_view text) {
        host::warn(std::string(text), {{"runner_name", name}});
    };
    return policy::make_store(plant.executor, plant.pool, gate, warn, plant.shared);
}

} // namespace

Station::Station(Plant& everything, std::shared_ptr<const conf::Config> whole, const conf::Runner& entry)
    : plant(everything), config(std::move(whole)), latest(config), runner(entry), token(entry.token.copy()),
      token_obtained(
          entry.token_obtained_at.value_or(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()))),
      token_expires(entry.token_expires_at), api(plant.executor, api_options(plant, *config, entry)),
      owner(owner_of(plant, entry)), engine(plant.executor, {.socket_path = docker::socket_path(entry.docker)}),
      watch(plant.executor, engine, owner, watch_options(entry.name)), alarms(plant.executor),
      janitor(plant.executor, engine, janitor_options()),
      start_gate(plant.executor, static_cast<std::size_t>(entry.docker.start_concurrency)),
      images(plant.executor, engine), networks(pool_of(*this)), store(store_of(plant, entry))
{
}

boost::asio::awaitable<void> Station::stop(Deadline until)
{
    co_await watch.stop();
    co_await alarms.join_until(until);
    co_await images.stop();
    co_await janitor.join(until);
    if (networks) co_await networks->stop(until);
    co_await store->stop(until);
}

policy::Surroundings Station::surroundings() const
{
    policy::Surroundings around;
    around.gitlab_url = runner.url;
    around.default_image = runner.docker.image;
    for (const auto& [name, value] : runner.environment) {
        checks::Variable variable;
        variable.key = name;
        variable.value = value;
        around.environment.push_back(std::move(variable));
    }
    around.gate = runner.gate;
    around.configuration = "sha256:" + checks::base64url(checks::sha256(config->gate_fingerprint + runner.fingerprint));
    return around;
}

} // namespace ysnp::job
