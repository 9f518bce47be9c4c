#pragma once
#include "docker/engine.h"
#include "net/secret.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::docker {

/// One way into one registry, or into one path of it.
struct RegistryLogin {
    std::string key; ///< "registry.example.com/group": host in lower case, path kept
    std::string user;
    Secret password;
    Secret identity_token;
};

/// Logins in their order of preference: $DOCKER_AUTH_CONFIG, the operator's file, the job's own credentials.
class Credentials {
public:
    /// Reads the `auths` of a docker config.json. Anything that would run a program on this host (credsStore,
    /// credHelpers) or steer the client (HttpHeaders, proxies, plugins) is not used. What is wrong or left out is
    /// returned as sentences for the log, which never hold a value of the document.
    std::vector<std::string> add_document(std::string_view json, std::string source);
    /// `credentials[]` of type registry. Sources keep the order in which they were added.
    void add_login(std::string_view url, std::string user, Secret password, std::string source);

    /// The login of the first source that has one for the image: its longest path prefix. Nothing: anonymous.
    RegistryAuth for_image(const Reference& image) const;
    bool empty() const noexcept { return sources_.empty(); }

private:
    struct Source {
        std::string name;
        std::vector<RegistryLogin> logins;
    };
    std::vector<Source> sources_;
    Source& source(std::string name);
};

/// "https://Index.docker.io/v1/" -> "docker.io", "Reg.example.com/Group/" -> "reg.example.com/Group".
std::string registry_key(std::string_view server);
/// The value of X-Registry-Auth: JSON in padded, URL-safe base64 (RFC 4648 5).
Secret auth_header(const RegistryLogin& login, std::string_view server);

} // namespace ysnp::docker
