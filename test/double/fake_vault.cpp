#include "net/wait.h"
#include "test/double/fake_vault_state.h"

namespace ysnp::test {

namespace asio = boost::asio;
using nlohmann::json;

std::string VaultState::new_token(std::chrono::seconds lease, std::vector<std::string> policies)
{
    std::string token = "hvs.token-" + std::to_string(++made);
    tokens[token] = {lease, std::move(policies)};
    return token;
}

VaultAnswer vault_errors(unsigned status, const std::vector<std::string>& errors)
{
    return {status, json{{"errors", errors}}.dump(), {}};
}

VaultAnswer vault_data(const json& data)
{
    return {200,
            json{{"request_id", "1"},
                 {"lease_id", ""},
                 {"renewable", false},
                 {"lease_duration", 0},
                 {"data", data},
                 {"wrap_info", nullptr},
                 {"warnings", nullptr},
                 {"auth", nullptr}}
                .dump(),
            {}};
}

namespace {

VaultAnswer health(const VaultState& state)
{
    return {200,
            json{{"initialized", true}, {"sealed", state.sealed}, {"standby", false}, {"version", "1.14.0"}}.dump(),
            {}};
}

VaultAnswer engine(const VaultState& state)
{
    return vault_data({{"accessor", "kv_1"},
                       {"options", {{"version", std::to_string(state.options.kv_version)}}},
                       {"path", state.options.mount + "/"},
                       {"type", "kv"}});
}

VaultAnswer rights(const VaultState& state, const Recorded& request)
{
    json data = json::object();
    const json body = json::parse(request.body);
    for (const json& path : body.at("paths")) {
        const auto& text = path.get_ref<const std::string&>();
        if (const auto granted = state.rights.find(text); granted != state.rights.end()) {
            data[text] = granted->second;
            continue;
        }
        const bool denied = state.denied.contains(text.substr(text.rfind("data/") + 5));
        data[text] = json::array({denied ? "deny" : "read"});
    }
    return vault_data(data);
}

VaultAnswer wrapping(VaultState& state, const Recorded& request, const std::string& path)
{
    const bool look = path == "sys/wrapping/lookup";
    const std::string token =
        look ? json::parse(request.body).value("token", "") : std::string(request.header("X-Vault-Token"));
    const auto found = state.wrapped.find(token);
    if (found == state.wrapped.end()) return vault_errors(400, {"wrapping token is not valid or does not exist"});
    const VaultWrapped wrapped = found->second;
    if (look)
        return vault_data({{"creation_path", wrapped.creation_path},
                           {"creation_time", "2026-11-30T01:02:03.000000004Z"},
                           {"creation_ttl", 300}});
    state.wrapped.erase(found);
    return vault_data({{"secret_id", wrapped.secret_id}, {"secret_id_accessor", "accessor"}, {"secret_id_ttl", 0}});
}

VaultAnswer identity(const VaultState& state, const std::string& path)
{
    const auto found = state.identities.find(path);
    return found == state.identities.end() ? vault_errors(404, {}) : vault_data(found->second);
}

VaultAnswer route(VaultState& state, const Recorded& request)
{
    const std::string path(request.path().substr(4)); // "/v1/"
    if (path == "sys/health") return health(state);
    if (state.sealed) return vault_errors(503, {"Vault is sealed"});
    if (request.header("X-Vault-Namespace") != state.options.vault_namespace)
        return vault_errors(403, {"permission denied"});
    if (path.starts_with("sys/wrapping/")) return wrapping(state, request, path);
    if (path.starts_with("auth/") && !path.starts_with("auth/token/")) return vault_auth(state, request, path);
    if (!state.tokens.contains(std::string(request.header("X-Vault-Token"))))
        return vault_errors(403, {"permission denied"});
    if (path.starts_with("auth/")) return vault_auth(state, request, path);
    if (path == "sys/internal/ui/mounts/" + state.options.mount) return engine(state);
    if (path == "sys/capabilities-self") return rights(state, request);
    if (path.starts_with("identity/")) return identity(state, path.substr(std::string_view("identity/").size()));
    if (path.starts_with(state.options.mount + "/"))
        return vault_kv(state, request, path.substr(state.options.mount.size() + 1));
    return vault_errors(404, {"no handler for route \"" + path + "\". route entry not found."});
}

} // namespace

struct FakeVault::Impl {
    Impl(asio::any_io_executor executor, FakeVaultOptions options) : enough(std::move(executor))
    {
        state.options = std::move(options);
    }

    VaultState state;
    std::string held; // pattern of paths whose answers are held back
    std::size_t waiting = 0, wanted = 0;
    Event enough;

