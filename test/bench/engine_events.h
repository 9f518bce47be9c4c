#pragma once
#include "net/http.h"
#include "net/wait.h"
#include <cstdint>
#include <map>
#include <string>

namespace ysnp::bench {

/// How many containers of each job the Engine has, as its event stream tells (Engine API: GET /events), by the label
/// that both runners put on them.
class EngineEvents final : private net::BodySink {
public:
    EngineEvents(boost::asio::any_io_executor executor, std::string socket_path);

    /// Follows the stream until it is cancelled.
    boost::asio::awaitable<void> follow();
    /// Whether containers were made for the job and all of them are gone.
    bool gone(std::uint64_t job) const;
    /// Waits for that; when it holds, says so. False at the deadline.
    boost::asio::awaitable<bool> until_gone(std::uint64_t job, Deadline until);

private:
    void begin(unsigned status) override;
    boost::asio::awaitable<void> write(std::string_view bytes) override;
    void take(std::string_view line);

    struct Count {
        unsigned made = 0, removed = 0;
    };
    net::Client client_;
    Event changed_;
    std::string rest_;
    std::map<std::uint64_t, Count> jobs_;
};

} // namespace ysnp::bench
