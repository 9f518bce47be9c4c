#pragma once
// Shared by the runner and the agent program: no header but the freestanding ones.
#include <stddef.h>
#include <stdint.h>

namespace ysnp::agent::wire {

struct Tag {
    uint64_t low = 0, high = 0;
    friend constexpr bool operator==(const Tag&, const Tag&) = default;
};

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012), a MAC for short messages.
class SipHash {
public:
    explicit SipHash(const unsigned char* key)
    {
        const uint64_t k0 = load(key), k1 = load(key + 8);
        v0_ = k0 ^ 0x736f6d6570736575u;
        v1_ = k1 ^ 0x646f72616e646f6du ^ 0xee;
        v2_ = k0 ^ 0x6c7967656e657261u;
        v3_ = k1 ^ 0x7465646279746573u;
    }

    Tag of(const unsigned char* data, size_t size) const
    {
        SipHash state = *this;
        const unsigned char* const end = data + (size & ~size_t{7});
        for (const unsigned char* at = data; at != end; at += 8) state.word(load(at));
        uint64_t last = static_cast<uint64_t>(size) << 56;
        for (size_t i = 0; i < (size & 7); ++i) last |= static_cast<uint64_t>(end[i]) << (8 * i);
        state.word(last);
        return state.finish();
    }

private:
    static uint64_t load(const unsigned char* from)
    {
        uint64_t value = 0;
        for (int i = 7; i >= 0; --i) value = value << 8 | from[i];
        return value;
    }
    static uint64_t rotate(uint64_t value, int by) { return value << by | value >> (64 - by); }

    void round()
    {
        v0_ += v1_, v1_ = rotate(v1_, 13) ^ v0_, v0_ = rotate(v0_, 32);
        v2_ += v3_, v3_ = rotate(v3_, 16) ^ v2_;
        v0_ += v3_, v3_ = rotate(v3_, 21) ^ v0_;
        v2_ += v1_, v1_ = rotate(v1_, 17) ^ v2_, v2_ = rotate(v2_, 32);
    }
    void word(uint64_t value)
    {
        v3_ ^= value;
        round(), round();
        v0_ ^= value;
    }
    Tag finish()
    {
        Tag tag;
        v2_ ^= 0xee;
        round(), round(), round(), round();
        tag.low = v0_ ^ v1_ ^ v2_ ^ v3_;
        v1_ ^= 0xdd;
        round(), round(), round(), round();
        tag.high = v0_ ^ v1_ ^ v2_ ^ v3_;
        return tag;
    }

    uint64_t v0_, v1_, v2_, v3_;
};

} // namespace ysnp::agent::wire
