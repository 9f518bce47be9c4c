#include "id_token_world.h"
#include <algorithm>

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;
using checks::Verdict;
using nlohmann::json;

namespace {

const std::string only_ada = R"("users":["ada"])";

const checks::Reason* user_reason(const checks::Decision& decision)
{
    const auto found = std::find_if(decision.reasons.begin(), decision.reasons.end(),
                                    [](const checks::Reason& reason) { return reason.check == "user"; });
    return found == decision.reasons.end() ? nullptr : &*found;
}

std::size_t count(const std::vector<test::Recorded>& requests, std::string_view path)
{
    return static_cast<std::size_t>(
        std::count_if(requests.begin(), requests.end(), [&](const test::Recorded& one) { return one.path() == path; }));
}

} // namespace

TEST_CASE("a token that Vault accepts says who started the job; its login is given back and used for nothing "
          "[AC-I15] [AC-V18]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const std::string token = unsigned_token(echo_claims());
        const gitlab::Job job = echo_with(token);
        EvidenceWorld world(executor, token, documents_with(job, only_ada));
        const checks::Decision decision = co_await world.judge(job);
        CHECK(decision.verdict == Verdict::pass);
        CHECK(decision.requested_by == "ada");
        CHECK(decision.requester_verified);
        CHECK(world.fake.logins() == 2);
        CHECK(world.fake.tokens() == 1); // the runner's own
        const auto requests = world.fake.server().requests();
        CHECK(count(requests, "/v1/auth/jwt/login") == 1);
        CHECK(count(requests, "/v1/auth/token/revoke-self") == 1);
        for (const test::Recorded& request : requests)
            if (request.header("X-Vault-Token") == "hvs.token-2") CHECK(request.path() == "/v1/auth/token/revoke-self");
        co_await world.store.stop(in(10s));
    });
}

TEST_CASE("the token is verified beside the documents: two waves of requests in all")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const std::string token = unsigned_token(echo_claims());
        const gitlab::Job job = echo_with(token);
        EvidenceWorld world(executor, token, documents_with(job, only_ada));
        co_await world.judge(job);
        world.fake.server().clear();
        world.fake.hold("/v1/*", 8); // seven documents and a login; whoever asks one after the other waits for ever
        const checks::Decision decision = co_await world.judge(job);
        CHECK(decision.allowed());
        CHECK(world.fake.server().requests().size() == 9);
    });
}

TEST_CASE("somebody who runs a job in a privileged person's name is refused [AC-I15] [GATE-W10]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        struct Attempt {
            const char* what;
            json claims;
        };
        std::vector<Attempt> attempts;
        for (const auto& [claim, value] :
             std::vector<std::pair<const char*, json>>{{"job_id", "90002"},
                                                       {"project_id", "78"},
                                                       {"project_path", "acme/tools/other"},
                                                       {"pipeline_id", "5002"},
                                                       {"user_id", "1"},
                                                       {"ref", "other"},
                                                       {"iss", "https://elsewhere.test"},
                                                       {"aud", "https://elsewhere.test"}}) {
            json claims = echo_claims();
            claims[claim] = value;
            attempts.push_back({claim, claims});
        }
        for (const Attempt& attempt : attempts) {
            INFO(attempt.what);
            const std::string token = unsigned_token(attempt.claims);
            const gitlab::Job job = echo_with(token);
            EvidenceWorld world(executor, token, documents_with(job, only_ada));
            const checks::Decision decision = co_await world.judge(job);
            CHECK(decision.verdict == Verdict::refuse);
            CHECK(decision.code() == "PAY-IDENT");
        }
        json mallory = echo_claims();
        mallory["user_login"] = "mallory";
        const std::string token = unsigned_token(mallory);
        gitlab::Job job = echo_with(token);
        for (const char* name : {"GITLAB_USER_LOGIN", "GITLAB_USER_NAME"}) {
            gitlab::Variable claim;
            claim.key = name;
            claim.value = "ada";
            claim.is_public = true;
            job.variables.push_back(claim);
        }
        EvidenceWorld world(executor, token, documents_with(job, only_ada));
        const checks::Decision decision = co_await world.judge(job);
        CHECK(decision.verdict == Verdict::refuse);
        REQUIRE(user_reason(decision));
        CHECK(user_reason(decision)->found == "mallory");
        CHECK(decision.requested_by == "mallory");
    });
}

TEST_CASE("without a usable token a rule on people refuses and says how to repair that; other jobs run [GATE-A9]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const std::string good = unsigned_token(echo_claims());
        json twice = echo_claims();
        std::string duplicate = twice.dump();
        duplicate.insert(1, R"("user_login":"ada",)");
        const std::string ambiguous = checks::base64url("{}") + "." + checks::base64url(duplicate) + ".AAAA";
        struct Case {
            std::string token, accepted, found, remedy;
            bool asked;
        };
        const std::vector<Case> cases{
            {"", good, "no ID token in VAULT_ID_TOKEN", "id_tokens: { VAULT_ID_TOKEN:", false},
            {std::string(1u << 20, 'A'), good, "a token of 1048576 bytes", "id_tokens:", false},
            {"no token at all", good, "not three parts", "id_tokens:", false},
            {good, unsigned_token(twice) + "x", "that Vault does not accept: status 400", "the role runner of auth/jwt",
             true},
            {ambiguous, ambiguous, "comes twice", "id_tokens:", true},
        };
        for (const Case& one : cases) {
            INFO(one.found);
            const gitlab::Job job = echo_with(one.token);
            EvidenceWorld world(executor, one.accepted, documents_with(job, only_ada));
            const checks::Decision decision = co_await world.judge(job);
            CHECK(decision.verdict == Verdict::refuse);
            REQUIRE(user_reason(decision));
            CHECK(user_reason(decision)->found.find(one.found) != std::string::npos);
            CHECK(user_reason(decision)->remedy.find(one.remedy) != std::string::npos);
            CHECK(checks::render_json(decision).find(good) == std::string::npos);
            CHECK(count(world.fake.server().requests(), "/v1/auth/jwt/login") == (one.asked ? 1u : 0u));
            CHECK(world.fake.tokens() == 1);

            EvidenceWorld relaxed(executor, one.accepted, documents_with(job, R"("refs":["refs/heads/main"])"));
            const checks::Decision without_rule = co_await relaxed.judge(job);
            CHECK(without_rule.allowed());
            CHECK_FALSE(without_rule.requester_verified);
        }
    });
}

