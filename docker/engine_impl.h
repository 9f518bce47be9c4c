#pragma once
#include "docker/engine.h"
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ysnp::docker {

/// One call, without the version in its path.
struct Ask {
    std::string method;
    std::string path; ///< "/containers/create?name=x"
    std::string body = {};
    Call kind = Call::other;
    std::vector<unsigned> answers = {}; ///< statuses beside 200 to 299 that the caller reads itself
    std::string name = {};              ///< in messages; empty: method and path without query
    const Secret* registry_auth = nullptr;
    std::function<std::unique_ptr<net::BodySource>()> stream = {};
};

struct Engine::Impl {
    Impl(boost::asio::any_io_executor executor, EngineOptions chosen);

    /// Sends with the agreed version; agrees first where there is none, and once more where the Engine changed.
    boost::asio::awaitable<net::Response> ask(Ask ask, Deadline until, net::BodySink* sink = nullptr);
    boost::asio::awaitable<net::Client::Upgraded> hijack(Ask ask, Deadline until);
    boost::asio::awaitable<EngineVersion> negotiate(Deadline until);
    /// What create answered is lost, or somebody has the name: the container of that name, if it is the spec's.
    boost::asio::awaitable<std::optional<ContainerId>> find_created(const ContainerSpec& spec, Deadline until);
    boost::asio::awaitable<std::optional<Inspection>> inspect(std::string name, Deadline until);
    /// Only containers that were created here and never started take part in the archive API.
    void expect_unstarted(const ContainerId& container, const char* call) const;
    boost::asio::awaitable<void> archive(const ContainerId& container, Ask ask, Deadline until, net::BodySink* sink);

    boost::asio::any_io_executor executor;
    EngineOptions options;
    net::Client client;
    std::optional<EngineVersion> version;
    std::set<ContainerId> unstarted;
    std::map<ContainerId, unsigned> archive_calls;

private:
    boost::asio::awaitable<net::Response> ping(Deadline until);
    boost::asio::awaitable<net::Response> send(const Ask& ask, std::string prefix, Deadline until, net::BodySink* sink);
    net::Request request(const Ask& ask, const std::string& prefix) const;
    EngineError unreachable(const Ask& ask, const std::system_error& error) const;
};

/// The error for an answer that is not one.
EngineError refusal(const Ask& ask, const net::Response& response);
/// A path segment: everything but unreserved characters percent-encoded; empty, "." and ".." are refused.
std::string segment(std::string_view text);

} // namespace ysnp::docker
