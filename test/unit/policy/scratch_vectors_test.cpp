#include "checks/approvals.h"
#include "scratch_world.h"
#include <fstream>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using nlohmann::json;

namespace {

json vectors(const char* group)
{
    const json all = json::parse(std::ifstream(std::string(YSNP_SOURCE_DIR) + "/test/vectors/ysnp-vectors.json"));
    return all.at(group);
}

/// What the gate makes of what a look found, `late` seconds after the request's end.
checks::Tally::Outcome weighed(const ApprovalRequest& request, const ApprovalEvidence& evidence, int late)
{
    checks::JobFacts facts;
    facts.project_path = request.project;
    facts.job_id = request.job_id;
    facts.approval = evidence;
    checks::ApprovalRule rule;
    rule.quorum = 1;
    return checks::tally_approvals(rule, facts, request.digest, request.expires + std::chrono::seconds(late)).outcome;
}

} // namespace

TEST_CASE("v1's polls: as often as it looked, a standing code approves nothing; its removal is seen at the next look, "
          "and nothing counts after the time-out [GATE-A11] [GATE-A4]")
{
    using Outcome = checks::Tally::Outcome;
    for (const json& row : vectors("mfa_polls")) {
        INFO(row.dump());
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            Codes codes(executor, 2);
            co_await codes.ask();
            codes.request.expires = codes.request.created + std::chrono::seconds(row.at("timeout_s").get<int>());
            ApprovalEvidence evidence;
            for (int poll = 0; poll < row.at("polls").get<int>(); ++poll) {
                evidence = co_await codes.look();
                CHECK(weighed(codes.request, evidence, 0) == Outcome::waiting);
            }
            evidence.request = codes.request;
            CHECK(weighed(codes.request, evidence, 1) == Outcome::expired);
            codes.request.expires += std::chrono::hours(24 * 365); // the fake's deletions have a fixed time
            codes.remove();
            evidence = co_await codes.look();
            CHECK(weighed(codes.request, evidence, 0) == Outcome::granted);
            CHECK(weighed(codes.request, evidence, 1) == Outcome::expired);
        });
    }
}

TEST_CASE("v1's marker of an earlier approval does not exist: no variable, empty or not, approves anything "
          "[GATE-A11] [GATE-W13]")
{
    for (const json& row : vectors("prevalidation")) {
        INFO(row.dump());
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            const std::string asks = R"({"jobs":[{"jobName":"default","checks":[{"name":"mfaRequired"}]}]})";
            World world(executor, {{"acme/tools/hello/youshallnotpass_config", asks}});
            world.store.accept_scratch_codes("https://vault.example.test");
            gitlab::Job job = gitlab::decode(payload("echo").dump());
            gitlab::Variable marker;
            marker.key = "YOUSHALLNOTPASS_PREVALIDATION_TOKEN";
            marker.value = row.at("token").get<std::string>();
            marker.is_public = true;
            job.variables.push_back(marker);
            const Surroundings surroundings = around();
            const checks::Decision decision = co_await judge(world.store, job, surroundings, in(20s));
            INFO(checks::render_json(decision));
            CHECK(decision.verdict == checks::Verdict::ask);
            CHECK(decision.code() == "USR-NEEDED");
        });
    }
}
