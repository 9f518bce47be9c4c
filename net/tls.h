#pragma once
#include "net/http.h"
#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

namespace ysnp::net {

/// What TLS connections trust and show: TLS 1.2 or newer, the system's certificates plus those of `ca_file`, a client
/// certificate where both files are there. The files are looked at before each use: newer ones build a new context.
class Trust {
public:
    /// `warn` hears of files that cannot be read or parsed; those are left out, never a reason to verify less.
    Trust(TlsOptions options, std::function<void(std::string_view)> warn);
    ~Trust();

    /// Whether the files are others than those of the context in use: connections made from it are out of date.
    bool changed() const;
    /// Shared with the connections made from it, as they may outlive the next reload.
    std::shared_ptr<boost::asio::ssl::context> context();

private:
    struct Stamp;
    Stamp stamp_of_files() const;
    std::shared_ptr<boost::asio::ssl::context> build() const;

    TlsOptions options_;
    std::function<void(std::string_view)> warn_;
    std::unique_ptr<Stamp> loaded_;
    std::shared_ptr<boost::asio::ssl::context> context_;
};

/// Makes the handshake verify that the peer's certificate is for this canonical host (name or address), and sends the
/// name along (SNI; never for an address).
void expect_host(SSL* connection, const std::string& host);

/// Why a handshake failed: the verification's own reason (Failure::untrusted, "certificate has expired") where there is
/// one, else `code`.
std::error_code handshake_failure(SSL* connection, const std::error_code& code);

/// PEM of the chain that verification has built, leaf first.
std::string verified_chain(SSL* connection);

} // namespace ysnp::net
