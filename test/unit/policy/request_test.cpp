#include "checks/approval_request.h"
#include "checks/digest.h"
#include "payloads.h"
#include "runner/policy/request.h"
#include <catch2/catch_test_macros.hpp>
#include <openssl/rand.h>
#include <system_error>

using namespace ysnp;
using namespace ysnp::policy;

namespace {

checks::Decision asking()
{
    checks::Decision decision;
    decision.verdict = checks::Verdict::ask;
    decision.document = R"({"job":{"name":"deploy"}})";
    decision.digest = checks::digest_of_document(decision.document);
    decision.project_path = "acme/tools/hello";
    decision.job_name = "deploy";
    decision.job_id = 812;
    decision.requested_by = "alice";
    decision.approval.quorum = 2;
    decision.approval.groups = {"ops"};
    return decision;
}

checks::ApprovalRequest make()
{
    const gitlab::Job job = gitlab::decode(sample::payload("echo").dump());
    return request_for(asking(), job, {.gitlab = "https://gitlab.example.com", .runner = "hardened-1"},
                       std::chrono::minutes(30));
}

/// OpenSSL without random numbers, as long as it lives.
class NoRandomness {
public:
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    NoRandomness() : before_(RAND_get_rand_method())
    {
        static const RAND_METHOD none{nullptr,         [](unsigned char*, int) { return 0; }, nullptr, nullptr, nullptr,
                                      [] { return 0; }};
        RAND_set_rand_method(&none);
    }
    ~NoRandomness() { RAND_set_rand_method(before_); }

private:
    const RAND_METHOD* before_;
#pragma GCC diagnostic pop
};

} // namespace

TEST_CASE("a request says what a decision asks, whole, and is read back")
{
    const checks::ApprovalRequest request = make();
    checks::ApprovalRequest read;
    CHECK(checks::read_request(checks::write_request(request), read).empty());
    CHECK(request.id == checks::request_id(812, asking().digest));
    CHECK(read.quorum == 2);
    CHECK(read.groups == std::vector<std::string>{"ops"});
    CHECK(read.ref.starts_with("refs/"));
    CHECK(read.expires - read.created == std::chrono::minutes(30));
    CHECK(read.requested_by == "alice");
    CHECK_FALSE(read.verified);
}

TEST_CASE("each request has a nonce of 128 random bits; without random numbers there is none [AC-A25]")
{
    const std::string first = make().nonce, second = make().nonce;
    CHECK(first.size() == 22);
    CHECK(first != second);
    const NoRandomness none;
    CHECK_THROWS_AS(make(), std::system_error);
}
