#include "test/unit/vault/live_server.h"
#include <algorithm>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdexcept>

namespace ysnp::test {
namespace {

std::string base64url(std::string_view bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    while (text.ends_with('=')) text.pop_back();
    return text;
}

} // namespace

struct TokenIssuer::Key {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_RSA_gen(2048), EVP_PKEY_free};
};

TokenIssuer::TokenIssuer() : key_(std::make_unique<Key>())
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> pem(BIO_new(BIO_s_mem()), BIO_free);
    if (!key_->key || PEM_write_bio_PUBKEY(pem.get(), key_->key.get()) != 1) throw std::runtime_error("no RSA key");
    char* text = nullptr;
    const long length = BIO_get_mem_data(pem.get(), &text);
    public_key_.assign(text, static_cast<std::size_t>(length));
}

TokenIssuer::~TokenIssuer() = default;

std::string TokenIssuer::key_set() const
{
    std::string numbers;
    for (const auto& [name, parameter] : {std::pair{"n", OSSL_PKEY_PARAM_RSA_N}, {"e", OSSL_PKEY_PARAM_RSA_E}}) {
        BIGNUM* number = nullptr;
        if (EVP_PKEY_get_bn_param(key_->key.get(), parameter, &number) != 1) throw std::runtime_error("no RSA key");
        std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
        BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
        BN_free(number);
        numbers += std::string(",\"") + name + "\":\"" + base64url(bytes) + "\"";
    }
    return R"({"keys":[{"kty":"RSA","kid":"0001","use":"sig","alg":"RS256")" + numbers + "}]}";
}

std::string TokenIssuer::issue(const std::string& claims) const
{
    const std::string text = base64url(R"({"alg":"RS256","typ":"JWT","kid":"0001"})") + "." + base64url(claims);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(512, '\0');
    std::size_t length = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->key.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
        throw std::runtime_error("cannot sign a token");
    return text + "." + base64url(std::string_view(signature).substr(0, length));
}

} // namespace ysnp::test
