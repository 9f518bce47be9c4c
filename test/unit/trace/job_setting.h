#pragma once
#include "net/task_group.h"
#include "runner/trace/uploader.h"
#include "test/double/run.h"
#include "test/unit/trace/scripted_job.h"
#include <boost/asio/io_context.hpp>
#include <optional>

namespace ysnp::trace {

/// A job with its trace, its sender and a GitLab, in a protocol whose seconds last ten milliseconds.
struct Setting {
    explicit Setting(std::uint64_t limit = 64u << 20) : trace(options_of(limit))
    {
        options.second = std::chrono::milliseconds(10);
        options.first_look = std::chrono::milliseconds(10);
    }
    static TraceOptions options_of(std::uint64_t limit)
    {
        TraceOptions result;
        result.timestamps = false;
        result.output_limit = limit;
        return result;
    }
    void write(std::string_view bytes) { trace.write(Source::job_out, bytes); }
    Uploader& uploader()
    {
        if (!sender)
            sender.emplace(context.get_executor(), gitlab, trace, options,
                           UploaderEvents{[this] { ++cancels; }, [this] { ++aborts; }, on_sent});
        return *sender;
    }
    /// Runs the sender for `time` while `then` happens, and ends the job.
    Reported run(std::chrono::milliseconds time, gitlab::JobState state = gitlab::JobState::success,
                 std::string reason = {}, int exit = 0)
    {
        Uploader& up = uploader();
        auto whole = [](Setting& self, Uploader& sending, std::chrono::milliseconds lasting, gitlab::JobState end,
                        std::string why, int code) -> boost::asio::awaitable<Reported> {
            TaskGroup group(self.context.get_executor());
            group.spawn(sending.run());
            co_await sleep_until(in(lasting));
            const Reported result = co_await sending.finish(end, std::move(why), code);
            co_await group.join();
            co_return result;
        };
        return test::run(context, whole(*this, up, time, state, std::move(reason), exit));
    }
    /// Without a sender that ran before: the end of a short job.
    Reported finish(gitlab::JobState state = gitlab::JobState::success, std::string reason = {}, int exit = 0)
    {
        return test::run(context, uploader().finish(state, std::move(reason), exit));
    }

    boost::asio::io_context context{1};
    ScriptedJob gitlab;
    Trace trace;
    UploaderOptions options;
    std::function<boost::asio::awaitable<void>(std::uint64_t)> on_sent;
    std::optional<Uploader> sender;
    int cancels = 0, aborts = 0;
};

} // namespace ysnp::trace
