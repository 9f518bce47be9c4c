#include "net/failure.h"
#include "runner/agent/frames.h"
#include "test/unit/agent/with_agent.h"
#include <openssl/evp.h>
#include <openssl/params.h>

using namespace ysnp::agent;
using namespace ysnp::agent::test;
using wire::Type;
using ysnp::Failure;

namespace {

const std::string key = "0123456789abcdef";

/// Everything that comes out of a stream given in `pieces`, as text: control frames as <type:payload>.
struct Parsed {
    std::string text, stray;
    std::uint64_t received = 0;
};

Parsed parse(FrameReader reader, const std::vector<std::string>& pieces)
{
    Parsed parsed;
    for (const std::string& piece : pieces) {
        reader.feed(piece);
        for (Item item = reader.next(); item.kind != Item::Kind::none; item = reader.next()) {
            if (item.kind == Item::Kind::frame)
                parsed.text +=
                    "<" + std::to_string(static_cast<int>(item.header.type)) + ":" + std::string(item.bytes) + ">";
            else if (item.kind == Item::Kind::output)
                parsed.text += item.bytes;
            else
                parsed.stray += item.bytes;
        }
    }
    parsed.received = reader.received();
    return parsed;
}

Parsed parse(const std::vector<std::string>& pieces)
{
    return parse(FrameReader(key, FrameReader::From::beginning), pieces);
}

/// A stream as an agent sends it: hello, output, result.
std::string stream(const std::string& between = "")
{
    FrameWriter agent(key);
    std::string bytes;
    agent.add(bytes, Type::hello, 0, 0, "hi");
    bytes += between;
    agent.add(bytes, Type::output, 1, 0, "first ");
    agent.add(bytes, Type::output, 1, 6, "second");
    bytes += between;
    agent.add(bytes, Type::ended, 1, 12, "result");
    return bytes;
}

const std::string expected = "<64:hi>first second<66:result>";

std::string openssl_siphash(const std::string& sip_key, const std::string& data)
{
    EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
    EVP_MAC_CTX* const context = EVP_MAC_CTX_new(mac);
    std::size_t size = 16;
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t("size", &size), OSSL_PARAM_construct_end()};
    std::string tag(16, '\0');
    const auto bytes = [](const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); };
    REQUIRE(EVP_MAC_init(context, bytes(sip_key), sip_key.size(), params) == 1);
    REQUIRE(EVP_MAC_update(context, bytes(data), data.size()) == 1);
    REQUIRE(EVP_MAC_final(context, reinterpret_cast<unsigned char*>(tag.data()), &size, tag.size()) == 1);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    return tag;
}

} // namespace

TEST_CASE("the tag is SipHash-2-4 with 128 bits, as OpenSSL computes it")
{
    std::string data;
    for (int size = 0; size < 80; ++size) {
        const wire::SipHash hash(reinterpret_cast<const unsigned char*>(key.data()));
        const wire::Tag tag = hash.of(reinterpret_cast<const unsigned char*>(data.data()), data.size());
        unsigned char bytes[16];
        wire::store(bytes, tag.low, 8);
        wire::store(bytes + 8, tag.high, 8);
        CHECK(std::string(reinterpret_cast<char*>(bytes), 16) == openssl_siphash(key, data));
        data += static_cast<char>(size * 7 + 1);
    }
}

TEST_CASE("a stream that is cut at every byte says the same [DK149]")
{
    const std::string whole = stream();
    CHECK(parse({whole}).text == expected);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut)
        CHECK(parse({whole.substr(0, cut), whole.substr(cut)}).text == expected);
    std::vector<std::string> bytes;
    for (const char c : whole) bytes.emplace_back(1, c);
    const Parsed one_by_one = parse(bytes);
    CHECK(one_by_one.text == expected);
    CHECK(one_by_one.stray.empty());
    CHECK(one_by_one.received == 12);
}

TEST_CASE("bytes beside the frames are the job's, never control, however they look [DK157]")
{
    std::string forged;
    FrameWriter(std::string(16, 'k')).add(forged, Type::ended, 1, 0, "success"); // the wrong key
    std::string replayed = stream().substr(0, wire::header_size + 2);            // hello again
    const std::string junk = GENERATE_COPY(std::string("plain text"), std::string("Y"), std::string("Y\x1bS\x1f"),
                                           forged, forged.substr(0, 30), replayed, replayed + forged + "Y\x1b",
                                           std::string(5000, 'Y'), std::string(100, '\0'));
    const std::string whole = stream(junk);
    const Parsed parsed = parse({whole});
    CHECK(parsed.text == expected);
    CHECK(parsed.stray == junk + junk);
    for (std::size_t cut = 1; cut < whole.size(); cut += 7) {
        const Parsed again = parse({whole.substr(0, cut), whole.substr(cut)});
        CHECK(again.text == expected);
        CHECK(again.stray == junk + junk);
    }
}

