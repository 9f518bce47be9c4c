#pragma once
#include "checks/approval_request.h"
#include "checks/approvals.h"
#include "checks/digest.h"
#include "checks/jcs.h"
#include "desk.h"
#include "runner/policy/grant.h"
#include "test/double/fake_vault.h"
#include <boost/asio/post.hpp>
#include <future>
#include <nlohmann/json.hpp>

namespace ysnp::test {

/// A Vault in a thread of its own, as commands block.
class VaultThread {
public:
    explicit VaultThread(FakeVaultOptions options = {})
        : work_(boost::asio::make_work_guard(io_)),
          fake_(std::make_unique<FakeVault>(io_.get_executor(), std::move(options))), url_(fake_->url()),
          thread_([this] { io_.run(); })
    {
    }
    ~VaultThread()
    {
        with([](FakeVault& fake) { fake.stop(); });
        io_.stop();
        thread_.join();
    }
    const std::string& url() const { return url_; }
    /// Does something to the fake between two requests.
    template <class Work>
    std::invoke_result_t<Work, FakeVault&> with(Work work)
    {
        std::packaged_task<std::invoke_result_t<Work, FakeVault&>()> task([&] { return work(*fake_); });
        auto done = task.get_future();
        boost::asio::post(io_, [&task] { task(); });
        return done.get();
    }
    void put(const std::string& path, const std::string& text)
    {
        with([&](FakeVault& fake) { fake.put(path, text); });
    }
    std::string person() // a token with an entity
    {
        return with([](FakeVault& fake) { return fake.give_token(std::chrono::hours(1), {"approver"}); });
    }
    /// "POST /v1/cicd/data/…" of all requests since the last call, in order.
    std::vector<std::string> calls()
    {
        return with([](FakeVault& fake) {
            std::vector<std::string> list;
            for (const Recorded& request : fake.server().requests())
                list.push_back(request.method + " " + std::string(request.path()));
            fake.server().clear();
            return list;
        });
    }
    /// Bodies of what was written below the mount since the last call of calls().
    std::vector<nlohmann::json> written()
    {
        return with([](FakeVault& fake) {
            std::vector<nlohmann::json> list;
            for (const Recorded& request : fake.server().requests())
                if (request.method == "POST" && request.path().starts_with("/v1/cicd/"))
                    list.push_back(nlohmann::json::parse(request.body));
            return list;
        });
    }

private:
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::unique_ptr<FakeVault> fake_;
    std::string url_;
    std::thread thread_;
};

/// The desk's session says that it is this time.
inline constexpr std::int64_t desk_time =
    (std::chrono::sys_days(std::chrono::year(2026) / 11 / 30) + std::chrono::hours(10)).time_since_epoch() /
    std::chrono::seconds(1);

inline checks::Now at(std::int64_t seconds) { return checks::Now(std::chrono::seconds(seconds)); }

/// A digest document of a job with one step.
inline std::string job_document(const std::string& job, const std::vector<std::string>& script)
{
    const nlohmann::json step{{"name", "script"}, {"script", script}, {"when", "on_success"}, {"allow_failure", false}};
    return checks::canonical(
        nlohmann::json{{"ysnp", 2}, {"job", job}, {"image", nullptr}, {"steps", {step}}, {"variables", {}}});
}

/// A request of ten minutes ago with twenty to go.
inline checks::ApprovalRequest request_of(std::int64_t job_id, const std::vector<std::string>& script,
                                          const std::string& job = "deploy")
{
    checks::ApprovalRequest request;
    request.document = job_document(job, script);
    request.digest = checks::digest_of_document(request.document);
    request.nonce = "0123456789abcdefghij-_";
    request.project = "infra/edge";
    request.job = job;
    request.ref = "refs/heads/main";
    request.sha = "4be1c9d092887913cadf06b2adb97f26cde4849b";
    request.job_id = job_id;
    request.requested_by = "alice";
    request.created = at(desk_time - 600);
    request.expires = at(desk_time + 1200);
    request.groups = {"ops"};
    request.gitlab = "https://gitlab.example.com";
    request.runner = "hardened-1";
    request.id = checks::request_id(job_id, request.digest);
    return request;
}

inline std::string folder_of(const checks::ApprovalRequest& request)
{
    return request.project + "/approvals/" + request.id;
}

inline void put(VaultThread& vault, const checks::ApprovalRequest& request)
{
    vault.put(folder_of(request) + "/request", checks::write_request(request));
}

inline void put_answer(VaultThread& vault, const checks::ApprovalRequest& request, const std::string& entity,
                       bool approves)
{
    checks::ApprovalRecord record;
    record.digest = request.digest;
    record.nonce = request.nonce;
    record.reason = "because";
    record.approves = approves;
    vault.put(folder_of(request) + "/approved/" + entity, checks::write_approval(record));
}

/// What the runner notes when people's answers let the job start.
inline void put_grant(VaultThread& vault, const checks::ApprovalRequest& request, std::int64_t time,
                      const std::string& who = "eve")
{
    vault.put(policy::grant_path(request.project, request.id), policy::write_grant(request, {at(time), {who}}));
}

/// A person's desk: the configuration, which speaks of the runner's login, cannot be read by people, so it is not
/// there.
struct PersonsDesk : Desk {
    explicit PersonsDesk(VaultThread& vault) : token(vault.person())
    {
        write(".vault-token", token + "\n", 0600);
        environment["VAULT_ADDR"] = vault.url();
    }
    int run(std::vector<std::string> arguments)
    {
        arguments.insert(arguments.end(), {"--mount", "cicd"});
        return Desk::run(std::move(arguments));
    }
    std::string token;
};

} // namespace ysnp::test
