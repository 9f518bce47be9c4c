#include "test/integration/approvals/desk.h"
#include "net/secret.h"
#include "vault/client.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace ysnp::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

const std::string project = "acme/tools/hello";

constexpr const char* approver_acl = R"(
path "cicd/data/+/+/+/approvals/+/request" { capabilities = ["read"] }
path "cicd/data/+/+/+/approvals/+/approved/{{identity.entity.id}}" { capabilities = ["create", "update", "read"] }
)";

WorldOptions one_place(WorldOptions options)
{
    options.concurrent = 1;
    return options;
}

/// A person's own tool: it logs in with the token that the person has.
vault::Options as(const std::string& url, const std::string& token)
{
    vault::Options options;
    options.address = url;
    options.mount = "cicd";
    options.auth.method = vault::Auth::Method::token;
    options.auth.token = [token] { return Secret(token); };
    options.auth.described = "a person's token";
    return options;
}

boost::asio::awaitable<void> write_as(vault::Options options, std::string path, std::string text)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    vault::Client client(executor, std::move(options));
    co_await client.write(std::move(path), std::move(text), std::nullopt, in(20s));
}

boost::asio::awaitable<std::string> entity_of(vault::Options options)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    vault::Client client(executor, std::move(options));
    const vault::Identity identity = co_await client.identity(in(20s));
    co_return identity.entity_id;
}

} // namespace

ApprovalDesk::ApprovalDesk(const std::string& rule, const std::string& more, int kv)
    : vault_(kv), world_(one_place(vault_.world(more)))
{
    set_policy(rule);
}

void ApprovalDesk::set_policy(const std::string& rule, const std::string& more)
{
    const std::string always = R"({"name":"dateTimeCheck","scale":"daily"})";
    vault_.put(project + "/ysnp_policy", R"({"version":1,"jobs":{"free":{"checks":[)" + always +
                                             R"(]},"deploy":{"checks":[{"name":"mfaRequired"}],"approval":)" + rule +
                                             more + "}}}");
}

PayloadSpec ApprovalDesk::deploy() const
{
    PayloadSpec spec = world_.job({"echo deployed by $CI_JOB_NAME"});
    spec.name = "deploy";
    return spec;
}

PayloadSpec ApprovalDesk::free() const
{
    PayloadSpec spec = world_.job({"echo meanwhile"});
    spec.name = "free";
    return spec;
}

bool ApprovalDesk::log_says(std::uint64_t job, const std::string& text, std::chrono::seconds limit)
{
    const bool said = world_.until(
        job, [&](const FakeJob& now) { return plain(now.trace).find(text) != std::string::npos; }, limit);
    UNSCOPED_INFO(plain(world_.gitlab().job(job).trace));
    return said;
}

std::uint64_t ApprovalDesk::queue_waiting(PayloadSpec spec)
{
    const std::uint64_t job = world_.gitlab().enqueue(std::move(spec));
    world_.keep_running();
    REQUIRE(log_says(job, "Waiting for approval: request "));
    REQUIRE(log_says(job, "approve:"));
    return job;
}

std::string ApprovalDesk::request_of(std::uint64_t job)
{
    const std::string log = plain(world_.gitlab().job(job).trace), before = "Waiting for approval: request ";
    const auto at = log.find(before);
    REQUIRE(at != std::string::npos);
    return log.substr(at + before.size(), log.find('\n', at) - at - before.size());
}

bool ApprovalDesk::stands(const std::string& request)
{
    const json listed = json::parse(vault_.get_or(project + "/approvals/" + request + "/request", "null"));
    return !listed.is_null();
}

std::string ApprovalDesk::person(const std::string& login) { return vault_.person(login, approver_acl); }

std::string ApprovalDesk::entity(const std::string& token) { return run(io_, entity_of(as(vault_.url(), token))); }

void ApprovalDesk::answer(const std::string& token, const std::string& request, const std::string& decision,
                          const std::string& reason, std::chrono::seconds lasting)
{
    const std::string folder = project + "/approvals/" + request;
    const json asked = json::parse(vault_.get(folder + "/request"));
    json record{{"digest", asked.at("digest")},
                {"nonce", asked.at("nonce")},
                {"decision", decision},
                {"scope", lasting == 0s ? "once" : "until"},
                {"reason", reason}};
    if (lasting != 0s) record["until"] = asked.at("created").get<std::int64_t>() + lasting.count();
    run(io_, write_as(as(vault_.url(), token), folder + "/approved/" + entity(token), record.dump()));
}

} // namespace ysnp::test
