#include "runner/git/sha1.h"
#include <new>
#include <openssl/evp.h>
#include <stdexcept>

namespace ysnp::git {

struct Sha1::State {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha1::Sha1() : state_(std::make_unique<State>())
{
    if (!state_->context) throw std::bad_alloc();
    if (EVP_DigestInit_ex(state_->context.get(), EVP_sha1(), nullptr) != 1)
        throw std::runtime_error("SHA-1 is not available");
}

Sha1::~Sha1() = default;

void Sha1::update(std::string_view bytes) { EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()); }

Oid Sha1::finish()
{
    Oid digest;
    unsigned size = 0;
    EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), &size);
    return digest;
}

} // namespace ysnp::git
