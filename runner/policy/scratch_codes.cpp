#include "runner/policy/scratch_codes.h"
#include "net/failure.h"
#include "runner/policy/scratch_code.h"
#include "runner/policy/store.h"
#include "runner/policy/vault_fault.h"
#include <boost/asio/this_coro.hpp>

namespace ysnp::policy {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using checks::ApprovalEvidence;
using checks::ApprovalRequest;

/// A fault without the last part of the path, which is a name that a job must not learn.
StoreFault nameless(const vault::Fault& from, const std::string& path)
{
    const std::string name = path.substr(path.rfind('/') + 1);
    const auto hide = [&](std::string text) {
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
            text.replace(at, name.size(), "+");
        return text;
    };
    const StoreFault fault = fault_of(from);
    return {fault.code(), hide(fault.document()), hide(fault.found()), hide(fault.expected()), hide(fault.remedy())};
}

/// Writes where nothing is; what stands there is looked at afterwards.
awaitable<void> write_new(vault::Client& client, std::string path, std::string text, Deadline until)
{
    try {
        co_await client.write(path, std::move(text), 0, until);
    } catch (const vault::Fault& fault) {
        if (fault.code() != Failure::conflict) throw nameless(fault, path);
    }
}

awaitable<vault::Document> read(vault::Client& client, std::string path, Deadline until)
{
    try {
        co_return co_await client.read(path, until);
    } catch (const vault::Fault& fault) {
        throw nameless(fault, path);
    }
}

/// Whose removal it was is not known: the folder's user counts, as in v1.
checks::ApprovalRecord removal_of(const ApprovalRequest& request, const ScratchPlace& place)
{
    checks::ApprovalRecord record;
    record.entity = request.id.substr(0, request.id.rfind('/'));
    if (!place.shared()) record.login = request.requested_by;
    record.project = request.project;
    record.request_created = request.created;
    record.digest = request.digest;
    record.nonce = request.nonce;
    record.reason = "the code in " + place.folder() + " was removed";
    record.approves = true;
    record.scratch = true;
    return record;
}

} // namespace

ScratchCodes::ScratchCodes(vault::Client& client, Approvals& records, std::string mount, std::string address)
    : client_(client), records_(records), mount_(std::move(mount)), address_(std::move(address))
{
    while (address_.ends_with('/')) address_.pop_back();
}

StoreFault ScratchCodes::lost(const ApprovalRequest& request, const char* found) const
{
    return {http_status_code(409), mount_ + "/" + ScratchPlace(request).folder(), found,
            "the code and the mark beside it, as the runner wrote them",
            "find out who writes below scratch/, then retry the job"};
}

awaitable<ApprovalRequest> ScratchCodes::ask(ApprovalRequest request, const checks::Decision& decision, Deadline until)
{
    if (decision.approval.native) co_return co_await records_.ask(std::move(request), decision, until);
    request.id = scratch_id(request, decision);
    std::exception_ptr failure;
    try {
        co_await write(request, scratch_text(request, decision), until);
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) co_return request;
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none) co_await clean_up(request, until);
    std::rethrow_exception(failure);
}

awaitable<void> ScratchCodes::write(ApprovalRequest request, std::string text, Deadline until)
{
    const ScratchPlace place(request);
    co_await write_new(client_, place.mark(), mark_text(request), until);
    co_await write_new(client_, place.code(), std::move(text), until);
    const vault::Document code = co_await policy::read(client_, place.code(), until);
    const bool marked = co_await mark_stands(request, until);
    if (!sees(request, code) || !marked) throw lost(request, "another text than was written");
}

/// Whether the code stands, as it was written. Remembers that it was seen.
bool ScratchCodes::sees(const ApprovalRequest& request, const vault::Document& code)
{
    if (!code.text || !is_scratch_text(*code.text, request)) return false;
    const auto [before, fresh] = seen_.try_emplace(ScratchPlace(request).code(), code);
    return fresh || (before->second.text == code.text && before->second.version == code.version);
}

