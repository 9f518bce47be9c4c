#include "runner/policy/vault_store.h"
#include "checks/digest.h"
#include "net/failure.h"
#include "runner/policy/scratch_codes.h"
#include "runner/policy/seen_versions.h"
#include "runner/policy/vault_anchors.h"
#include "runner/policy/vault_approvals.h"
#include "runner/policy/vault_fault.h"
#include "runner/policy/vault_rights.h"
#include "runner/policy/witnessed_store.h"
#include "vault/client.h"
#include <boost/asio/this_coro.hpp>

namespace ysnp::policy {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

/// Paths below the mount, and where in the result each document belongs.
struct Wanted {
    std::vector<std::string> paths;
    std::vector<checks::Document*> into;

    void add(const std::string& path, checks::Document& document)
    {
        paths.push_back(path);
        into.push_back(&document);
    }
};

Wanted wanted(const ProjectPath& project, checks::Documents& documents)
{
    const std::string space(project.name_space());
    std::vector<std::string> groups;
    for (std::string group = space;; group.resize(group.rfind('/'))) {
        groups.push_back(group);
        if (group.find('/') == std::string::npos) break;
    }
    documents.parent_policies.resize(groups.size());
    Wanted all;
    all.add(space + "/whitelist", documents.namespace_whitelist);
    all.add(project.text() + "/whitelist", documents.project_whitelist);
    all.add(space + "/youshallnotpass_config", documents.namespace_config);
    all.add(project.text() + "/youshallnotpass_config", documents.project_config);
    all.add(project.text() + "/ysnp_policy", documents.project_policy);
    for (std::size_t i = 0; i < groups.size(); ++i) all.add(groups[i] + "/ysnp_policy", documents.parent_policies[i]);
    return all;
}

void take(vault::Document found, const std::string& path, checks::Document& into)
{
    into.path = path;
    into.text = std::move(found.text);
    if (!into.text) return;
    into.revision = found.version != 0 ? "v" + std::to_string(found.version)
                                       : checks::base64url(checks::sha256(*into.text)).substr(0, 12);
}

/// A token that may do everything could approve, and whoever reads our memory could write policy.
void refuse_root(const vault::Identity& identity, const std::string& who)
{
    if (!identity.is_root()) return;
    throw StoreFault(http_status_code(403), who, "a root token", "a token that may read policy and no more",
                     "make a role of its own for the runner, and revoke that token", "VLT-CAPS");
}

/// The documents of a decision, and of each the newest version, also where that is deleted.
struct Wave {
    checks::Documents documents;
    std::vector<state::SeenVersion> versions;
};

awaitable<Wave> read_wave(vault::Client& client, std::string mount, ProjectPath project, Deadline until)
{
    Wave wave;
    const Wanted all = wanted(project, wave.documents);
    try {
        std::vector<vault::Document> found = co_await client.read_all(all.paths, until);
        for (std::size_t i = 0; i < found.size(); ++i) {
            const std::string path = mount + "/" + all.paths[i];
            wave.versions.push_back({path, found[i].version});
            take(std::move(found[i]), path, *all.into[i]);
        }
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
    co_return wave;
}

awaitable<checks::Documents> read_fresh(vault::Client& client, const vault::Options& options, SeenVersions* seen,
                                        ProjectPath project, Deadline until)
{
    Wave wave = co_await read_wave(client, options.mount, std::move(project), until);
    if (seen != nullptr) co_await seen->check(place_of(options), std::move(wave.versions));
    co_return std::move(wave.documents);
}

/// What a decision stands on: no root token, and no document older than one seen before.
awaitable<checks::Documents> read_documents(vault::Client& client, const vault::Options& options, SeenVersions* seen,
                                            ProjectPath project, Deadline until)
{
    try {
        const vault::Identity identity = co_await client.log_in(until);
        refuse_root(identity, options.auth.described);
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
    try {
        checks::Documents documents = co_await read_fresh(client, options, seen, project, until);
        co_return documents;
    } catch (const StoreFault& fault) {
        if (fault.gate_code() != "POL-STALE") throw;
    }
    // While a document is written, two readers may get its versions in either order. One that was restored stays old.
    checks::Documents documents = co_await read_fresh(client, options, seen, std::move(project), until);
    co_return documents;
}

/// A project below a folder of scratch codes would have its policy where the runner's own login may write.
void refuse_among_codes(const ProjectPath& project)
{
    if (project.text().find("/scratch/") == std::string::npos) return;
    throw StoreFault(make_error_code(Error::invalid_value), project.text(), "a project below a folder named scratch",
                     "projects apart from where the runner writes scratch codes",
                     "take the project to another group, or serve it by a runner without gate.v1_scratch", "VLT-CAPS");
}

std::string name_of(const vault::Options& options) { return "Vault " + options.address + ", mount " + options.mount; }

/// A store for one job, with its own token: a login for each read, given back after it.
class JobStore final : public Store {
public:
    JobStore(asio::any_io_executor executor, vault::Options options, conf::IdToken id_token,
             std::shared_ptr<SeenVersions> seen)
        : executor_(std::move(executor)), options_(std::move(options)), id_token_(std::move(id_token)),
          seen_(std::move(seen))
    {
    }

    awaitable<checks::Documents> read(const ProjectPath& project, Deadline until) override
    {
        vault::Client client(executor_, options_);
        checks::Documents documents;
        std::exception_ptr failure;
        try {
            documents = co_await read_documents(client, options_, seen_.get(), project, until);
        } catch (...) {
            failure = std::current_exception();
        }
        co_await give_back(client);
        if (failure) std::rethrow_exception(failure);
        testimony_ = testimony_of(options_.auth.token(), id_token_); // Vault has let it in
        co_return documents;
    }
    void testify(checks::JobFacts& facts) const override { testimony_.give(facts); }
    std::string without_approvals() const override
    {
        return "log in otherwise (gate.vault.auth.method): with the job's own token a job could approve itself";
    }
    std::string name() const override { return name_of(options_); }

private:
    /// The token ends by itself soon; giving it back earlier is not worth a refusal.
    awaitable<void> give_back(vault::Client& client) const
    {
        try {
            co_await client.revoke(in(options_.timeout));
        } catch (const vault::Fault& fault) {
            if (options_.warn) options_.warn(fault.what());
        }
    }

    asio::any_io_executor executor_;
    vault::Options options_;
    conf::IdToken id_token_;
    Testimony testimony_;
    std::shared_ptr<SeenVersions> seen_; // shared with the store that made this one
};

} // namespace

std::string place_of(const vault::Options& options)
{
    return options.address + " " + options.vault_namespace + " " + options.mount;
}

awaitable<checks::Documents> read_project(vault::Client& client, std::string mount, ProjectPath project, Deadline until)
{
    Wave wave = co_await read_wave(client, std::move(mount), std::move(project), until);
    co_return std::move(wave.documents);
}

VaultStore::VaultStore(asio::any_io_executor executor, const conf::Vault& settings, Warn warn, const Shared& shared)
    : VaultStore(std::move(executor), vault_options(settings, std::move(warn), shared.wrapped), settings.id_token,
                 shared.seen)
{
}

VaultStore::VaultStore(asio::any_io_executor executor, vault::Options options, conf::IdToken id_token,
                       std::shared_ptr<SeenVersions> seen)
    : executor_(executor), options_(std::move(options)), id_token_(std::move(id_token)),
      client_(std::make_unique<vault::Client>(executor, options_)),
      approvals_(std::make_unique<VaultApprovals>(*client_, options_.mount, options_.vault_namespace)),
      anchors_(std::make_unique<VaultAnchors>(*client_)), seen_(std::move(seen)), tasks_(executor)
{
}

VaultStore::~VaultStore() = default;

awaitable<checks::Documents> VaultStore::read(const ProjectPath& project, Deadline until)
{
    if (scratch_codes_) refuse_among_codes(project);
    co_await inspect_once(until);
    co_return co_await read_documents(*client_, options_, seen_.get(), project, until);
}

awaitable<void> VaultStore::inspect(std::vector<std::string> projects, Deadline until)
{
    if (options_.auth.method == vault::Auth::Method::token_of_job) co_return;
    uninspected_ = std::move(projects);
    co_await inspect_once(until);
}

awaitable<void> VaultStore::inspect_once(Deadline until)
{
    if (!uninspected_) co_return;
    co_await refuse_too_many_rights(*client_, options_.auth.described, *uninspected_, until);
    uninspected_.reset();
}

std::string VaultStore::name() const { return name_of(options_); }

std::unique_ptr<Store> VaultStore::for_job(const gitlab::Job& job)
{
    Secret token = id_token_of(job, id_token_);
    if (options_.auth.method != vault::Auth::Method::token_of_job) {
        if (id_token_.variable.empty()) return nullptr;
        return std::make_unique<WitnessedStore>(*this, *client_, id_token_, std::move(token));
    }
    vault::Options options = options_;
    options.auth.method = vault::Auth::Method::jwt;
    options.access = vault::Access::read_only;
    // shared with the copies of the callback, as std::function must be copyable
    const auto shared = std::make_shared<const Secret>(std::move(token));
    options.auth.token = [shared] { return shared->copy(); };
    return std::make_unique<JobStore>(executor_, std::move(options), id_token_, seen_);
}

Approvals* VaultStore::approvals()
{
    if (options_.auth.method == vault::Auth::Method::token_of_job) return nullptr;
    return scratch_codes_ ? scratch_codes_.get() : approvals_.get();
}

void VaultStore::accept_scratch_codes(std::string address)
{
    scratch_codes_ = std::make_unique<ScratchCodes>(*client_, *approvals_, options_.mount, std::move(address));
}

AnchorPlace* VaultStore::anchors()
{
    return options_.auth.method == vault::Auth::Method::token_of_job ? nullptr : anchors_.get();
}

awaitable<std::string> VaultStore::withdrawn(Deadline until)
{
    try {
        const std::optional<std::string> why = co_await client_->withdrawn(until);
        co_return why ? name() + ": " + *why : std::string();
    } catch (const vault::Fault&) { // it is down, or somebody stands before it: that is no word of Vault's
    }
    co_return std::string();
}

void VaultStore::start()
{
    if (options_.auth.method == vault::Auth::Method::token_of_job) return;
    tasks_.spawn(client_->keep_login());
}

awaitable<void> VaultStore::stop(Deadline until)
{
    tasks_.cancel();
    co_await tasks_.join();
    try {
        co_await client_->revoke(until);
    } catch (const vault::Fault& fault) {
        if (options_.warn) options_.warn(fault.what());
    }
}

} // namespace ysnp::policy
