#include "runner/git/worker_rights.h"
#include "net/host_name.h"
#include "net/proxy.h"
#include "net/system_trust.h"

namespace ysnp::git {
namespace {

constexpr std::uint16_t name_server_port = 53; // TCP is for answers that do not fit a datagram

/// What getaddrinfo reads, and where it finds the modules that nsswitch.conf names.
void allow_names(Rights& rights)
{
    rights.looks_up_names = true;
    rights.connect.push_back(name_server_port);
    for (const char* path :
         {"/etc/resolv.conf", "/run/systemd/resolve", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf",
          "/etc/gai.conf", "/etc/services", "/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/usr/lib64"})
        rights.read.push_back(path);
}

/// What OpenSSL reads when a handshake begins. The bundle is not among it where it is not needed.
void allow_certificates(Rights& rights, const net::TlsOptions& tls)
{
    const net::SystemTrust system = net::system_trust();
    rights.list.push_back(system.directory);
    rights.read.insert(rights.read.end(), system.hashed.begin(), system.hashed.end());
    if (!system.one_by_one) rights.read.push_back(system.bundle);
    for (const std::string& file : {tls.ca_file, tls.cert_file, tls.key_file})
        if (!file.empty()) rights.read.push_back(file);
}

} // namespace

Rights rights_of(const SourceRequest& request)
{
    Rights rights;
    if (request.strategy == Strategy::none || request.strategy == Strategy::empty) return rights;
    const net::Origin origin = net::parse_url(request.repo_url).origin;
    const auto proxy = net::proxy_for(request.proxy, origin);
    rights.write.push_back(request.cache_dir);
    rights.connect.push_back(proxy ? proxy->port : origin.port);
    if (!net::is_address(proxy ? proxy->host : origin.host)) allow_names(rights);
    if (origin.secure()) allow_certificates(rights, request.tls);
    return rights;
}

} // namespace ysnp::git