awaitable<bool> ScratchCodes::mark_stands(ApprovalRequest request, Deadline until)
{
    const vault::Document mark = co_await policy::read(client_, ScratchPlace(request).mark(), until);
    const bool stands = mark.text && *mark.text == mark_text(request);
    co_return stands;
}

awaitable<ApprovalEvidence> ScratchCodes::look(ApprovalRequest request, Scope scope, Deadline until)
{
    if (!ScratchPlace::is_one(request.id)) co_return co_await records_.look(std::move(request), scope, until);
    ApprovalEvidence evidence;
    const ScratchPlace place(request);
    const vault::Document code = co_await policy::read(client_, place.code(), until);
    if (code.text) {
        if (sees(request, code)) evidence.request = std::move(request);
        co_return evidence; // an empty request where somebody changed it
    }
    evidence.request = request;
    const auto before = seen_.find(place.code());
    if (before == seen_.end() || !was_removed(before->second, code, request)) co_return evidence;
    const bool marked = co_await mark_stands(request, until);
    if (!marked) throw lost(request, "the code is gone, and so is the runner's mark: the engine is not the same");
    evidence.records.push_back(removal_of(request, place));
    co_return evidence;
}

/// A removed code is for one job: no later one uses it.
awaitable<bool> ScratchCodes::use(ApprovalRequest request, const checks::Decision& decision, Deadline until)
{
    if (ScratchPlace::is_one(request.id)) co_return true;
    co_return co_await records_.use(std::move(request), decision, until);
}

/// Only what `records_` keeps stays.
awaitable<void> ScratchCodes::granted(ApprovalRequest request, const checks::Decision& decision, Deadline until)
{
    if (stays(request)) co_await records_.granted(std::move(request), decision, until);
}

awaitable<void> ScratchCodes::withdraw(ApprovalRequest request, Deadline until)
{
    if (!ScratchPlace::is_one(request.id)) co_return co_await records_.withdraw(std::move(request), until);
    const ScratchPlace place(request);
    std::exception_ptr failure;
    for (const std::string& path : {place.code(), place.mark()}) {
        try {
            co_await client_.remove(path, until);
        } catch (const vault::Fault& fault) { // the other one goes all the same
            failure = std::make_exception_ptr(nameless(fault, path));
        }
    }
    if (failure) std::rethrow_exception(failure);
    seen_.erase(place.code());
}

/// After a failure of ask(), whose own reason matters more.
awaitable<void> ScratchCodes::clean_up(ApprovalRequest request, Deadline until)
{
    try {
        co_await withdraw(std::move(request), until);
    } catch (const StoreFault&) { // the code stays, and is good for nothing: nobody waits for it
    }
}

std::string ScratchCodes::public_name(const ApprovalRequest& request) const
{
    return ScratchPlace::is_one(request.id) ? request.id.substr(0, request.id.rfind('/')) : request.id;
}

/// Neither the mark nor what KV v2 remembers of the code is of use to anybody.
bool ScratchCodes::stays(const ApprovalRequest& request) const { return !ScratchPlace::is_one(request.id); }

std::vector<std::string> ScratchCodes::instructions(const ApprovalRequest& request) const
{
    if (!ScratchPlace::is_one(request.id)) return records_.instructions(request);
    const ScratchPlace place(request);
    const auto seen = seen_.find(place.code());
    const bool versions = seen != seen_.end() && seen->second.version != 0;
    const std::string link = address_ + "/ui/vault/secrets/" + mount_ + (versions ? "/kv" : "") + "/list/" +
                             place.folder() + (versions ? "/" : "");
    return {"to authorise it, delete the scratch code of job " + std::to_string(request.job_id) + " in Vault: " + link,
            "weaker than an approval: a removed code does not say who removed it (gate.v1_scratch)"};
}

} // namespace ysnp::policy
