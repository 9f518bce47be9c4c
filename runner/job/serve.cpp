#include "runner/job/serve.h"
#include "net/failure.h"
#include "runner/host/log.h"
#include "runner/host/system_id.h"
#include "runner/job/runtime_folder.h"
#include "runner/policy/seen_versions.h"
#include "vault/wrapped.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;

/// Blocking work is disk writes and small reads; two threads keep a slow fsync from holding up a policy read.
constexpr unsigned pool_threads = 2;

Records::Places places_of(const conf::Config& config, const std::filesystem::path& runtime)
{
    return {.audit_file = config.audit_file,
            .journal_file = config.state_dir / "journal.db",
            .secrets_folder = runtime / "secrets"};
}

policy::Shared shared_by_stores(asio::any_io_executor executor, asio::thread_pool& pool,
                                const std::filesystem::path& state_dir)
{
    return {.wrapped = std::make_shared<vault::WrappedSecretId>(std::move(executor)),
            .seen = std::make_shared<policy::SeenVersions>(pool, policy::versions_file(state_dir))};
}

} // namespace

void serve(conf::Config loaded, Reload reload, const Build& build)
{
    const auto config = std::make_shared<const conf::Config>(std::move(loaded));
    const std::filesystem::path runtime = runtime_folder();
    prepare_folders(*config, runtime);
    asio::io_context io(1);
    asio::thread_pool pool(pool_threads);
    host::Signals signals(io.get_executor());
    const gitlab::SystemId system_id = host::system_id(config->state_dir);
    if (!system_id.warning.empty()) host::warn(system_id.warning);
    Records records(pool, places_of(*config, runtime));
    records.notices().add(log_notice);
    Slots slots(io.get_executor(), config->concurrent);
    SlotNumbers numbers;
    WaitingRoom waiting(io.get_executor());
    Plant plant{.executor = io.get_executor(),
                .pool = pool,
                .records = records,
                .slots = slots,
                .numbers = numbers,
                .waiting = waiting,
                .version = build.version,
                .revision = build.revision,
                .system_id = system_id.value,
                .running = {},
                .state_dir = config->state_dir,
                .runtime_dir = runtime,
                .shared = shared_by_stores(io.get_executor(), pool, config->state_dir)};
    Service service(io.get_executor(), plant, config, std::move(reload), host::Notifier::from_environment());
    std::exception_ptr ended;
    asio::co_spawn(io, service.run(signals), [&](std::exception_ptr error) {
        ended = std::move(error);
        io.stop();
    });
    io.run();
    pool.join();
    if (ended) std::rethrow_exception(ended);
}

} // namespace ysnp::job
