#include "runner/policy/vault_uses.h"
#include "net/failure.h"
#include "runner/policy/vault_approvals.h"
#include "vault/client.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

namespace ysnp::policy {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr std::chrono::seconds time_to_give_back{10}; // the job's own time may be over

constexpr const char* own_job = "0"; // what grant.h writes: no later job

std::string uses_folder(const std::string& project, const std::string& id)
{
    return request_folder(project, id) + "/used";
}

/// The uses that one job takes.
class Taking {
public:
    Taking(vault::Client& client, const checks::ApprovalRequest& request, std::int64_t most)
        : client_(client), request_(request), most_(most)
    {
    }

    /// Whether a use is left of that earlier request.
    awaitable<bool> look(const std::string& id, Deadline until)
    {
        Folder folder{uses_folder(request_.project, id), {}};
        folder.taken = co_await client_.list(folder.path, until);
        for (std::int64_t number = 1; number <= most_; ++number) {
            if (folder.has(number)) continue;
            folders_.push_back(std::move(folder));
            co_return true;
        }
        co_return false;
    }
    awaitable<bool> take_all(Deadline until)
    {
        for (const Folder& folder : folders_) {
            const bool ours = co_await take(folder, until);
            if (!ours) co_return false;
        }
        co_return true;
    }
    /// Only what is ours: a write that seemed to fail may have been done, or be another job's.
    awaitable<void> give_back(Deadline until)
    {
        for (const std::string& path : written_) {
            const vault::Document document = co_await client_.read(path, until);
            if (document.text && nlohmann::json::parse(*document.text) == use()) co_await client_.remove(path, until);
        }
    }

private:
    struct Folder {
        std::string path;
        std::vector<std::string> taken;
        bool has(std::int64_t number) const { return std::ranges::find(taken, std::to_string(number)) != taken.end(); }
    };

    nlohmann::json use() const { return {{"job_id", request_.job_id}, {"nonce", request_.nonce}}; }
    awaitable<bool> take(const Folder& folder, Deadline until)
    {
        for (std::int64_t number = 1; number <= most_; ++number) {
            if (folder.has(number)) continue;
            written_.push_back(folder.path + "/" + std::to_string(number));
            const bool ours = co_await write_new(client_, written_.back(), use().dump(), until);
            if (ours) co_return true;
            written_.pop_back();
        }
        co_return false;
    }

    vault::Client& client_;
    const checks::ApprovalRequest& request_;
    std::int64_t most_;
    std::vector<Folder> folders_;
    std::vector<std::string> written_; // documents that may be ours
};

} // namespace

awaitable<std::int64_t> uses_of(vault::Client& client, const checks::ApprovalRequest& request, Deadline until)
{
    const std::vector<std::string> names = co_await client.list(uses_folder(request.project, request.id), until);
    const auto others = std::ranges::count_if(names, [](const std::string& name) { return name != own_job; });
    co_return static_cast<std::int64_t>(others);
}

awaitable<bool> take_uses(vault::Client& client, const std::set<std::string>& ids,
                          const checks::ApprovalRequest& request, std::int64_t most, Deadline until)
{
    Taking taking(client, request, most);
    for (const std::string& id : ids) {
        const bool left = co_await taking.look(id, until);
        if (!left) co_return false;
    }
    bool all = false;
    std::exception_ptr error;
    try {
        all = co_await taking.take_all(until);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    std::exception_ptr kept;
    try {
        if (!all) co_await taking.give_back(in(time_to_give_back));
    } catch (...) {
        kept = std::current_exception();
    }
    if (error || kept) std::rethrow_exception(error ? error : kept);
    co_return all;
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
