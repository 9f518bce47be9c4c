#include "vault/client.h"
#include "net/failure.h"
#include "vault/entity.h"
#include "vault/kv.h"
#include "vault/path.h"
#include "vault/session.h"
#include "vault/strict_json.h"
#include "vault/wave.h"
#include <nlohmann/json.hpp>

namespace ysnp::vault {

namespace asio = boost::asio;
using asio::awaitable;
using nlohmann::json;

struct Client::Impl {
    Impl(asio::any_io_executor on, Options options) : executor(on), session(on, std::move(options)) {}

    awaitable<Engine> engine(Deadline until);
    awaitable<Document> read(Engine from, std::string path, Deadline until);
    awaitable<std::string> group(std::string id, Deadline until);
    void check_may_write() const;

    asio::any_io_executor executor;
    Session session;
    std::optional<Engine> known; // asked once, and again after an answer that does not fit it
};

namespace {

Question about(const char* doing, const char* right, const Engine& engine, const std::string& path)
{
    return {doing + engine.path + "/" + engine.prefix + path, right + policy_path(engine, path)};
}

Health decode_health(const Question& question, const net::Response& response)
{
    const json reply = object_of(question, response);
    const auto flag = [&](const char* name) {
        const auto found = reply.find(name);
        if (found == reply.end() || !found->is_boolean()) fail_reply(question, std::string("no ") + name, "a state");
        return found->get<bool>();
    };
    Health health;
    health.initialized = flag("initialized");
    health.sealed = flag("sealed");
    health.standby = flag("standby");
    if (const auto version = reply.find("version"); version != reply.end() && version->is_string())
        health.version = version->get<std::string>();
    return health;
}

std::vector<std::string> decode_rights(const Question& question, const json& data, const std::string& path)
{
    const auto found = data.find(path);
    if (found == data.end() || !found->is_array()) fail_reply(question, "no rights for " + path, "a list");
    std::vector<std::string> rights;
    for (const json& right : *found) {
        if (!right.is_string()) fail_reply(question, "a right that is no text", "names");
        rights.push_back(right.get<std::string>());
    }
    return rights;
}

} // namespace

awaitable<Engine> Client::Impl::engine(Deadline until)
{
    const Options& options = session.options();
    if (known) co_return *known;
    const std::string mount = trimmed(options.mount);
    if (options.kv_version != 0) {
        known = Engine{mount, {}, options.kv_version};
        co_return *known;
    }
    Call call{"GET", engine_target(mount), {}, {"asking for the engine at " + mount, {}}};
    const net::Response response = co_await session.send(std::move(call), until);
    Engine found = decode_engine(mount, response);
    known = found;
    co_return found;
}

awaitable<Document> Client::Impl::read(Engine from, std::string path, Deadline until)
{
    const Question question = about("reading ", "read on ", from, path);
    Call call{"GET", document_target(from, path), {}, question, session.options().max_document};
    const net::Response response = co_await session.send(std::move(call), until);
    try {
        co_return decode_document(question, from, response);
    } catch (const Fault& fault) {
        if (fault.code() == Failure::protocol) known.reset();
        throw;
    }
}

awaitable<std::string> Client::Impl::group(std::string id, Deadline until)
{
    const std::string path = "identity/group/id/" + id;
    const Question question{"asking who group " + id + " is", "read on " + path};
    Call call{"GET", "/v1/" + path, {}, question};
    const net::Response response = co_await session.send(std::move(call), until);
    co_return decode_group(question, id, response);
}

void Client::Impl::check_may_write() const
{
    if (session.options().access == Access::read_write) return;
    throw Fault(make_error_code(Error::invalid_value), "writing to Vault", "a login that only reads",
                "the runner's own or a person's login", "use another gate.vault.auth.method");
}

Client::Client(asio::any_io_executor executor, Options options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options)))
{
}

Client::~Client() = default;

awaitable<Identity> Client::log_in(Deadline until)
{
    const std::shared_ptr<const Login> login = co_await impl_->session.logged_in(until);
    co_return login->identity;
}

awaitable<Document> Client::read(std::string path, Deadline until)
{
    const Engine from = co_await impl_->engine(until);
    co_return co_await impl_->read(from, std::move(path), until);
}

awaitable<std::vector<Document>> Client::read_all(std::vector<std::string> paths, Deadline until)
{
    const Engine from = co_await impl_->engine(until);
    std::vector<awaitable<Document>> reads;
    for (std::string& path : paths) reads.push_back(impl_->read(from, std::move(path), until));
    co_return co_await wave(impl_->executor, std::move(reads));
}

