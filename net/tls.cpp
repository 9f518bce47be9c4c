#include "net/tls.h"
#include "net/failure.h"
#include "net/host_name.h"
#include "net/system_trust.h"
#include <filesystem>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <optional>
#include <vector>

namespace ysnp::net {

namespace asio = boost::asio;
namespace fs = std::filesystem;

/// When the three files were last written; a file that is not there has no time.
struct Trust::Stamp {
    std::vector<std::optional<fs::file_time_type>> times;
    friend bool operator==(const Stamp&, const Stamp&) = default;
};

namespace {

std::string newest_openssl_error()
{
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = code ? ERR_reason_error_string(code) : nullptr;
    return reason ? reason : "not a PEM file";
}

bool exists(const std::string& file)
{
    std::error_code ignored;
    return !file.empty() && fs::exists(file, ignored);
}

void trust_system(SSL_CTX* context)
{
    const SystemTrust system = system_trust();
    if (system.one_by_one)
        SSL_CTX_load_verify_dir(context, system.directory.c_str());
    else
        SSL_CTX_set_default_verify_paths(context);
}

/// Names the reasons of certificate verification (X509_V_ERR_*).
class VerifyCategory final : public std::error_category {
public:
    const char* name() const noexcept override { return "tls.verify"; }
    std::string message(int value) const override
    {
        return std::string("TLS: the certificate was refused: ") + X509_verify_cert_error_string(value);
    }
    std::error_condition default_error_condition(int) const noexcept override
    {
        return make_error_condition(Failure::untrusted);
    }
};

const VerifyCategory& verify_category()
{
    static const VerifyCategory category;
    return category;
}

} // namespace

Trust::Trust(TlsOptions options, std::function<void(std::string_view)> warn)
    : options_(std::move(options)), warn_(std::move(warn))
{
}

Trust::~Trust() = default;

Trust::Stamp Trust::stamp_of_files() const
{
    Stamp stamp;
    for (const auto* file : {&options_.ca_file, &options_.cert_file, &options_.key_file}) {
        std::error_code code;
        const auto time = file->empty() ? fs::file_time_type() : fs::last_write_time(*file, code);
        stamp.times.push_back(code || file->empty() ? std::nullopt : std::optional(time));
    }
    return stamp;
}

bool Trust::changed() const { return loaded_ && !(*loaded_ == stamp_of_files()); }

std::shared_ptr<asio::ssl::context> Trust::context()
{
    Stamp now = stamp_of_files();
    if (!loaded_ || !(*loaded_ == now)) {
        context_ = build();
        loaded_ = std::make_unique<Stamp>(std::move(now));
    }
    return context_;
}

std::shared_ptr<asio::ssl::context> Trust::build() const
{
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    context->set_verify_mode(asio::ssl::verify_peer);
    trust_system(native);
    const auto warn = [this](const std::string& file, const char* instead) {
        const std::string reason = newest_openssl_error();
        if (warn_) warn_(file + ": cannot be used (" + reason + "); " + instead);
    };
    if (exists(options_.ca_file) && SSL_CTX_load_verify_locations(native, options_.ca_file.c_str(), nullptr) != 1)
        warn(options_.ca_file, "only the system's certificates are trusted");
    if (!exists(options_.cert_file) || !exists(options_.key_file)) return context;
    if (SSL_CTX_use_certificate_chain_file(native, options_.cert_file.c_str()) != 1)
        warn(options_.cert_file, "no client certificate is shown");
    else if (SSL_CTX_use_PrivateKey_file(native, options_.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        warn(options_.key_file, "no client certificate is shown");
    return context;
}

void expect_host(SSL* connection, const std::string& host)
{
    X509_VERIFY_PARAM* expected = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool address = is_address(host);
    const int set = address ? X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str())
                            : X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
    if (set != 1) throw std::system_error(make_error_code(Error::invalid_value), "host name for TLS: " + host);
    if (!address && SSL_set_tlsext_host_name(connection, host.c_str()) != 1)
        throw std::system_error(make_error_code(Error::invalid_value), "server name for TLS: " + host);
}

std::error_code handshake_failure(SSL* connection, const std::error_code& code)
{
    const long reason = SSL_get_verify_result(connection);
    if (code != Failure::untrusted || reason == X509_V_OK) return code;
    return {static_cast<int>(reason), verify_category()};
}

std::string verified_chain(SSL* connection)
{
    const STACK_OF(X509)* chain = SSL_get0_verified_chain(connection);
    const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), BIO_free);
    for (int at = 0; chain && at < sk_X509_num(chain); ++at) PEM_write_bio_X509(memory.get(), sk_X509_value(chain, at));
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

} // namespace ysnp::net
