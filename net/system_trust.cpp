#include "net/system_trust.h"
#include <cstdlib>
#include <dirent.h>
#include <memory>
#include <openssl/x509.h>
#include <string_view>

namespace ysnp::net {
namespace {

std::string chosen(const char* variable, const char* otherwise)
{
    const char* value = std::getenv(variable);
    return value != nullptr ? value : otherwise;
}

/// Eight digits of the hash, a dot, and a number for those that share it (c_rehash).
bool is_hashed(std::string_view name)
{
    return name.size() >= 10 && name.find_first_not_of("0123456789abcdef") == 8 && name[8] == '.' &&
           name.find_first_not_of("0123456789", 9) == std::string_view::npos;
}

std::vector<std::string> hashed_files(const std::string& directory)
{
    std::vector<std::string> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> list(::opendir(directory.c_str()), ::closedir);
    while (const dirent* entry = list ? ::readdir(list.get()) : nullptr)
        if (is_hashed(entry->d_name)) found.push_back(directory + "/" + entry->d_name);
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
