#include "runner/policy/seen_versions.h"
#include "net/failure.h"
#include "net/on_pool.h"
#include "runner/policy/store.h"
#include <algorithm>

namespace ysnp::policy {
namespace {

[[noreturn]] void refuse(const state::SeenVersion& seen, const std::vector<state::SeenVersion>& now)
{
    const auto here = std::ranges::find(now, seen.path, &state::SeenVersion::path);
    throw StoreFault(make_error_code(Error::invalid_value), seen.path,
                     here->version == 0 ? "none any more" : "version " + std::to_string(here->version),
                     "version " + std::to_string(seen.version) + " or newer, as seen before",
                     "find out who restored it; where that was meant, confirm it on the runner's host: ysnprunner gate "
                     "accept-rollback " +
                         seen.path,
                     "POL-STALE");
}

} // namespace

boost::asio::awaitable<void> SeenVersions::check(std::string place, std::vector<state::SeenVersion> now)
{
    auto look = [this, place = std::move(place), now] { return file_.look(place, now); };
    const std::vector<state::SeenVersion> older = co_await on_pool(pool_, std::move(look));
    if (!older.empty()) refuse(older.front(), now);
}

std::filesystem::path versions_file(const std::filesystem::path& state_dir) { return state_dir / "versions.db"; }

} // namespace ysnp::policy
