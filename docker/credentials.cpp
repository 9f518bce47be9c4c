#include "docker/credentials.h"
#include "docker/base64.h"
#include "docker/reply_json.h"
#include <algorithm>
#include <array>

namespace ysnp::docker {

namespace {

using reply::Json;

constexpr std::size_t largest_document = 1u << 20;
constexpr std::size_t most_logins = 256;

std::string lower_host(std::string_view key)
{
    std::string result(key);
    for (char& c : result) {
        if (c == '/') break;
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return result;
}

/// A tag at the end; a port, which stands in the first component, stays.
std::string_view without_tag(std::string_view key)
{
    const auto slash = key.find('/');
    const auto colon = key.rfind(':');
    return slash != std::string_view::npos && colon != std::string_view::npos && colon > slash ? key.substr(0, colon)
                                                                                               : key;
}

/// Whether `key` is the image's registry, or a whole path of it.
bool covers(const std::string& key, const std::string& repository)
{
    return repository.starts_with(key) && (repository.size() == key.size() || repository[key.size()] == '/');
}

/// Wipes every string below: nlohmann would leave them in freed memory.
void wipe_strings(Json& value)
{
    if (value.is_string()) wipe(value.get_ref<std::string&>());
    if (value.is_structured())
        for (Json& item : value) wipe_strings(item);
}

std::optional<RegistryLogin> read_login(const std::string& server, const Json& entry)
{
    RegistryLogin login;
    login.key = registry_key(server);
    login.user = reply::text(entry, "username");
    std::string password = reply::text(entry, "password");
    std::string identity = reply::text(entry, "identitytoken");
    if (const std::string encoded = reply::text(entry, "auth"); !encoded.empty()) {
        std::string pair = base64_decode(encoded).value_or("");
        while (pair.ends_with('\0')) pair.pop_back();
        if (const auto colon = pair.find(':'); colon != std::string::npos) {
            login.user = pair.substr(0, colon);
            wipe(password);
            password = pair.substr(colon + 1);
        }
        wipe(pair);
    }
    login.password = take_secret(password);
    login.identity_token = take_secret(identity);
    if (login.key.empty() || (login.user.empty() && login.identity_token.empty())) return std::nullopt;
    return login;
}

std::vector<std::string> notices(const Json& document, const std::string& source)
{
    constexpr std::array<const char*, 5> unused{"credsStore", "credHelpers", "HttpHeaders", "proxies", "plugins"};
    std::vector<std::string> result;
    for (const char* key : unused)
        if (document.contains(key))
            result.push_back(source + ": \"" + key + "\" is not used; only \"auths\" with user and password are");
    return result;
}

} // namespace

std::string registry_key(std::string_view server)
{
    const auto scheme = server.find("://");
    std::string_view key = server;
    if (scheme != std::string_view::npos) {
        key = server.substr(scheme + 3);
        key = key.substr(0, key.find('/'));
    }
    while (key.ends_with('/')) key.remove_suffix(1);
    std::string result = lower_host(without_tag(key));
    if (covers("index.docker.io", result)) result.erase(0, 6);
    if (covers("docker.io/v1", result)) result = "docker.io";
    return result;
}

Secret auth_header(const RegistryLogin& login, std::string_view server)
{
    Json document = Json::object();
    if (!login.identity_token.empty()) {
        document["identitytoken"] = std::string(login.identity_token.reveal());
    } else {
        document["username"] = login.user;
        document["password"] = std::string(login.password.reveal());
    }
    document["serveraddress"] = std::string(server);
    std::string text = reply::dump(document);
    wipe_strings(document);
    std::string encoded = base64_url(text);
    wipe(text);
    return take_secret(encoded);
}

Credentials::Source& Credentials::source(std::string name)
{
    const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const Source& s) { return s.name == name; });
    if (found != sources_.end()) return *found;
    return sources_.emplace_back(Source{std::move(name), {}});
}

std::vector<std::string> Credentials::add_document(std::string_view json, std::string name)
{
    if (json.size() > largest_document) return {name + ": larger than 1 MiB, not used"};
    Json document = Json::parse(json, nullptr, false);
    if (!document.is_object()) return {name + ": not a JSON object, not used"};
    std::vector<std::string> result = notices(document, name);
    Source& into = source(name);
    if (const auto auths = document.find("auths"); auths != document.end() && auths->is_object())
        for (auto& [server, entry] : auths->items()) {
            if (into.logins.size() >= most_logins) break;
            auto login = read_login(server, entry);
            if (login)
                into.logins.push_back(std::move(*login));
            else
                result.push_back(name + ": an entry without user and password is not used");
        }
    wipe_strings(document);
    return result;
}

void Credentials::add_login(std::string_view url, std::string user, Secret password, std::string name)
{
    std::string key = registry_key(url);
    if (key.empty() || user.empty()) return;
    Source& into = source(std::move(name));
    if (into.logins.size() < most_logins)
        into.logins.push_back({std::move(key), std::move(user), std::move(password), Secret()});
}

RegistryAuth Credentials::for_image(const Reference& image) const
{
    const std::string repository = image.repository();
    for (const Source& candidate : sources_) {
        const RegistryLogin* best = nullptr;
        for (const RegistryLogin& login : candidate.logins)
            if (covers(login.key, repository) && (!best || login.key.size() > best->key.size())) best = &login;
        if (best) return {auth_header(*best, image.host), candidate.name};
    }
    return {};
}

} // namespace ysnp::docker