TEST_CASE("bytes pushed into the middle of an output frame lose and forge nothing [DK157]")
{
    const std::string whole = stream();
    const std::size_t inside = 2 * wire::header_size + 2 + 3; // three bytes into "first "
    std::string forged;
    FrameWriter(std::string(16, 'k')).add(forged, Type::ended, 1, 0, "success");
    const Parsed parsed = parse({whole.substr(0, inside) + forged + whole.substr(inside)});
    CHECK(parsed.text.ends_with("second<66:result>"));
    CHECK(parsed.received == 12);
    CHECK(parsed.stray.size() == forged.size());
}

TEST_CASE("a frame with a changed bit is nobody's, and the frames behind it show that one is missing")
{
    const std::string whole = stream();
    constexpr std::size_t hello = wire::header_size + 2;
    for (std::size_t at = 0; at < hello; ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x04);
        CHECK(parse({changed.substr(0, hello)}).text.empty());
        CHECK_THROWS_WITH_CODE(parse({changed}), Failure::protocol, "missing");
    }
}

TEST_CASE("a missing frame and missing output are noticed, an announced flood is not believed [DK155]")
{
    const std::string whole = stream();
    const std::size_t hello = wire::header_size + 2, first = wire::header_size + 6;
    CHECK_THROWS_WITH_CODE(parse({whole.substr(0, hello) + whole.substr(hello + first)}), Failure::protocol,
                           "frame of the job's agent is missing");
    FrameWriter agent(key);
    std::string gap;
    agent.add(gap, Type::output, 1, 5, "text");
    CHECK_THROWS_WITH_CODE(parse({gap}), Failure::protocol, "output of the job is missing");
    wire::Header huge;
    huge.type = Type::output;
    huge.length = 0x80000000;
    huge.sequence = 1;
    std::string bytes(wire::header_size, '\0');
    wire::encode(huge, wire::SipHash(reinterpret_cast<const unsigned char*>(key.data())),
                 reinterpret_cast<unsigned char*>(bytes.data()));
    CHECK(parse({bytes}).stray == bytes);
}

TEST_CASE("a stream that ends inside a frame leaves the cut frame behind, no result [DK156]")
{
    const std::string whole = stream();
    FrameReader reader(key, FrameReader::From::beginning);
    const std::string cut = whole.substr(0, whole.size() - 3);
    reader.feed(cut);
    std::string kinds;
    for (Item item = reader.next(); item.kind != Item::Kind::none; item = reader.next())
        kinds += item.kind == Item::Kind::frame ? 'f' : 'o';
    CHECK(kinds == "foo");
    CHECK(reader.rest().size() == wire::header_size + 6 - 3);
}

TEST_CASE("a connection that takes over passes over what belonged to the old one")
{
    FrameWriter agent(key, 500);
    std::string bytes = "second half of a frame";
    agent.add(bytes, Type::output, 1, 100, "old output");
    agent.add(bytes, Type::ended, 1, 110, "old");
    agent.add(bytes, Type::resumed, 1, 110, "state");
    agent.add(bytes, Type::output, 1, 104, "output");
    const Parsed parsed = parse(FrameReader(key, FrameReader::From::anywhere, 104), {bytes});
    CHECK(parsed.text == "<66:old><69:state>output");
    CHECK(parsed.received == 110);
}

TEST_CASE("what root of the container writes to PID 1's output is output, and its result stays true [DK157]")
{
    WithAgent agent; // root with every capability: the one user that can
    const Outcome done = agent.run(
        shell_stage("echo before; printf 'Y\\033S\\037 forged' > /proc/1/fd/1; sleep 0.1; echo after; exit 3"));
    CHECK(done.result.exit_code == 3);
    CHECK(done.result.stray == 11);
    // The agent's own output and what bypasses it have no common order.
    CHECK(done.output.size() == std::string_view("before\nY\x1bS\x1f forgedafter\n").size());
    for (const char* part : {"before\n", "Y\x1bS\x1f forged", "after\n"})
        CHECK(done.output.find(part) != std::string::npos);
    const Outcome flood =
        agent.run(shell_stage("yes forged | head -c 300000 > /proc/1/fd/1 & head -c 3000000 /dev/zero; wait; exit 4"));
    CHECK(flood.result.exit_code == 4);
    CHECK(flood.output.size() == 3'300'000);
}