awaitable<std::uint64_t> Client::write(std::string path, std::string text, std::optional<std::uint64_t> only_at,
                                       Deadline until)
{
    impl_->check_may_write();
    const Engine to = co_await impl_->engine(until);
    const Question question = about("writing ", "create and update on ", to, path);
    if (to.version == 1 && only_at) {
        const Fault conflict(http_status_code(409), question.asked, "a document, or a version that KV v1 does not know",
                             "none", "look again, then repeat; KV v2 keeps versions");
        if (*only_at != 0) throw conflict;
        const Document there = co_await impl_->read(to, path, until);
        if (there.text) throw conflict;
    }
    Call call{"POST", document_target(to, path), write_body(to, text, only_at), question};
    const net::Response response = co_await impl_->session.send(std::move(call), until);
    co_return decode_written(question, to, response);
}

awaitable<void> Client::remove(std::string path, Deadline until)
{
    impl_->check_may_write();
    const Engine from = co_await impl_->engine(until);
    Question question = about("removing ", "delete on ", from, path);
    question.right = "delete on " + folder_policy_path(from, path);
    Call call{"DELETE", metadata_target(from, path), {}, question};
    const net::Response response = co_await impl_->session.send(std::move(call), until);
    expect_success(question, response);
}

awaitable<std::vector<std::string>> Client::list(std::string path, Deadline until)
{
    const Engine from = co_await impl_->engine(until);
    Question question = about("listing ", "list on ", from, path);
    question.right = "list on " + folder_policy_path(from, path);
    Call call{"GET", folder_target(from, path), {}, question, impl_->session.options().max_document};
    const net::Response response = co_await impl_->session.send(std::move(call), until);
    co_return decode_list(question, response);
}

awaitable<std::map<std::string, std::vector<std::string>>> Client::rights(std::vector<std::string> api_paths,
                                                                          Deadline until)
{
    const Question question{"asking what our token may do", "update on sys/capabilities-self"};
    Call call{"POST", "/v1/sys/capabilities-self", json{{"paths", api_paths}}.dump(), question};
    const net::Response response = co_await impl_->session.send(std::move(call), until);
    const json data = data_of(question, response);
    std::map<std::string, std::vector<std::string>> rights;
    for (const std::string& path : api_paths) rights[path] = decode_rights(question, data, path);
    co_return rights;
}

awaitable<std::map<std::string, std::vector<std::string>>> Client::capabilities(std::vector<std::string> paths,
                                                                                Deadline until)
{
    const Engine of = co_await impl_->engine(until);
    std::vector<std::string> asked;
    for (const std::string& path : paths) asked.push_back(policy_path(of, path));
    std::map<std::string, std::vector<std::string>> found = co_await rights(std::move(asked), until);
    std::map<std::string, std::vector<std::string>> result;
    for (const std::string& path : paths) result[path] = std::move(found.at(policy_path(of, path)));
    co_return result;
}

awaitable<Client::Places> Client::places(std::string path, Deadline until)
{
    const Engine of = co_await impl_->engine(until);
    Places places{policy_path(of, path), of.path + (of.version == 2 ? "/metadata/" : "/") + of.prefix + path};
    co_return places;
}

awaitable<Identity> Client::identity(Deadline until)
{
    const Question question{"asking who we are", "read on auth/token/lookup-self"};
    Call call{"GET", "/v1/auth/token/lookup-self", {}, question};
    const net::Response response = co_await impl_->session.send(std::move(call), until);
    co_return decode_identity(question, response);
}

awaitable<Health> Client::health(Deadline until)
{
    const Question question{"asking for Vault's health", {}};
    Call call{"GET",
              "/v1/sys/health?standbycode=200&sealedcode=200&uninitcode=200&drsecondarycode=200"
              "&performancestandbycode=200",
              {},
              question};
    const net::Response response = co_await impl_->session.send_anonymously(std::move(call), until);
    co_return decode_health(question, response);
}

awaitable<std::optional<Entity>> Client::entity(std::string id, Deadline until)
{
    if (!is_identity_id(id))
        throw Fault(make_error_code(Error::invalid_value), "asking who an entity is", "an id of other characters",
                    "letters, digits and dashes", "remove what stands under that name");
    const std::string path = "identity/entity/id/" + id;
    const Question question{"asking who entity " + id + " is", "read on " + path};
    Call call{"GET", "/v1/" + path, {}, question};
    const net::Response response = co_await impl_->session.send(std::move(call), until);
    std::optional<EntityReply> reply = decode_entity(question, id, response);
    if (!reply) co_return std::nullopt;
    std::vector<awaitable<std::string>> names;
    for (std::string& group : reply->group_ids) names.push_back(impl_->group(std::move(group), until));
    reply->entity.groups = co_await wave(impl_->executor, std::move(names));
    co_return std::move(reply->entity);
}

awaitable<std::optional<std::string>> Client::withdrawn(Deadline until)
{
    co_return co_await impl_->session.withdrawn(until);
}

awaitable<void> Client::try_login(Auth auth, Deadline until)
{
    co_await impl_->session.try_login(std::move(auth), until);
}

awaitable<void> Client::keep_login() { co_await impl_->session.keep(); }

awaitable<void> Client::revoke(Deadline until) { co_await impl_->session.revoke(until); }

} // namespace ysnp::vault
