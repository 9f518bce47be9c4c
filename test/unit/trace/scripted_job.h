#pragma once
#include "net/wait.h"
#include "runner/trace/job_api.h"
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace ysnp::trace {

/// A GitLab in memory: stores the trace as GitLab does, notes every call, and answers by script where the test says so.
class ScriptedJob : public JobApi {
public:
    struct Call {
        std::string what; // "PATCH 0-12", "PUT running", …
        std::string bytes;
        gitlab::JobUpdate update;
        DebugTrace debug = DebugTrace::off;
        Deadline at;
    };
    std::vector<Call> calls;
    std::string stored;                           // the trace as GitLab has it
    std::deque<gitlab::PatchReply> patch_replies; // used up first
    std::deque<gitlab::UpdateReply> update_replies;
    std::function<gitlab::PatchReply(std::string_view, std::uint64_t)> on_patch; // then this
    std::function<gitlab::UpdateReply(const gitlab::JobUpdate&)> on_update;
    std::chrono::milliseconds latency{0};

    boost::asio::awaitable<gitlab::PatchReply> patch(std::string bytes, std::uint64_t offset, DebugTrace debug,
                                                     Deadline) override
    {
        const auto last = offset + bytes.size() - 1;
        calls.push_back({"PATCH " + std::to_string(offset) + "-" + std::to_string(last),
                         bytes,
                         {},
                         debug,
                         std::chrono::steady_clock::now()});
        co_await sleep_until(in(latency));
        if (!patch_replies.empty()) {
            gitlab::PatchReply reply = patch_replies.front();
            patch_replies.pop_front();
            if (reply.disposition == gitlab::PatchDisposition::accepted) store(bytes, offset), reply.offset = last + 1;
            if (reply.disposition == gitlab::PatchDisposition::failed) reply.offset = offset;
            co_return reply;
        }
        if (on_patch) co_return on_patch(bytes, offset);
        if (offset > stored.size()) co_return moved(stored.size());
        store(bytes, offset);
        co_return accepted(last + 1);
    }

    boost::asio::awaitable<gitlab::UpdateReply> update(gitlab::JobUpdate update, Deadline) override
    {
        const char* const names[] = {"PUT pending", "PUT running", "PUT success", "PUT failed"};
        calls.push_back(
            {names[static_cast<int>(update.state)], {}, update, DebugTrace::off, std::chrono::steady_clock::now()});
        co_await sleep_until(in(latency));
        if (!update_replies.empty()) {
            gitlab::UpdateReply reply = update_replies.front();
            update_replies.pop_front();
            co_return reply;
        }
        if (on_update) co_return on_update(update);
        co_return updated(gitlab::UpdateDisposition::done);
    }

    void store(std::string_view bytes, std::uint64_t offset) { stored.resize(offset), stored += bytes; }
    std::string log() const
    {
        std::string text;
        for (const auto& call : calls) text += (text.empty() ? "" : ", ") + call.what;
        return text;
    }
    std::size_t count(std::string_view what) const
    {
        std::size_t result = 0;
        for (const auto& call : calls) result += call.what.starts_with(what) ? 1u : 0u;
        return result;
    }

    static gitlab::PatchReply patched(gitlab::PatchDisposition disposition, unsigned status,
                                      gitlab::JobStatus job = gitlab::JobStatus::running)
    {
        gitlab::PatchReply reply;
        reply.disposition = disposition;
        reply.status = status;
        reply.job_status = job;
        return reply;
    }
    static gitlab::PatchReply accepted(std::uint64_t offset)
    {
        auto reply = patched(gitlab::PatchDisposition::accepted, 202);
        reply.offset = offset;
        return reply;
    }
    static gitlab::PatchReply moved(std::uint64_t offset)
    {
        auto reply = patched(gitlab::PatchDisposition::moved, 416);
        reply.offset = offset;
        return reply;
    }
    static gitlab::UpdateReply updated(gitlab::UpdateDisposition disposition, unsigned status = 200,
                                       gitlab::JobStatus job = gitlab::JobStatus::running)
    {
        gitlab::UpdateReply reply;
        reply.disposition = disposition;
        reply.status = status;
        reply.job_status = job;
        return reply;
    }
};

} // namespace ysnp::trace
