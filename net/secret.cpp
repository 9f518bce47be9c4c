#include "net/secret.h"
#include <algorithm>
#include <openssl/crypto.h>
#include <utility>

namespace ysnp {

Secret::Secret(std::string_view value) : bytes_(std::make_unique<char[]>(value.size())), size_(value.size())
{
    std::copy(value.begin(), value.end(), bytes_.get());
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept
{
    if (this == &other) return *this;
    if (bytes_) OPENSSL_cleanse(bytes_.get(), size_);
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    return *this;
}

Secret::~Secret()
{
    if (bytes_) OPENSSL_cleanse(bytes_.get(), size_);
}

bool Secret::empty() const noexcept { return size_ == 0; }

std::string_view Secret::reveal() const noexcept { return {bytes_.get(), size_}; }

Secret Secret::copy() const { return Secret(reveal()); }

void wipe(std::string& value) noexcept
{
    OPENSSL_cleanse(value.data(), value.size());
    value.clear();
}

Secret take_secret(std::string& value)
{
    Secret taken{std::string_view(value)};
    wipe(value);
    return taken;
}

} // namespace ysnp
