#include "checks/variables.h"
#include <algorithm>
#include <array>

namespace ysnp::checks {
namespace {

// Shells, the loader, git; then what makes interpreters and build tools load other code (threats: variables).
constexpr auto names = std::to_array<std::string_view>({
    "BASHOPTS",
    "BASH_ENV",
    "BASH_XTRACEFD",
    "CDPATH",
    "CI_DEBUG_SERVICES",
    "CI_DEBUG_TRACE",
    "EDITOR",
    "ENV",
    "GCONV_PATH",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ASKPASS",
    "GIT_DIR",
    "GIT_EDITOR",
    "GIT_EXEC_PATH",
    "GIT_EXTERNAL_DIFF",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PAGER",
    "GIT_PROXY_COMMAND",
    "GIT_SEQUENCE_EDITOR",
    "GIT_SSL_NO_VERIFY",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
    "GLIBC_TUNABLES",
    "GLOBIGNORE",
    "GOFLAGS",
    "GRADLE_OPTS",
    "HOME",
    "HOSTALIASES",
    "IFS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "KUBECONFIG",
    "LESSOPEN",
    "LOCPATH",
    "MAKEFLAGS",
    "MAVEN_OPTS",
    "NODE_OPTIONS",
    "NODE_PATH",
    "PAGER",
    "PATH",
    "PERL5LIB",
    "PERL5OPT",
    "POSIXLY_CORRECT",
    "PROMPT_COMMAND",
    "PS4",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "RUBYLIB",
    "RUBYOPT",
    "RUSTC_WRAPPER",
    "SHELLOPTS",
    "SSH_ASKPASS",
    "STEPS",
    "XDG_CONFIG_HOME",
    "ZDOTDIR",
    "_JAVA_OPTIONS",
});
constexpr auto prefixes = std::to_array<std::string_view>({
    "ANSIBLE_",
    "BASH_FUNC_",
    "CARGO_",
    "CUSTOM_ENV_",
    "GIT_CONFIG_",
    "GIT_SSH",
    "LD_",
    "MALLOC_",
    "PIP_",
    "TF_CLI_ARGS",
    "YOUSHALLNOTPASS_",
    "YSNP_",
});

constexpr auto trust = std::to_array<std::string_view>({
    "CONTAINER_HOST",
    "CURL_CA_BUNDLE",
    "DOCKER_CONFIG",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
});

// Through whom programs reach the network; programs read both cases.
constexpr auto proxies = std::to_array<std::string_view>({"all_proxy", "http_proxy", "https_proxy", "no_proxy"});

bool begins_like(std::string_view name, std::string_view prefix)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return name.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), name.begin(), [&](char p, char c) { return p == lower(c); });
}

bool is_npm_config(std::string_view name) { return begins_like(name, "npm_config_"); }

bool is_proxy(std::string_view name)
{
    return std::any_of(proxies.begin(), proxies.end(),
                       [&](auto proxy) { return name.size() == proxy.size() && begins_like(name, proxy); });
}

} // namespace

bool steers_execution(std::string_view name) noexcept
{
    static_assert(std::is_sorted(names.begin(), names.end()));
    if (std::binary_search(names.begin(), names.end(), name) || is_npm_config(name)) return true;
    return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return name.starts_with(prefix); });
}

bool redirects_trust(std::string_view name) noexcept
{
    static_assert(std::is_sorted(trust.begin(), trust.end()));
    return std::binary_search(trust.begin(), trust.end(), name) || is_proxy(name);
}

} // namespace ysnp::checks
