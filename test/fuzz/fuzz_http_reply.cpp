// Arbitrary bytes as a server's reply. The first byte chooses how they arrive and who reads them.
#include "net/exchange.h"
#include "net/failure.h"
#include "net/redirect.h"
#include "net/retry.h"
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <system_error>

using namespace ysnp;
namespace asio = boost::asio;

namespace {

constexpr std::size_t max_body = 4096, max_header = 2048;

/// A peer that has said all it will ever say.
class Canned final : public net::Stream {
public:
    Canned(std::string_view bytes, std::size_t step) : bytes_(bytes), step_(step) {}

    asio::awaitable<std::size_t> read_some(std::span<char> into, Deadline) override
    {
        const std::size_t size = std::min({into.size(), bytes_.size(), step_});
        bytes_.copy(into.data(), size);
        bytes_.remove_prefix(size);
        co_return size;
    }
    asio::awaitable<void> write(std::span<const std::string_view>, Deadline) override { co_return; }
    bool quiet() noexcept override { return true; }
    void close_write() override {}
    void close() noexcept override {}

private:
    std::string_view bytes_;
    std::size_t step_;
};

struct Counting final : net::BodySink {
    bool begun = false;
    void begin(unsigned status) override
    {
        if (begun || status < 200 || status > 299) std::abort();
        begun = true;
    }
    asio::awaitable<void> write(std::string_view bytes) override
    {
        if (!begun || bytes.empty()) std::abort();
        co_return;
    }
};

void check(const net::Response& response, const std::string& target)
{
    if (response.status < 100 || response.status > 999 || response.body.size() > max_body) std::abort();
    std::size_t header = 0;
    for (const auto& field : response.headers) {
        header += field.name.size() + field.value.size();
        if (field.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) std::abort();
    }
    if (header > max_header) std::abort();
    if (const auto asked = net::asked_pause(response, {}); asked && asked->count() <= 0) std::abort();
    const auto next = net::redirected_target({"https", "gitlab.example.test", 443}, target, response);
    if (next && !next->starts_with('/')) std::abort();
}

asio::awaitable<void> exchange(std::string_view bytes, std::uint8_t mode)
{
    Canned stream(bytes, (mode & 1) ? 1 : 4096);
    net::Request request;
    request.method = (mode & 2) ? "HEAD" : "GET";
    request.target = "/api/v4/jobs/request";
    request.max_body = max_body;
    request.max_header = max_header;
    net::HeadOptions head;
    head.origin = {"https", "gitlab.example.test", 443};
    net::Exchange one(stream, request, head, never());
    Counting sink;
    net::Response response;
    if (mode & 4)
        response = co_await one.run_upgrade();
    else
        response = co_await one.run((mode & 8) ? &sink : nullptr);
    check(response, request.target);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    asio::io_context context(1);
    std::exception_ptr failure;
    asio::co_spawn(context, exchange(bytes, data[0]), [&](std::exception_ptr error) { failure = error; });
    context.run();
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const std::system_error& e) {
        const auto code = e.code();
        const bool classified = code == Failure::transient || code == Failure::protocol || code == Failure::too_large ||
                                code == Failure::untrusted || code == Failure::invalid;
        if (!classified) std::abort();
    }
    return 0;
}
