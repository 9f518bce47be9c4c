#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace ysnp::test {

/// A certificate and its key, PEM.
struct Certificate {
    std::string certificate, key;
};

struct CertificateRequest {
    std::string common_name = "localhost";
    std::vector<std::string> names;   // "DNS:example.test", "IP:127.0.0.1"
    std::chrono::seconds from{-3600}; // validity, from now
    std::chrono::seconds to{24 * 3600};
    bool client = false; // extended key usage: client instead of server
};

/// A certificate authority made in this process.
class Authority {
public:
    explicit Authority(const std::string& name = "Test CA");
    ~Authority();
    const std::string& certificate() const noexcept; // PEM
    Certificate issue(const CertificateRequest& request) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::test
