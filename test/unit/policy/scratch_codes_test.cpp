#include "checks/digest.h"
#include "scratch_world.h"

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;

TEST_CASE("a scratch code lies where v1 had it, holds the pipeline's id, and names job and digest [GATE-A6]")
{
    on_both_versions([](Codes& codes) -> asio::awaitable<void> {
        CHECK(codes.request.id == "scratch/shared/" + nonce);
        const vault::Document document = co_await codes.client.read(code, in(20s));
        REQUIRE(document.text);
        const auto text = nlohmann::json::parse(*document.text);
        CHECK(text.at("CI/CD pipeline id") == "5001");
        CHECK(text.at("job id") == "90001");
        CHECK(text.at("digest") == "ysnp2:abc");
        const auto names = co_await codes.client.list(folder, in(20s));
        CHECK(names == std::vector{nonce}); // what the approver sees
        const std::string lines = codes.codes.instructions(codes.request).at(0);
        CHECK(lines.find(codes.kv == 2
                             ? "https://vault.example.test/ui/vault/secrets/cicd/kv/list/" + folder + "/"
                             : "https://vault.example.test/ui/vault/secrets/cicd/list/" + folder) != std::string::npos);
        CHECK(lines.find(nonce) == std::string::npos); // the name is not for everybody who can read the log
        CHECK(codes.codes.public_name(codes.request) == "scratch/shared");
        CHECK_FALSE(codes.codes.stays(codes.request));
        co_await codes.codes.withdraw(codes.request, in(20s));
        const auto left = co_await codes.client.list("acme/tools/hello", in(20s));
        CHECK(left.empty());
    });
}

TEST_CASE("a code that stood and was removed approves this very request, once it is gone [GATE-A3] [INV-11]")
{
    on_both_versions([](Codes& codes) -> asio::awaitable<void> {
        const bool standing = co_await approves(codes);
        CHECK_FALSE(standing);
        codes.remove();
        const ApprovalEvidence evidence = co_await codes.look();
        CHECK(evidence.request.nonce == nonce);
        REQUIRE(evidence.records.size() == 1);
        const checks::ApprovalRecord& record = evidence.records[0];
        CHECK(record.scratch);
        CHECK(record.approves);
        CHECK(record.digest == "ysnp2:abc");
        CHECK(record.nonce == nonce);
        CHECK(record.entity == "scratch/shared");
        CHECK(record.login.empty()); // nobody in particular
        const bool again = co_await approves(codes);
        CHECK(again); // the decision before the start looks once more
    });
}

TEST_CASE("absences that are no removal do not approve [AC-A15] [AC-A16] [GATE-W12] [INV-11]")
{
    struct Row {
        const char* what;
        int kv; // 0: both
        std::function<void(Codes&)> happens;
    };
    const auto answers = [](int times, unsigned status, std::string body) {
        return [=](Codes& codes) {
            test::Fault fault;
            fault.path = "*" + nonce;
            fault.status = status;
            fault.body = body;
            fault.times = times;
            codes.fake.add_fault(fault);
        };
    };
    const std::vector<Row> rows{
        {"metadata removed with all versions", 2, [](Codes& c) { c.fake.forget(code); }},
        {"destroyed, never deleted", 2, [](Codes& c) { c.fake.destroy(code); }},
        {"the engine was emptied, moved or restored", 0, [](Codes& c) { c.fake.forget("*"); }},
        {"a proxy's 404", 0, answers(-1, 404, "")},
        {"a portal's 404", 0, answers(-1, 404, "<html>")},
        {"the 404 of another KV version", 0,
         answers(-1, 404, R"({"data":null,"warnings":["Invalid path for a versioned K/V secrets engine."]})")},
        {"no such engine", 0, answers(-1, 404, R"({"errors":["no handler for route"]})")},
        {"permission denied", 0, answers(-1, 403, R"({"errors":["permission denied"]})")},
        {"an error of Vault's", 0, answers(-1, 500, R"({"errors":[]})")},
        {"an empty answer", 0, answers(-1, 204, "")},
        {"null", 0, answers(-1, 200, R"({"data":null})")},
        {"sealed", 0, [](Codes& c) { c.fake.set_sealed(true); }},
        {"every token revoked and no new login", 0,
         [](Codes& c) {
             c.fake.revoke_all();
             test::Fault fault;
             fault.path = "/v1/auth/*";
             fault.status = 403;
             fault.times = -1;
             c.fake.add_fault(fault);
         }},
        {"deleted too late", 2,
         [](Codes& c) {
             c.request.expires = checks::Now{}; // long ago
             c.remove();
         }},
    };
    for (const Row& row : rows) {
        on_both_versions([&](Codes& codes) -> asio::awaitable<void> {
            if (row.kv != 0 && row.kv != codes.kv) co_return;
            INFO(row.what);
            row.happens(codes);
            for (int i = 0; i < 3; ++i) {
                const bool approved = co_await approves(codes);
                CHECK_FALSE(approved);
            }
        });
    }
}

TEST_CASE("a removal is the deletion of exactly the version that was seen, by somebody, in time [AC-A16] [AC-A27]")
{
    using vault::Document;
    const ApprovalRequest request = request_of_job();
    const auto at = [](const char* deletion) {
        Document gone;
        gone.version = 3;
        gone.created = "2026-01-01T10:00:00.1Z";
        gone.deletion = deletion;
        gone.deleted = true;
        return gone;
    };
    Document before = at("");
    before.text = "{}";
    before.deleted = false;
    const Document removed = at("2026-01-01T10:00:00.2Z");
    CHECK(was_removed(before, removed, request));
    CHECK_FALSE(was_removed(before, at(""), request));
    CHECK_FALSE(was_removed(before, at("yesterday"), request));
    CHECK_FALSE(was_removed(before, at("2026-01-01T09:59:59Z"), request)); // before it was made
    CHECK_FALSE(was_removed(before, at("2199-01-01T10:00:00Z"), request)); // after the request ran out
    CHECK_FALSE(was_removed(before, before, request));
    CHECK_FALSE(was_removed(before, Document(), request));
    Document expiring = before; // delete_version_after: Vault said beforehand when it would go
    expiring.deletion = removed.deletion;
    CHECK_FALSE(was_removed(expiring, removed, request));
    Document newer = removed;
    newer.version = 4;
    CHECK_FALSE(was_removed(before, newer, request));
    Document another = removed;
    another.created = "2026-01-01T10:00:00.15Z";
    CHECK_FALSE(was_removed(before, another, request));
    Document of_v1;
    of_v1.text = "{}";
    CHECK(was_removed(of_v1, Document(), request));
    CHECK_FALSE(was_removed(of_v1, removed, request)); // an engine of another version
}
