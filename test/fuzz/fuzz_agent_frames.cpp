#include "runner/agent/frames.h"
#include <cstdint>
#include <cstdlib>

namespace {

using namespace ysnp::agent;

/// What the agent and a hostile job send, built from the input, and what a reader must make of it.
struct Script {
    std::string wire, job, control;
};

std::string_view take(std::string_view& from, std::size_t size)
{
    const std::string_view part = from.substr(0, size);
    from.remove_prefix(part.size());
    return part;
}

Script build(std::string_view input)
{
    Script script;
    FrameWriter agent("0123456789abcdef"), forger("fedcba9876543210");
    std::uint64_t offset = 0;
    while (input.size() >= 2) {
        const auto kind = static_cast<unsigned char>(input[0]) % 5;
        const auto size = static_cast<unsigned char>(input[1]);
        input.remove_prefix(2);
        const std::string_view bytes = take(input, size);
        const std::size_t before = script.wire.size();
        if (kind == 0) agent.add(script.wire, wire::Type::output, 1, offset, bytes);
        if (kind == 1) agent.add(script.wire, wire::Type::ended, 1, offset, bytes);
        if (kind == 2) script.wire += bytes;
        if (kind == 3) forger.add(script.wire, wire::Type::ended, 1, offset, bytes);
        if (kind == 4) script.wire += script.wire.substr(0, size); // what was sent before, again
        if (kind == 0) offset += bytes.size();
        if (kind == 0)
            script.job += bytes;
        else if (kind == 1)
            script.control += bytes;
        else
            script.job += script.wire.substr(before);
    }
    return script;
}

} // namespace

/// Input: the size of the pieces, then records (kind, size, bytes). Whatever is between the agent's frames is the
/// job's, in order; what the agent says comes out whole, in order, however it is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0 || size > 8192) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t piece = static_cast<unsigned char>(input[0]) + std::size_t{1};
    const Script script = build(input.substr(1));
    FrameReader reader("0123456789abcdef", FrameReader::From::beginning);
    std::string job, control;
    for (std::size_t at = 0; at < script.wire.size(); at += piece) {
        const std::string bytes = script.wire.substr(at, piece);
        reader.feed(bytes);
        for (Item item = reader.next(); item.kind != Item::Kind::none; item = reader.next())
            (item.kind == Item::Kind::frame ? control : job) += item.bytes;
    }
    job += reader.rest();
    if (job != script.job || control != script.control) std::abort();
    return 0;
}
