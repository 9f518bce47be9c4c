#include "runner/job/handle_job.h"
#include "gitlab-api/decode.h"
#include "gitlab-api/payload_error.h"
#include "runner/job/handling.h"
#include "runner/job/refuse_payload.h"

namespace ysnp::job {

namespace asio = boost::asio;

asio::awaitable<void> handle_job(std::shared_ptr<Station> station, gitlab::JobReply reply, Slots::Place place)
{
    std::string body = std::move(reply.body);
    std::optional<gitlab::Job> job;
    std::optional<gitlab::PayloadError> why;
    try {
        if (reply.json) job = gitlab::decode(body);
    } catch (const gitlab::PayloadError& error) {
        why = error;
    }
    if (!job) {
        if (!why) why.emplace(gitlab::PayloadRefusal::json, "", "the media type application/json", "another one");
        co_await refuse_payload(station, body, std::move(*why));
        wipe(body);
        co_return;
    }
    Secret payload(body);
    wipe(body);
    const auto handling =
        std::make_unique<Handling>(std::move(station), std::move(*job), std::move(payload), std::move(place));
    co_await handling->run();
}

} // namespace ysnp::job