    asio::awaitable<void> serve(Peer& peer, const Recorded& request);
    asio::awaitable<void> hold_back(const Recorded& request);
};

asio::awaitable<void> FakeVault::Impl::hold_back(const Recorded& request)
{
    if (held.empty() || !glob_matches(held, request.path())) co_return;
    if (++waiting >= wanted) enough.set();
    co_await enough.wait(in(std::chrono::seconds(30)));
}

asio::awaitable<void> FakeVault::Impl::serve(Peer& peer, const Recorded& request)
{
    const Fault fault = state.faults.take(request.method, request.path()).value_or(Fault());
    if (fault.delay.count() > 0) {
        const bool gone = co_await peer.closed(in(fault.delay));
        if (gone) co_return;
    }
    co_await hold_back(request);
    if (!fault.raw.empty()) co_await peer.send(fault.raw);
    if (!fault.raw.empty() || fault.cut == Fault::Cut::before_request) co_return peer.close();
    VaultAnswer answer{fault.status.value_or(200), fault.body, fault.headers};
    if (!fault.status) {
        answer = route(state, request);
        if (fault.replace_body) answer.body = fault.body;
    }
    const std::string bytes = json_reply(answer.status, answer.body, answer.headers);
    if (fault.huge_body > 0) {
        co_await peer.send(json_reply(200, std::string(fault.huge_body, ' ')));
    } else if (fault.cut == Fault::Cut::inside_reply) {
        co_await peer.send(std::string_view(bytes).substr(0, bytes.size() - answer.body.size() / 2 - 1));
        peer.close();
    } else if (fault.cut == Fault::Cut::after_request) {
        peer.close();
    } else {
        co_await peer.send(bytes);
    }
}

FakeVault::FakeVault(asio::any_io_executor executor, FakeVaultOptions options)
    : impl_(std::make_shared<Impl>(executor, std::move(options)))
{
    const auto handler = [impl = impl_](Peer& peer, const Recorded& request) -> asio::awaitable<void> {
        co_await impl->serve(peer, request);
    };
    server_ = std::make_unique<HttpServer>(std::move(executor), handler, impl_->state.options.server);
}

FakeVault::~FakeVault() = default;

std::string FakeVault::url() const { return server_->url(); }
HttpServer& FakeVault::server() noexcept { return *server_; }

void FakeVault::put(const std::string& path, const std::string& text)
{
    impl_->state.documents[path].push_back({json::parse(text)});
}

void FakeVault::put_identity(const std::string& path, const std::string& data)
{
    impl_->state.identities[path] = json::parse(data);
}

void FakeVault::soft_delete(const std::string& path) { impl_->state.documents.at(path).back().deleted = true; }
void FakeVault::destroy(const std::string& path) { impl_->state.documents.at(path).back().destroyed = true; }
void FakeVault::forget(const std::string& pattern)
{
    std::erase_if(impl_->state.documents, [&](const auto& one) { return glob_matches(pattern, one.first); });
}
void FakeVault::deny(const std::string& path) { impl_->state.denied.insert(path); }
void FakeVault::grant(const std::string& api_path, std::vector<std::string> rights)
{
    impl_->state.rights[api_path] = std::move(rights);
}

std::string FakeVault::wrap(const std::string& secret_id, const std::string& creation_path)
{
    std::string token = "hvs.wrapping-" + std::to_string(++impl_->state.made);
    impl_->state.wrapped[token] = {secret_id, creation_path};
    return token;
}

void FakeVault::set_sealed(bool sealed) { impl_->state.sealed = sealed; }
void FakeVault::set_kv_version(int version) { impl_->state.options.kv_version = version; }

std::string FakeVault::give_token(std::chrono::seconds lease, std::vector<std::string> policies)
{
    return impl_->state.new_token(lease, std::move(policies));
}

void FakeVault::revoke_all() { impl_->state.tokens.clear(); }
unsigned FakeVault::logins() const noexcept { return impl_->state.logins; }
unsigned FakeVault::renewals() const noexcept { return impl_->state.renewals; }
std::size_t FakeVault::tokens() const noexcept { return impl_->state.tokens.size(); }

void FakeVault::hold(const std::string& pattern, std::size_t until_so_many)
{
    impl_->held = pattern;
    impl_->wanted = until_so_many;
}

void FakeVault::add_fault(Fault fault) { impl_->state.faults.add(std::move(fault)); }
void FakeVault::clear_faults() { impl_->state.faults.clear(); }
void FakeVault::stop() { server_->stop(); }

} // namespace ysnp::test
