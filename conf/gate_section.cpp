#include "conf/gate_section.h"
#include "net/url.h"
#include <algorithm>
#include <system_error>

namespace ysnp::conf {
namespace {

constexpr std::chrono::days longest_learning{90};

void read_mode(Section& section, Gate& into, std::chrono::system_clock::time_point now)
{
    static constexpr Word<GateMode> modes[]{{"enforce", GateMode::enforce}, {"learn", GateMode::learn}};
    if (section.has("mode")) into.learn_until.reset();
    section.read_word("mode", into.mode, modes);
    section.read("learn_until", into.learn_until);
    const auto today = std::chrono::floor<std::chrono::days>(now);
    if (into.mode == GateMode::enforce) {
        if (section.has("learn_until")) section.error("learn_until", "has a meaning only with mode: learn; remove one");
    } else if (!into.learn_until) {
        if (!section.has("learn_until"))
            section.error("mode", "learn needs learn_until, the last day, at most 90 days ahead");
    } else if (*into.learn_until > today + longest_learning) {
        section.error("learn_until", "is more than 90 days ahead; choose an earlier day");
    } else if (*into.learn_until < today) {
        section.warn("learn_until", "has passed, so the gate enforces; say mode: enforce");
    }
}

std::string default_mount(VaultAuth::Method method)
{
    switch (method) {
    case VaultAuth::Method::approle:
        return "approle";
    case VaultAuth::Method::cert:
        return "cert";
    case VaultAuth::Method::job_id_token:
        return "jwt";
    case VaultAuth::Method::token_file:
        break;
    }
    return {};
}

void need(Section& section, std::string_view key, std::string_view method)
{
    if (!section.has(key)) section.error("method", std::string(method) + " needs " + std::string(key));
}

void check_auth(Section& section, VaultAuth::Method method)
{
    switch (method) {
    case VaultAuth::Method::approle:
        need(section, "role_id_file", "approle");
        need(section, "secret_id_file", "approle");
        break;
    case VaultAuth::Method::token_file:
        need(section, "token_file", "token_file");
        break;
    case VaultAuth::Method::cert:
        need(section, "cert_file", "cert");
        need(section, "key_file", "cert");
        break;
    case VaultAuth::Method::job_id_token:
        need(section, "role", "job_id_token");
        need(section, "variable", "job_id_token");
        break;
    }
}

void read_auth(Section section, VaultAuth& into, IdToken& token)
{
    static constexpr Word<VaultAuth::Method> methods[]{{"approle", VaultAuth::Method::approle},
                                                       {"token_file", VaultAuth::Method::token_file},
                                                       {"cert", VaultAuth::Method::cert},
                                                       {"job_id_token", VaultAuth::Method::job_id_token}};
    section.read_word("method", into.method, methods);
    into.mount = default_mount(into.method);
    section.read("mount", into.mount);
    section.read("role", into.role);
    section.read("role_id_file", into.role_id_file);
    section.read("secret_id_file", into.secret_id_file);
    section.read("secret_id_wrapped", into.secret_id_wrapped);
    section.read("token_file", into.token_file);
    section.read("cert_file", into.cert_file);
    section.read("key_file", into.key_file);
    if (into.method == VaultAuth::Method::job_id_token) {
        section.read("variable", token.variable);
        section.read("audience", token.audience);
        token.mount = into.mount;
        token.role = into.role;
    }
    if (section.present()) check_auth(section, into.method);
    section.finish(
        {{"token", "credentials stand in files of their own: method: token_file and token_file"},
         {"role_id", "credentials stand in files of their own: role_id_file"},
         {"secret_id", "credentials stand in files of their own: secret_id_file"},
         {"variable", "belongs to method: job_id_token; a token that is only evidence: gate.vault.id_token"},
         {"audience", "belongs to method: job_id_token; a token that is only evidence: gate.vault.id_token"}});
}

void read_id_token(Section section, const VaultAuth& auth, IdToken& into)
{
    if (!section.present()) return;
    if (auth.method == VaultAuth::Method::job_id_token)
        section.error("variable", "the login's own token is the evidence (auth.method: job_id_token); remove id_token");
    into = {.variable = "VAULT_ID_TOKEN", .mount = "jwt", .role = {}, .audience = {}};
    section.read("variable", into.variable);
    section.read("mount", into.mount);
    section.read("role", into.role);
    section.read("audience", into.audience);
    for (const char* key : {"role", "audience"})
        if (!section.has(key)) section.error(key, "is missing: id_token needs role and audience");
    section.finish();
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

void check_address(Section& section, const char* key, const std::string& address)
{
    try {
        const net::Url url = net::parse_url(address);
        if (url.origin.scheme == "unix") return section.error(key, "expected https://HOST:PORT");
        if (!url.user.empty()) return section.error(key, "must not hold a user or password");
        if (!url.origin.secure() && !is_loopback(url.origin.host))
            section.error(key, "http sends the credential in the clear; use https");
    } catch (const std::system_error&) {
        section.error(key, "expected a URL such as https://vault.example.com:8200, found " + in_quotes(address));
    }
}

void read_vault(Section section, Vault& into)
{
    int version = 0;
    section.read("address", into.address);
    section.read("external_address", into.external_address);
    section.read("ca_file", into.ca_file);
    section.read("namespace", into.vault_namespace);
    section.read("mount", into.mount);
    section.read_number("kv_version", version, 1, 2);
    if (version != 0) into.kv_version = version;
    section.read("timeout", into.timeout);
    static constexpr Word<OnRevoke> ends[]{{"stop", OnRevoke::stop}, {"finish", OnRevoke::finish}};
    section.read_word("on_revoke", into.on_revoke, ends);
    read_auth(section.child("auth"), into.auth, into.id_token);
    read_id_token(section.child("id_token"), into.auth, into.id_token);
    section.finish({{"token", "credentials stand in files of their own: auth: { method: token_file, token_file: … }"}});
    if (!section.present()) return;
    if (!into.address.empty()) check_address(section, "address", into.address);
    if (!into.external_address.empty()) check_address(section, "external_address", into.external_address);
    if (into.timeout < std::chrono::seconds(1) || into.timeout > std::chrono::minutes(5))
        section.error("timeout", "expected 1s to 5m, found " + to_string(into.timeout));
}

void read_approval(Section section, Approval& into)
{
    section.read("wait", into.wait);
    section.read_number("max_waiting", into.max_waiting, 0, 100'000);
    section.finish();
}

void read_lists(Section& section, Gate& into)
{
    section.read("accept_fields", into.accept_fields);
    section.read("predefined_variables", into.predefined_variables);
    section.read("projects", into.projects);
    const auto bad = [](const std::string& name) {
        return name.empty() ||
               name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") !=
                   std::string::npos;
    };
    for (const std::string& name : into.predefined_variables)
        if (bad(name)) section.error("predefined_variables", "expected names of variables, found " + in_quotes(name));
}

void check_store(Section& section, const Gate& gate)
{
    if (gate.store != Store::vault) {
        if (gate.v1_scratch) section.warn("v1_scratch", "has no effect: nobody can be asked without gate.store: vault");
        return;
    }
    if (gate.v1_scratch && gate.vault.auth.method == VaultAuth::Method::job_id_token)
        section.warn("v1_scratch", "has no effect: with auth.method: job_id_token nobody is asked");
    if (gate.vault.address.empty()) section.error("store", "vault needs gate.vault.address");
    if (gate.vault.mount.empty()) section.error("store", "vault needs gate.vault.mount");
    if (gate.vault.auth.method == VaultAuth::Method::approle && gate.vault.auth.role_id_file.empty())
        section.error("store", "vault needs gate.vault.auth, how the runner logs in");
}

} // namespace

void read_gate(Section section, Gate& into, std::chrono::system_clock::time_point now)
{
    static constexpr Word<Store> stores[]{{"vault", Store::vault}, {"file", Store::file}};
    read_mode(section, into, now);
    section.read_word("store", into.store, stores);
    section.read("legacy_script_hash", into.legacy_script_hash);
    section.read("legacy_profiles", into.legacy_profiles);
    section.read("v1_scratch", into.v1_scratch);
    read_lists(section, into);
    read_vault(section.child("vault"), into.vault);
    Section file = section.child("file");
    file.read("path", into.file_path);
    file.finish();
    read_approval(section.child("approval"), into.approval);
    section.finish();
    check_store(section, into);
}

void read_gate_override(Section section, Gate& into, std::chrono::system_clock::time_point now)
{
    if (section.has("mode") || section.has("learn_until")) read_mode(section, into, now);
    section.allow("mode");
    section.allow("learn_until");
    section.read("projects", into.projects);
    section.read("mount", into.vault.mount);
    section.read("path", into.file_path);
    if (into.store == Store::file && section.has("mount")) section.error("mount", "the store is file; name a path");
    if (into.store == Store::vault && section.has("path")) section.error("path", "the store is vault; name a mount");
    section.finish({{"store", "the store is one for all runners: gate.store"}});
}

} // namespace ysnp::conf
