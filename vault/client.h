#pragma once
#include "net/deadline.h"
#include "vault/fault.h"
#include "vault/options.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::vault {

/// One document of the KV engine.
struct Document {
    std::optional<std::string> text; ///< a JSON object; nullopt: Vault says that there is none
    std::uint64_t version = 0;       ///< of KV v2, the newest, also where that one is deleted; else 0
    std::string created;             ///< of KV v2: RFC 3339 time of that version
    bool deleted = false;            ///< KV v2: there was one, and its newest version is deleted or destroyed
    std::string deletion;            ///< KV v2: RFC 3339 time at which that version was or will be deleted; else empty
};

/// Who Vault takes us for.
struct Identity {
    std::string display_name;
    std::string entity_id; ///< empty where the login has no entity
    std::vector<std::string> policies;
    std::chrono::seconds lease{0}; ///< 0: without end
    bool renewable = false;

    bool is_root() const;
};

/// A person or a machine as Vault's identity engine knows it, whichever way it logs in.
struct Entity {
    std::string id, name;
    std::vector<std::string> aliases; ///< its names at the ways to log in
    std::vector<std::string> groups;  ///< names of all groups that it belongs to, directly or through others
    bool disabled = false;
};

/// What an address says of itself, without a login (GET /sys/health).
struct Health {
    bool initialized = false, sealed = true, standby = false;
    std::string version;
};

/// A client of Vault 1.x and OpenBao 2.x for one KV engine. Logs in at the first use, keeps the token for later calls,
/// and once more where Vault has revoked it. Documents are never cached. Paths are relative to the engine, of segments
/// without `.`, `..`, blanks at the ends, control characters and `%`. Every call throws Fault; all are safe to cancel,
/// run on the executor's one thread and may run side by side. Must outlive its calls.
class Client {
public:
    /// Throws Fault (Failure::invalid) for options that cannot be used.
    Client(boost::asio::any_io_executor executor, Options options);
    ~Client();

    /// Logs in unless that has been done, and says as whom.
    boost::asio::awaitable<Identity> log_in(Deadline until);
    boost::asio::awaitable<Document> read(std::string path, Deadline until);
    /// All of them in parallel, in the order of `paths`: one wave of requests, or two where the engine's version must
    /// be asked first. The first that fails ends the others.
    boost::asio::awaitable<std::vector<Document>> read_all(std::vector<std::string> paths, Deadline until);
    /// Writes a JSON object. `only_at`: the version that is to be there now, 0 for none (check-and-set); otherwise
    /// Failure::conflict. KV v1 knows no versions: 0 is a look before the write, any other number is invalid. Returns
    /// the new version (0 on v1).
    boost::asio::awaitable<std::uint64_t> write(std::string path, std::string text,
                                                std::optional<std::uint64_t> only_at, Deadline until);
    /// Removes a document with all of its versions; one that is not there is no error.
    boost::asio::awaitable<void> remove(std::string path, Deadline until);
    /// Names in a folder, those of folders end in `/`; empty where there is none. An empty path lists the mount itself.
    boost::asio::awaitable<std::vector<std::string>> list(std::string path, Deadline until);
    /// What our token may do on documents (POST sys/capabilities-self): "read", "create", "deny", …
    boost::asio::awaitable<std::map<std::string, std::vector<std::string>>> capabilities(std::vector<std::string> paths,
                                                                                         Deadline until);
    /// The same for any paths of Vault's API, such as sys/policies/acl/x, as a policy names them.
    boost::asio::awaitable<std::map<std::string, std::vector<std::string>>> rights(std::vector<std::string> api_paths,
                                                                                   Deadline until);
    /// Where the engine keeps a document, as a policy names it: cicd/data/x and cicd/metadata/x; both cicd/x on KV v1.
    struct Places {
        std::string data, metadata;
    };
    boost::asio::awaitable<Places> places(std::string path, Deadline until);
    /// Asks Vault again who we are (auth/token/lookup-self).
    boost::asio::awaitable<Identity> identity(Deadline until);
    boost::asio::awaitable<Health> health(Deadline until);
    /// Who an entity is (identity/entity/id, identity/group/id), of the client's namespace; nothing where Vault knows
    /// none by this id. Failure::invalid for what cannot be an id.
    boost::asio::awaitable<std::optional<Entity>> entity(std::string id, Deadline until);

    /// Whether Vault has taken our login back: its token is refused though its lease lasts, and so is a new login, by
    /// Vault's own word. That word; nothing where we are let in, never were, or our lease had simply ended. Throws
    /// Fault where nobody can tell.
    boost::asio::awaitable<std::optional<std::string>> withdrawn(Deadline until);

    /// Whether another credential gets in: logs in with it over the same connections, gives that login back at once and
    /// uses it for nothing. Throws Fault: Failure::denied where Vault says no.
    boost::asio::awaitable<void> try_login(Auth auth, Deadline until);

    /// Keeps the login alive: logs in, renews before it ends, logs in again where it cannot be renewed. Failures are
    /// told to Options::warn and tried again. Never ends; cancel it.
    boost::asio::awaitable<void> keep_login();
    /// Gives the token back (revoke-self) where we got it by a login; a token that we were given is left alone.
    boost::asio::awaitable<void> revoke(Deadline until);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::vault
