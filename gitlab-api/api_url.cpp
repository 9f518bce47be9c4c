#include "gitlab-api/api_url.h"
#include "net/failure.h"
#include "net/url.h"
#include <system_error>

namespace ysnp::gitlab {
namespace {

[[noreturn]] void refuse(const char* why) { throw std::system_error(make_error_code(Error::bad_url), why); }

void drop_slashes(std::string& path)
{
    while (path.ends_with('/')) path.pop_back();
}

void fill(std::string& configured, const std::filesystem::path& candidate)
{
    std::error_code ignored;
    if (configured.empty() && std::filesystem::exists(candidate, ignored)) configured = candidate.string();
}

} // namespace

std::string ApiUrl::path(std::string_view rest) const { return root + "/api/v4" + std::string(rest); }

ApiUrl parse_api_url(std::string_view configured)
{
    auto url = net::parse_url(configured);
    if (url.origin.scheme != "http" && url.origin.scheme != "https")
        refuse("the GitLab URL must begin with https:// or http://");
    if (!url.user.empty() || !url.password.empty()) refuse("the GitLab URL must not hold a user or password");
    if (!url.query.empty()) refuse("the GitLab URL must not hold a query");
    ApiUrl api;
    api.origin = url.origin;
    api.root = url.path;
    drop_slashes(api.root);
    if (api.root.ends_with("/ci")) api.root.erase(api.root.size() - 3);
    drop_slashes(api.root);
    api.base = api.origin.scheme + "://" + api.origin.host_header() + api.root;
    return api;
}

net::TlsOptions tls_files(net::TlsOptions configured, const std::filesystem::path& folder, std::string_view host)
{
    const std::string name(host);
    fill(configured.ca_file, folder / (name + ".crt"));
    fill(configured.cert_file, folder / (name + ".auth.crt"));
    fill(configured.key_file, folder / (name + ".auth.key"));
    if (configured.cert_file.empty() || configured.key_file.empty()) {
        configured.cert_file.clear();
        configured.key_file.clear();
    }
    return configured;
}

} // namespace ysnp::gitlab
