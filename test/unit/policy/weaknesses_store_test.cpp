// How a job got past YSNP v1's scripts, each as something that must not happen here: who reads policy, and what counts
// as its answer.
#include "vault_world.h"
#include <algorithm>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using checks::Verdict;

namespace {

std::map<std::string, std::string> asking_documents()
{
    auto documents = allowing_documents();
    documents["acme/tools/hello/youshallnotpass_config"] =
        R"({"jobs":[{"jobName":"default","checks":[{"name":"mfaRequired"}]}]})";
    return documents;
}

gitlab::Job echo_with_token(const std::string& token)
{
    gitlab::Job job = gitlab::decode(payload("echo").dump());
    gitlab::Variable variable;
    variable.key = "VAULT_ID_TOKEN";
    variable.value = token;
    variable.masked = true;
    job.variables.push_back(variable);
    return job;
}

bool asked(test::FakeVault& fake, std::string_view part)
{
    return std::ranges::any_of(fake.server().requests(), [&](const test::Recorded& request) {
        return request.target.find(part) != std::string::npos;
    });
}

} // namespace

TEST_CASE("with the job's own token nobody is asked: the job could answer for itself [GATE-W11] [AC-A15]")
{
    const auto documents = asking_documents();
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        test::FakeVault fake(executor);
        for (const auto& [path, text] : documents) fake.put(path, text);
        vault::Options options = vault_options_for(fake.url());
        options.auth.method = vault::Auth::Method::token_of_job;
        options.auth.mount = "jwt";
        options.auth.role = "runner";
        conf::IdToken token;
        token.variable = "VAULT_ID_TOKEN";
        VaultStore store(executor, std::move(options), token);
        const gitlab::Job job = echo_with_token("header.payload.signature");
        const Surroundings surroundings = around();
        const checks::Decision decision = co_await judge(store, job, surroundings, in(10s));
        INFO(checks::render_json(decision));
        CHECK(decision.verdict == Verdict::refuse);
        CHECK_FALSE(asked(fake, "/approvals/"));
        CHECK(fake.tokens() == 0); // given back [GATE-W26]
    });
}

TEST_CASE("the runner's own identity reads policy: a job's token is not used, whatever it could read "
          "[GATE-W17] [GATE-W25] [AC-V18]")
{
    const auto documents = allowing_documents();
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        World world(executor, documents);
        const gitlab::Job job = echo_with_token("header.payload.signature");
        const Surroundings surroundings = around();
        const checks::Decision decision = co_await judge(world.store, job, surroundings, in(10s));
        CHECK(decision.verdict == Verdict::refuse); // a secret that policy does not list
        CHECK(asked(world.fake, "/auth/approle/login"));
        CHECK_FALSE(asked(world.fake, "/auth/jwt/"));
        for (const auto& request : world.fake.server().requests())
            CHECK(request.body.find("header.payload.signature") == std::string::npos);
        world.fake.deny("acme/tools/hello/whitelist"); // whoever took the right away: a 403 is no absence
        const checks::Decision denied = co_await world.judge_echo();
        CHECK(denied.code() == "VLT-AUTH");
    });
}

TEST_CASE("no policy, and a store that answers nobody knows what, are never a pass in a mode that enforces "
          "[GATE-W12] [GATE-W15] [AC-A02]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        World empty(executor, {});
        const checks::Decision nothing = co_await empty.judge_echo();
        CHECK(nothing.verdict == Verdict::refuse);
        CHECK(nothing.code() == "POL-MISSING");
        World moved(executor, allowing_documents());
        const checks::Decision before = co_await moved.judge_echo();
        CHECK(before.verdict == Verdict::pass);
        moved.fake.set_kv_version(1); // the engine is another one than when it was asked
        const checks::Decision other = co_await moved.judge_echo();
        CHECK(other.verdict == Verdict::refuse);
    });
}
