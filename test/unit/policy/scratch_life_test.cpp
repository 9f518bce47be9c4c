#include "scratch_world.h"

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;

TEST_CASE("an error between is no approval, and the removal seen afterwards is one")
{
    on_both_versions([](Codes& codes) -> asio::awaitable<void> {
        for (const unsigned status : {403u, 404u, 500u, 503u}) {
            test::Fault fault;
            fault.path = "*" + nonce;
            fault.status = status;
            fault.body = R"({"errors":["not now"]})";
            fault.times = 2; // and the attempt after it
            codes.fake.add_fault(fault);
            const bool approved = co_await approves(codes);
            CHECK_FALSE(approved);
            codes.fake.clear_faults();
        }
        codes.remove();
        const bool approved = co_await approves(codes);
        CHECK(approved);
    });
}

TEST_CASE("a code that is gone when the runner comes back approves nothing: it was not seen [AC-A26]")
{
    on_both_versions([](Codes& codes) -> asio::awaitable<void> {
        ScratchCodes restarted(codes.client, codes.records, "cicd", "https://vault.example.test");
        const ApprovalEvidence standing = co_await restarted.look(codes.request, Scope::answers, in(20s));
        CHECK(standing.records.empty());
        CHECK(standing.request.nonce == nonce);
        codes.remove();
        const ApprovalEvidence seen = co_await restarted.look(codes.request, Scope::answers, in(20s));
        CHECK(seen.records.size() == 1);
        ScratchCodes late(codes.client, codes.records, "cicd", "https://vault.example.test");
        const ApprovalEvidence unseen = co_await late.look(codes.request, Scope::answers, in(20s));
        CHECK(unseen.records.empty());
        CHECK(unseen.request.nonce == nonce); // and the job goes on waiting
    });
}

TEST_CASE("a code that somebody wrote over is another request, and one that stands there already is not taken over")
{
    on_both_versions([](Codes& codes) -> asio::awaitable<void> {
        codes.fake.put(code, R"({"CI/CD pipeline id":"5001"})");
        const ApprovalEvidence changed = co_await codes.look();
        CHECK(changed.request.nonce.empty());
        CHECK(changed.records.empty());
    });
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Codes codes(executor, 2);
        codes.fake.put(code, R"({"CI/CD pipeline id":"1"})");
        bool refused = false;
        try {
            co_await codes.ask();
        } catch (const StoreFault& fault) {
            refused = fault.code() == Failure::conflict;
        }
        CHECK(refused);
    });
}

TEST_CASE("a code for one job and digest says nothing about another [AC-A17] [INV-10]")
{
    on_both_versions([](Codes& codes) -> asio::awaitable<void> {
        codes.request.digest = "ysnp2:other";
        const ApprovalEvidence other_digest = co_await codes.look();
        CHECK(other_digest.request.nonce.empty());
        codes.request = request_of_job();
        codes.request.id = "scratch/shared/" + nonce;
        codes.request.job_id = 90002;
        const ApprovalEvidence other_job = co_await codes.look();
        CHECK(other_job.request.nonce.empty());
    });
}

TEST_CASE("the folder's user comes from a verified token and fits a path, or is shared [AC-A24] [GATE-W10]")
{
    checks::Decision decision = asking();
    decision.requested_by = "ada";
    decision.requester_email = "ada@example.test";
    CHECK(scratch_user(decision) == "shared"); // a claim of GitLab's, not of a token
    decision.requester_verified = true;
    CHECK(scratch_user(decision) == "ada@example.test");
    for (const std::string& email :
         {std::string(), std::string("../../other/scratch/x"), std::string("a/b@example.test"), std::string("a@b/c"),
          std::string("@x"), std::string("a@"), std::string("a%2f@x.test"), std::string("a b@x.test"),
          std::string("a@@x"), std::string(".a@x.test"), std::string("a@.x"), "a@" + std::string(10240, 'x'),
          std::string("a\n@x.test")}) {
        decision.requester_email = email;
        INFO(email.substr(0, 40));
        CHECK(scratch_user(decision) == "ada");
    }
    for (const char* login : {"", "..", ".", "a/b", "a%2fb", "shared", "~runner", "a b"}) {
        decision.requested_by = login;
        INFO(login);
        CHECK(scratch_user(decision) == "shared");
    }
    ApprovalRequest request = request_of_job();
    for (const char* bad : {"", "short", "0123456789abcdefghij/x", "0123456789abcdefghij.."}) {
        request.nonce = bad;
        CHECK_THROWS_AS(scratch_id(request, decision), StoreFault);
    }
}

TEST_CASE("a personal folder's code counts as that person's, a rule of ysnp_policy asks for records")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Codes codes(executor, 2);
        checks::Decision decision = asking();
        decision.requester_verified = true;
        decision.requester_email = "ada@example.test";
        codes.request = co_await codes.codes.ask(request_of_job(), decision, in(20s));
        CHECK(codes.request.id == "scratch/ada@example.test/" + nonce);
        codes.fake.soft_delete("acme/tools/hello/scratch/ada%40example.test/" + nonce); // as the URL has it
        const ApprovalEvidence evidence = co_await codes.look();
        REQUIRE(evidence.records.size() == 1);
        CHECK(evidence.records[0].login == "ada");

        decision.approval.native = true;
        const ApprovalRequest native = co_await codes.codes.ask(request_of_job(), decision, in(20s));
        CHECK(codes.records.asked == 1);
        CHECK(native.id == "90001-abc");
        CHECK(codes.codes.public_name(native) == "90001-abc");
        CHECK(codes.codes.stays(native));
        CHECK(codes.codes.instructions(native) == std::vector<std::string>{"records"});
    });
}

TEST_CASE("an ask that fails at any request leaves no code behind where Vault lets it be removed [AC-A25]")
{
    for (int position = 0; position < 6; ++position) {
        on_loop([position](asio::any_io_executor executor) -> asio::awaitable<void> {
            Codes codes(executor, 2);
            test::Fault fault;
            fault.path = "*/scratch/*";
            fault.skip = position;
            fault.cut = test::Fault::Cut::after_request;
            fault.times = 3; // all attempts of one request
            codes.fake.add_fault(fault);
            bool failed = false;
            try {
                co_await codes.ask();
            } catch (const StoreFault&) {
                failed = true;
            }
            codes.fake.clear_faults();
            const auto left = co_await codes.client.list("acme/tools/hello", in(20s));
            INFO(position);
            CHECK(left.empty() == failed);
        });
    }
}
