#include "runner/policy/witnessed_store.h"
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace ysnp::policy {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

WitnessedStore::WitnessedStore(Store& store, vault::Client& client, conf::IdToken settings, Secret token)
    : store_(store), client_(client), settings_(std::move(settings)), token_(std::move(token))
{
}

/// Neither half ends the other: a login that Vault has given must be given back.
asio::awaitable<checks::Documents> WitnessedStore::read(const ProjectPath& project, Deadline until)
{
    checks::Documents documents = co_await (read_documents(project, until) && hear(until));
    if (unread_) std::rethrow_exception(unread_);
    if (unheard_) std::rethrow_exception(unheard_);
    co_return documents;
}

asio::awaitable<checks::Documents> WitnessedStore::read_documents(ProjectPath project, Deadline until)
{
    checks::Documents documents;
    try {
        documents = co_await store_.read(project, until);
    } catch (...) {
        unread_ = std::current_exception();
    }
    co_return documents;
}

asio::awaitable<void> WitnessedStore::hear(Deadline until)
{
    try {
        testimony_ = co_await verify(client_, settings_, token_.copy(), until);
    } catch (...) {
        unheard_ = std::current_exception();
    }
}

} // namespace ysnp::policy
