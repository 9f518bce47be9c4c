#pragma once
#include "net/http.h"
#include "net/wait.h"
#include <string>
#include <string_view>

namespace ysnp::job {

/// Joins who writes a stream to who reads it: write() returns when its bytes were read. The bytes are copied once, so
/// that a writer that is cancelled takes nothing from a reader. Both run on one thread. A side that gives up ends the
/// other: fail() makes the reader throw, close_reader() the writer.
class Pipe : public net::BodySink, public net::BodySource {
public:
    explicit Pipe(boost::asio::any_io_executor executor) : filled_(executor), emptied_(executor) {}

    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    boost::asio::awaitable<void> write(std::string_view bytes) override;
    boost::asio::awaitable<std::string_view> next() override;

    void finish();
    void close_reader();

private:
    Event filled_, emptied_;
    std::string bytes_;
    bool taken_ = false, finished_ = false, closed_ = false;
};

} // namespace ysnp::job
