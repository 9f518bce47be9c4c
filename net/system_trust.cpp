#include "net/system_trust.h"
#include <cstdlib>
#include <filesystem>
#include <openssl/x509.h>

namespace ysnp::net {
namespace {

namespace fs = std::filesystem;

std::string chosen(const char* variable, const char* otherwise)
{
    const char* value = std::getenv(variable);
    return value != nullptr ? value : otherwise;
}

/// Eight digits of the hash, a dot, and a number for those that share it (c_rehash).
bool is_hashed(const std::string& name)
{
    return name.size() >= 10 && name.find_first_not_of("0123456789abcdef") == 8 && name[8] == '.' &&
           name.find_first_not_of("0123456789", 9) == std::string::npos;
}

std::vector<std::string> hashed_files(const fs::path& directory)
{
    std::vector<std::string> found;
    std::error_code code;
    for (fs::directory_iterator entry(directory, code), end; !code && entry != end; entry.increment(code))
        if (is_hashed(entry->path().filename())) found.push_back(entry->path());
    return found;
}

} // namespace

SystemTrust system_trust()
{
    SystemTrust trust;
    trust.bundle = chosen(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    trust.directory = chosen(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    trust.hashed = hashed_files(trust.directory);
    trust.one_by_one = std::getenv(X509_get_default_cert_file_env()) == nullptr && !trust.hashed.empty();
    return trust;
}

} // namespace ysnp::net
