#include "runner/policy/vault_uses.h"
#include "net/failure.h"
#include "runner/policy/vault_approvals.h"
#include "vault/client.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;

std::string uses_folder(const std::string& project, const std::string& id)
{
    return request_folder(project, id) + "/used";
}

} // namespace

awaitable<std::int64_t> uses_of(vault::Client& client, const checks::ApprovalRequest& request, Deadline until)
{
    const std::vector<std::string> names = co_await client.list(uses_folder(request.project, request.id), until);
    co_return static_cast<std::int64_t>(names.size());
}

awaitable<bool> take_use(vault::Client& client, const std::string& id, const checks::ApprovalRequest& request,
                         std::int64_t most, Deadline until)
{
    const std::string folder = uses_folder(request.project, id);
    const nlohmann::json use{{"job_id", request.job_id}, {"nonce", request.nonce}};
    const std::vector<std::string> taken = co_await client.list(folder, until);
    for (std::int64_t number = 1; number <= most; ++number) {
        const std::string name = std::to_string(number);
        if (std::ranges::find(taken, name) != taken.end()) continue;
        const bool ours = co_await write_new(client, folder + "/" + name, use.dump(), until);
        if (ours) co_return true;
    }
    co_return false;
}

awaitable<bool> write_new(vault::Client& client, std::string path, std::string text, Deadline until)
{
    try {
        co_await client.write(std::move(path), std::move(text), 0, until);
        co_return true;
    } catch (const vault::Fault& fault) {
        if (fault.code() != Failure::conflict) throw;
    }
    co_return false;
}

} // namespace ysnp::policy
