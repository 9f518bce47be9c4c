#include "test/double/certificate.h"
#include <atomic>
#include <memory>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace ysnp::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

Key new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

template <class Write>
std::string pem(Write write)
{
    const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), BIO_free);
    if (write(memory.get()) != 1) throw std::runtime_error("PEM");
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate)
{
    return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(EVP_PKEY* key)
{
    return pem([&](BIO* out) { return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()), X509_EXTENSION_free);
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) throw std::runtime_error("extension");
}

X509Ptr blank(const std::string& common_name, EVP_PKEY* key, std::chrono::seconds from, std::chrono::seconds to)
{
    static std::atomic<long> serial{1000};
    X509Ptr certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), to.count());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    X509_set_pubkey(certificate.get(), key);
    return certificate;
}

} // namespace

struct Authority::Impl {
    Key key = new_key();
    X509Ptr certificate{nullptr, X509_free};
    std::string pem;
};

Authority::Authority(const std::string& name) : impl_(std::make_unique<Impl>())
{
    X509Ptr own = blank(name, impl_->key.get(), std::chrono::hours(-1), std::chrono::hours(24));
    X509_set_issuer_name(own.get(), X509_get_subject_name(own.get()));
    add_extension(own.get(), own.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own.get(), own.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(own.get(), own.get(), NID_subject_key_identifier, "hash");
    X509_sign(own.get(), impl_->key.get(), EVP_sha256());
    impl_->pem = pem_of(own.get());
    impl_->certificate = std::move(own);
}

Authority::~Authority() = default;

const std::string& Authority::certificate() const noexcept { return impl_->pem; }

Certificate Authority::issue(const CertificateRequest& request) const
{
    const Key key = new_key();
    const X509Ptr leaf = blank(request.common_name, key.get(), request.from, request.to);
    X509* issuer = impl_->certificate.get();
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer));
    add_extension(leaf.get(), issuer, NID_basic_constraints, "CA:FALSE");
    add_extension(leaf.get(), issuer, NID_ext_key_usage, request.client ? "clientAuth" : "serverAuth");
    std::string names;
    for (const auto& name : request.names) names += (names.empty() ? "" : ",") + name;
    if (!names.empty()) add_extension(leaf.get(), issuer, NID_subject_alt_name, names);
    X509_sign(leaf.get(), impl_->key.get(), EVP_sha256());
    return {pem_of(leaf.get()), pem_of(key.get())};
}

} // namespace ysnp::test
