#pragma once
#include "net/http.h"
#include <filesystem>
#include <string>
#include <string_view>

namespace ysnp::gitlab {

struct ApiUrl {
    net::Origin origin;
    std::string root;                              ///< "" or "/gitlab": the relative root
    std::string base;                              ///< origin and root: what people write, without a trailing '/'
    std::string path(std::string_view rest) const; ///< root + "/api/v4" + rest
};

/// Drops trailing '/' and one "/ci". Throws (Failure::invalid) for other schemes, a user part, a query.
ApiUrl parse_api_url(std::string_view configured);

/// Fills what is not configured from `<folder>/<host>.crt`, `.auth.crt` and `.auth.key` where those files exist. The
/// client certificate counts only when both of its files are there.
net::TlsOptions tls_files(net::TlsOptions configured, const std::filesystem::path& folder, std::string_view host);

} // namespace ysnp::gitlab
