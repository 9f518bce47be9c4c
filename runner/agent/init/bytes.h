#pragma once
#include "runner/agent/protocol.h"
#include <stdlib.h>
#include <string.h>

namespace ysnp::agent {

struct Bytes {
    const unsigned char* data = nullptr;
    size_t size = 0;
};

/// Takes a payload apart; `ok` turns false where it is shorter than it claims.
class Fields {
public:
    explicit Fields(Bytes from) : at_(from.data), left_(from.size) {}

    uint32_t u32() { return static_cast<uint32_t>(take(4)); }
    uint64_t u64() { return take(8); }
    Bytes text()
    {
        const size_t size = u32();
        if (size > left_) return fail();
        const Bytes value{at_, size};
        skip(size);
        return value;
    }
    Bytes rest() const { return {at_, left_}; }
    bool empty() const { return left_ == 0; }
    bool ok() const { return ok_; }

private:
    uint64_t take(size_t bytes)
    {
        if (bytes > left_) return fail(), 0;
        const uint64_t value = wire::load(at_, bytes);
        skip(bytes);
        return value;
    }
    void skip(size_t bytes) { at_ += bytes, left_ -= bytes; }
    Bytes fail()
    {
        ok_ = false, left_ = 0;
        return {};
    }

    const unsigned char* at_;
    size_t left_;
    bool ok_ = true;
};

/// Bytes that grow, wiped when they go: they may be secrets.
class Buffer {
public:
    Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { clear(); }

    bool add(Bytes more)
    {
        if (more.size > capacity_ - size_ && !grow(size_ + more.size)) return false;
        if (more.size != 0) memcpy(data_ + size_, more.data, more.size);
        size_ += more.size;
        return true;
    }
    /// Appends a text and the NUL that ends it.
    bool add_text(Bytes text)
    {
        static constexpr unsigned char nul = 0;
        return add(text) && add({&nul, 1});
    }
    void clear()
    {
        if (data_ != nullptr) explicit_bzero(data_, capacity_);
        free(data_);
        data_ = nullptr, size_ = capacity_ = 0;
    }
    unsigned char* data() { return data_; }
    char* text() { return reinterpret_cast<char*>(data_); }
    size_t size() const { return size_; }

private:
    bool grow(size_t need)
    {
        const size_t capacity = need + need / 2 + 256;
        auto* const bigger = static_cast<unsigned char*>(malloc(capacity));
        if (bigger == nullptr) return false;
        if (size_ != 0) memcpy(bigger, data_, size_);
        const size_t size = size_;
        clear();
        data_ = bigger, size_ = size, capacity_ = capacity;
        return true;
    }

    unsigned char* data_ = nullptr;
    size_t size_ = 0, capacity_ = 0;
};

/// Writes a small payload.
class Payload {
public:
    Payload& u32(uint64_t value) { return number(value, 4); }
    Payload& u64(uint64_t value) { return number(value, 8); }
    /// A text that does not fit is cut.
    Payload& text(const char* value)
    {
        size_t size = strlen(value);
        if (size > sizeof data_ - size_ - 64) size = sizeof data_ - size_ - 64;
        u32(size);
        memcpy(data_ + size_, value, size);
        size_ += size;
        return *this;
    }
    Bytes bytes() const { return {data_, size_}; }

private:
    Payload& number(uint64_t value, size_t bytes)
    {
        wire::store(data_ + size_, value, bytes);
        size_ += bytes;
        return *this;
    }

    unsigned char data_[2048];
    size_t size_ = 0;
};

} // namespace ysnp::agent
