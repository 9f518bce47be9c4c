#include "net/body_decoder.h"
#include "test/unit/net/client_fixture.h"
#include <zlib.h>

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

std::string gzipped(const std::string& plain)
{
    z_stream state{};
    REQUIRE(deflateInit2(&state, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(plain.size() + 1024, '\0');
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    state.avail_in = static_cast<uInt>(plain.size());
    state.next_out = reinterpret_cast<Bytef*>(out.data());
    state.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&state, Z_FINISH) == Z_STREAM_END);
    out.resize(state.total_out);
    deflateEnd(&state);
    return out;
}

std::string decoded(net::BodyDecoder& decoder, std::string_view bytes)
{
    std::string out;
    for (auto rest = bytes; !rest.empty() || decoder.has_more();) out.append(decoder.put(rest));
    return out;
}

std::error_code failure_of(const std::string& bytes)
{
    return code_of([&] {
        net::BodyDecoder decoder("gzip");
        decoded(decoder, bytes);
        decoder.finish();
    });
}

} // namespace

TEST_CASE("a reply that some middlebox compressed is decoded, collected and streamed alike [NET-17]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        std::string plain;
        for (int at = 0; at < 50'000; ++at) plain += std::to_string(at);
        Pair pair(executor, always(reply(200, gzipped(plain), {{"Content-Encoding", "gzip"}})));
        const net::Response response = co_await pair.client.send(get("/"), in(10s));
        CHECK(response.body == plain);
        Collected sink;
        co_await pair.client.send(get("/"), sink, in(10s));
        std::string streamed;
        for (const auto& piece : sink.pieces) streamed += piece;
        CHECK(streamed == plain);
        CHECK(pair.server.connections() == 1);
    });
}

TEST_CASE("a small reply that unpacks to something huge is cut at the bound")
{
    const std::string bomb = gzipped(std::string(64u << 20, '\0'));
    REQUIRE(bomb.size() < (1u << 20));
    CHECK(code_of([&] {
              on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                  Pair pair(executor, always(reply(200, bomb, {{"Content-Encoding", "gzip"}})));
                  co_await pair.client.send(get("/"), in(10s));
              });
          }) == Failure::too_large);
}

TEST_CASE("compressed data that is cut off, damaged or followed by more is a broken reply")
{
    const std::string whole = gzipped(std::string(100'000, 'x') + "end");
    std::string damaged = whole;
    damaged[damaged.size() / 2] = static_cast<char>(~damaged[damaged.size() / 2]);
    CHECK_FALSE(failure_of(whole));
    CHECK(failure_of(whole.substr(0, whole.size() - 1)) == Failure::protocol);
    CHECK(failure_of(damaged) == Failure::protocol);
    CHECK(failure_of(whole + "x") == Failure::protocol);
    CHECK(failure_of("not gzip at all") == Failure::protocol);
}

TEST_CASE("gzip comes out the same whatever the pieces are, byte by byte too")
{
    const std::string plain = std::string(70'000, 'a') + std::string(70'000, 'b');
    const std::string packed = gzipped(plain);
    net::BodyDecoder decoder("x-gzip");
    std::string out;
    for (const char& byte : packed) out += decoded(decoder, {&byte, 1});
    decoder.finish();
    CHECK(out == plain);
    net::BodyDecoder identity("");
    CHECK(decoded(identity, "as it is") == "as it is");
}