TEST_CASE("a Vault that gives no answer about the token refuses every job [AC-A01] [AC-A08]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const std::string token = unsigned_token(echo_claims());
        const gitlab::Job job = echo_with(token);
        struct Trouble {
            test::Fault fault;
            const char* code;
        };
        std::vector<Trouble> troubles(5);
        troubles[0] = {{.status = 500, .body = "{\"errors\":[]}"}, "VLT-UNAVAIL"};
        troubles[1] = {{.cut = test::Fault::Cut::after_request}, "VLT-UNAVAIL"};
        troubles[2] = {{.body = "<html>", .replace_body = true}, "VLT-REPLY"};
        troubles[3] = {{.body = R"({"auth":{"client_token":7}})", .replace_body = true}, "VLT-REPLY"};
        troubles[4] = {{.status = 307, .headers = {{"Location", "https://elsewhere.test/"}}}, "VLT-"};
        for (Trouble& trouble : troubles) {
            for (const char* rules : {R"("users":["ada"])", R"("refs":["refs/heads/main"])"}) {
                EvidenceWorld world(executor, token, documents_with(job, rules));
                trouble.fault.path = "/v1/auth/jwt/login";
                trouble.fault.times = -1;
                world.fake.add_fault(trouble.fault);
                const checks::Decision decision = co_await world.judge(job);
                CHECK(decision.verdict == Verdict::refuse);
                CHECK(decision.blame == checks::Blame::system);
                CHECK(decision.code().starts_with(trouble.code));
            }
        }
    });
}

TEST_CASE("a token that is verified makes up for no document that cannot be read [AC-A01] [INV-3]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const std::string token = unsigned_token(echo_claims());
        const gitlab::Job job = echo_with(token);
        EvidenceWorld world(executor, token, documents_with(job, only_ada));
        test::Fault fault;
        fault.path = "/v1/cicd/data/acme/tools/whitelist";
        fault.times = -1;
        fault.status = 403;
        world.fake.add_fault(fault);
        const checks::Decision decision = co_await world.judge(job);
        CHECK(decision.verdict == Verdict::refuse);
        CHECK(decision.blame == checks::Blame::system);
        CHECK_FALSE(decision.requester_verified);
        CHECK(world.fake.tokens() == 1); // the token's login is given back all the same
    });
}

TEST_CASE("with job_id_token the login's own token is the evidence, and nobody can be asked [GATE-A9] [GATE-W11]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const std::string token = unsigned_token(echo_claims());
        const gitlab::Job job = echo_with(token);
        for (const auto& [rules, verdict, code] : std::vector<std::tuple<std::string, Verdict, std::string>>{
                 {only_ada, Verdict::pass, ""},
                 {R"("users":["bob"])", Verdict::refuse, "USR-DENIED"},
                 {R"("users":["ada"],"approval":{"quorum":1})", Verdict::pass, ""}}) {
            test::FakeVault fake(executor, EvidenceWorld::accepting(token));
            for (const auto& [path, text] : documents_with(job, rules)) fake.put(path, text);
            vault::Options options = vault_options_for(fake.url());
            options.auth.method = vault::Auth::Method::token_of_job;
            options.auth.mount = evidence.mount;
            options.auth.role = evidence.role;
            VaultStore store(executor, std::move(options), evidence);
            const Surroundings surroundings = around_with_evidence();
            const checks::Decision decision = co_await judge(store, job, surroundings, in(10s));
            INFO(checks::render_json(decision));
            CHECK(decision.verdict == verdict);
            CHECK(decision.code() == code);
            CHECK(fake.tokens() == 0);

            for (const char* asking : {R"({"name":"mfaRequired"})", R"({"name":"scriptHash","onFail":"ask"})"}) {
                const std::string policy = std::string(R"({"version":1,"jobs":{"default":{"checks":[)") + asking +
                                           R"(],"free_variables":["VAULT_ID_TOKEN"]}}})";
                fake.put("acme/tools/hello/ysnp_policy", policy);
                fake.put("acme/tools/hello/whitelist", "{}");
                const checks::Decision asks = co_await judge(store, job, surroundings, in(10s));
                CHECK(asks.verdict == Verdict::refuse);
                CHECK(asks.code() == "USR-DENIED");
                for (const test::Recorded& request : fake.server().requests())
                    CHECK((request.method == "GET" || request.path().starts_with("/v1/auth/")));
            }
        }
    });
}
