#pragma once
#include "runner/policy/approvals.h"
#include "runner/policy/scratch_code.h"
#include "runner/policy/scratch_codes.h"
#include "vault_world.h"
#include <functional>

namespace ysnp::policy::sample {

using checks::ApprovalEvidence;
using checks::ApprovalRequest;
using Scope = Approvals::Scope;

inline const std::string nonce = "0123456789abcdefghij-_";
inline const std::string folder = "acme/tools/hello/scratch/shared";
inline const std::string code = folder + "/" + nonce;

/// Stands for the native way; it must not be taken.
class NoRecords final : public Approvals {
public:
    asio::awaitable<ApprovalRequest> ask(ApprovalRequest request, const checks::Decision&, Deadline) override
    {
        ++asked;
        co_return request;
    }
    asio::awaitable<ApprovalEvidence> look(ApprovalRequest, Scope, Deadline) override { co_return ApprovalEvidence(); }
    asio::awaitable<bool> use(ApprovalRequest, const checks::Decision&, Deadline) override { co_return false; }
    asio::awaitable<void> granted(ApprovalRequest, const checks::Decision&, Deadline) override { co_return; }
    asio::awaitable<void> withdraw(ApprovalRequest, Deadline) override { co_return; }
    std::vector<std::string> instructions(const ApprovalRequest&) const override { return {"records"}; }
    int asked = 0;
};

inline ApprovalRequest request_of_job()
{
    ApprovalRequest request;
    request.id = "90001-abc";
    request.digest = "ysnp2:abc";
    request.nonce = nonce;
    request.project = hello.text();
    request.job = "say-hello";
    request.job_id = 90001;
    request.requested_by = "ada";
    request.created = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    request.expires = request.created + std::chrono::hours(24 * 365);
    return request;
}

inline checks::Decision asking()
{
    checks::Decision decision;
    decision.verdict = checks::Verdict::ask;
    decision.pipeline_id = 5001;
    decision.requested_by = "ada";
    return decision;
}

/// A code that was asked for, in an engine of either version.
struct Codes {
    Codes(asio::any_io_executor executor, int version)
        : kv(version), fake(executor, World::version(version)), client(executor, vault_options_for(fake.url())),
          codes(client, records, "cicd", "https://vault.example.test/")
    {
    }
    asio::awaitable<void> ask() { request = co_await codes.ask(request_of_job(), asking(), in(20s)); }
    asio::awaitable<ApprovalEvidence> look() { return codes.look(request, Scope::everything, in(20s)); }
    /// How a person removes it: on KV v2 its newest version is marked as deleted.
    void remove()
    {
        if (kv == 2) return fake.soft_delete(code);
        fake.forget(code);
    }
    int kv;
    test::FakeVault fake;
    vault::Client client;
    NoRecords records;
    ScratchCodes codes;
    ApprovalRequest request;
};

template <class Work>
void on_both_versions(Work work)
{
    for (const int version : {1, 2}) {
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            INFO("KV v" << version);
            Codes codes(executor, version);
            co_await codes.ask();
            co_await work(codes);
        });
    }
}

/// Whether looking approves; an error is no approval, and says what is wrong.
inline asio::awaitable<bool> approves(Codes& codes)
{
    try {
        const ApprovalEvidence evidence = co_await codes.look();
        co_return !evidence.records.empty();
    } catch (const StoreFault& fault) {
        CHECK_FALSE(fault.remedy().empty());
        const std::string all = fault.document() + fault.found() + fault.expected() + fault.remedy() + fault.what();
        CHECK(all.find(nonce) == std::string::npos); // it may come to the job's log
    }
    co_return false;
}

} // namespace ysnp::policy::sample
