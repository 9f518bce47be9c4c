#pragma once
#include "test/double/certificate.h"
#include "test/unit/net/client_fixture.h"
#include <filesystem>
#include <fstream>

namespace ysnp::test {

inline const Authority& authority()
{
    static const Authority made("Private CA");
    return made;
}

inline ServerOptions secured(const Authority& by, CertificateRequest request)
{
    const Certificate issued = by.issue(request);
    auto tls = std::make_shared<ServerTls>();
    tls->certificate = issued.certificate;
    tls->key = issued.key;
    ServerOptions options;
    options.tls = tls;
    return options;
}

inline CertificateRequest for_loopback()
{
    CertificateRequest request;
    request.names = {"IP:127.0.0.1", "DNS:localhost"};
    return request;
}

inline std::string file(const TempDir& directory, const char* name, const std::string& text)
{
    const auto path = directory / name;
    std::ofstream(path) << text;
    return path.string();
}

} // namespace ysnp::test
