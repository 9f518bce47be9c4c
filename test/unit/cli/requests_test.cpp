#include "vault_desk.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;

namespace {

bool wrote(const std::vector<std::string>& calls)
{
    return std::any_of(calls.begin(), calls.end(),
                       [](const std::string& call) { return call.starts_with("POST /v1/cicd/"); });
}

} // namespace

TEST_CASE("gate pending lists what waits below a group, with what changed since the last approval")
{
    VaultThread vault;
    auto earlier = request_of(700, {"make", "deploy --limit edge"});
    earlier.created = at(desk_time - 90'000);
    earlier.expires = at(desk_time - 80'000);
    put(vault, earlier);
    put_answer(vault, earlier, "entity-7", true);
    put_grant(vault, earlier, desk_time - 89'000);
    auto open = request_of(812, {"make", "deploy --limit all"});
    open.quorum = 2;
    put(vault, open);
    put_answer(vault, open, "entity-7", true);
    auto first = request_of(813, {"true"}, "e2e");
    first.project = "infra/sub/shop";
    first.verified = true;
    put(vault, first);
    put(vault, request_of(814, {"denied"}));
    put_answer(vault, request_of(814, {"denied"}), "entity-7", false);
    auto elsewhere = request_of(815, {"true"});
    elsewhere.project = "other/project";
    put(vault, elsewhere);

    PersonsDesk desk(vault);
    REQUIRE(desk.run({"gate", "pending", "--project", "infra"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("REQUEST"));
    CHECK_THAT(desk.out, ContainsSubstring(open.id + "  10m  20m"));
    CHECK_THAT(desk.out, ContainsSubstring("alice (as GitLab claims)  1/2       step \"script\" (2 lines)"));
    CHECK_THAT(desk.out, ContainsSubstring("infra/sub/shop") && ContainsSubstring("alice (verified)") &&
                             ContainsSubstring("first request of this job"));
    CHECK_THAT(desk.out, !ContainsSubstring("700-") && !ContainsSubstring("814-") && !ContainsSubstring("815-"));
    REQUIRE(desk.run({"gate", "pending", "--output", "json"}) == 0);
    const json list = json::parse(desk.out);
    REQUIRE(list.size() == 3);
    CHECK(list[0]["id"] == open.id);
    CHECK(list[0]["answers"][0]["entity"] == "entity-7");
    CHECK(list[0]["created"] == "2026-11-30T09:50:00Z");
    CHECK(list[1]["project"] == "infra/sub/shop");
    CHECK(list[2]["project"] == "other/project");
    REQUIRE(desk.run({"gate", "pending", "--project", "nobody/here"}) == 0);
    CHECK(desk.out == "nothing waits for an answer\n");
}

TEST_CASE("how often people were asked before is in front of their eyes [AC-A23]")
{
    VaultThread vault;
    auto again = request_of(812, {"true"});
    again.denied = 2;
    again.unanswered = 1;
    put(vault, again);
    PersonsDesk desk(vault);
    REQUIRE(desk.run({"gate", "pending", "--project", "infra"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("asked before, 2 denied, 1 unanswered; never approved"));
    REQUIRE(desk.run({"gate", "pending", "--output", "json"}) == 0);
    CHECK(json::parse(desk.out)[0]["denied_before"] == 2);
    REQUIRE(desk.run({"gate", "show", again.id, "--project", again.project}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("Asked before  2 denied, 1 unanswered in a day"));
    put(vault, request_of(813, {"false"}));
    REQUIRE(desk.run({"gate", "show", request_of(813, {"false"}).id, "--project", again.project}) == 0);
    CHECK_THAT(desk.out, !ContainsSubstring("Asked before"));
}

TEST_CASE("gate pending shows what it may see and says which folders are closed")
{
    VaultThread vault;
    put(vault, request_of(812, {"true"}));
    auto secret = request_of(813, {"true"});
    secret.project = "infra/secret";
    put(vault, secret);
    vault.with([](FakeVault& fake) { fake.deny("infra/secret"); });
    PersonsDesk desk(vault);
    REQUIRE(desk.run({"gate", "pending"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("812-") && !ContainsSubstring("813-"));
    CHECK_THAT(desk.logged, ContainsSubstring("not searched: listing cicd/infra/secret"));
    // a project that is closed but for its requests shows them
    vault.with([](FakeVault& fake) { fake.deny("infra/edge"); });
    REQUIRE(desk.run({"gate", "pending", "--project", "infra/edge"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("812-"));
    CHECK(desk.logged.empty());
    vault.with([](FakeVault& fake) {
        fake.deny("infra");
        fake.deny("infra/approvals");
    });
    CHECK(desk.run({"gate", "pending", "--project", "infra"}) == 4);
    CHECK_THAT(desk.logged, ContainsSubstring("grant list on cicd/metadata/infra"));
}

TEST_CASE("gate show prints the job as a diff to the one that was approved last, or all of it [AC-A28]")
{
    VaultThread vault;
    auto earlier = request_of(700, {"set -e", "deploy --limit edge"});
    earlier.created = at(desk_time - 90'000);
    put(vault, earlier);
    auto open = request_of(812, {"set -e", "deploy --limit all \x1b[2K"});
    open.requested_by = "al\u0456ce"; // not alice
    put(vault, open);
    PersonsDesk desk(vault);
    REQUIRE(desk.run({"gate", "show", open.id, "--project", "infra/edge"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("Compared with nothing: people have approved no request of this job yet"));
    CHECK_THAT(desk.out, ContainsSubstring("      -| set -e\n      -! deploy --limit all \\u{1b}[2K\n"));

    put_answer(vault, earlier, "entity-7", true);
    put_grant(vault, earlier, desk_time - 86'400);
    REQUIRE(desk.run({"gate", "show", open.id, "--project", "infra/edge"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("Digest        " + open.digest + " (recomputed)\n"));
    CHECK_THAT(desk.out, ContainsSubstring("Nonce         " + open.nonce));
    CHECK_THAT(desk.out,
               ContainsSubstring("Ref           refs/heads/main at 4be1c9d092887913cadf06b2adb97f26cde4849b"));
    CHECK_THAT(desk.out, ContainsSubstring("Started by    al\\u{456}ce (as GitLab claims)"));
    CHECK_THAT(desk.out, ContainsSubstring("Compared with " + earlier.id + ", approved 2026-11-29T10:00:00Z by eve\n"));
    CHECK_THAT(desk.out, ContainsSubstring("Changed       step \"script\" (2 lines)\n"));
    // the whole job: also what is far from the change
    CHECK_THAT(desk.out, ContainsSubstring("\n job: \"deploy\"\n") && ContainsSubstring("\n ysnp: 2\n"));
    CHECK_THAT(desk.out, ContainsSubstring("       -| set -e\n-      -| deploy --limit edge\n"
                                           "+      -! deploy --limit all \\u{1b}[2K\n"));
    CHECK_THAT(desk.out, ContainsSubstring("ysnprunner gate approve " + open.id +
                                           " --project infra/edge --mount cicd --reason TEXT\n"));
    CHECK_THAT(desk.out, !ContainsSubstring("\x1b") && !ContainsSubstring("\u0456"));
    REQUIRE(desk.run({"gate", "show", open.id, "--whole"}) == 0); // found wherever it lies
    CHECK_THAT(desk.out, ContainsSubstring("\nysnp: 2\n") && !ContainsSubstring("deploy --limit edge"));
    REQUIRE(desk.run({"gate", "show", open.id, "--changes"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("@@ step \"script\" @@\n") && !ContainsSubstring("ysnp: 2\n"));

    REQUIRE(desk.run({"gate", "show", open.id, "--output", "json"}) == 0);
    const json shown = json::parse(desk.out);
    CHECK(shown["document"] == json::parse(open.document));
    CHECK(shown["digest"] == open.digest);
    CHECK(shown["compared_with"] == json({{"id", earlier.id},
                                          {"digest", earlier.digest},
                                          {"approved", "2026-11-29T10:00:00Z"},
                                          {"by", {"eve"}},
                                          {"changed", "step \"script\" (2 lines)"}}));
    CHECK(shown["shown"][0] != json::parse(open.document).dump());
    CHECK_FALSE(wrote(vault.calls()));
}

TEST_CASE("a job is compared with what was granted last, and with nothing that only looks approved [AC-A28]")
{
    VaultThread vault;
    const auto earlier = [&](std::int64_t id, std::int64_t age) {
        auto request = request_of(id, {"number " + std::to_string(id)});
        request.created = at(desk_time - age);
        put(vault, request);
        put_answer(vault, request, "entity-7", true);
        return request;
    };
    const auto open = request_of(812, {"true"});
    put(vault, open);
    // answers that do not count (too few, or not of the group) are no grant; nor is a note about another request
    const auto waiting = earlier(750, 700);
    vault.put(policy::grant_path(waiting.project, waiting.id),
              policy::write_grant(request_of(751, {"other"}), {at(desk_time), {"eve"}}));
    const auto other_job = request_of(752, {"true"}, "e2e");
    put(vault, other_job);
    put_answer(vault, other_job, "entity-7", true);
    put_grant(vault, other_job, desk_time);
    PersonsDesk desk(vault);
    const auto compared = [&](const std::string& id) {
        REQUIRE(desk.run({"gate", "show", id, "--project", "infra/edge", "--output", "json"}) == 0);
        const json with = json::parse(desk.out)["compared_with"];
        return with.is_null() ? std::string() : with["id"].get<std::string>();
    };
    CHECK(compared(open.id).empty());
    const auto first = earlier(700, 9000), second = earlier(701, 8000), third = earlier(702, 7000);
    put_grant(vault, first, desk_time - 100); // asked first, approved last
    put_grant(vault, second, desk_time - 6000);
    put_grant(vault, third, desk_time - 6500);
    CHECK(compared(open.id) == first.id);
    CHECK(compared(second.id) == third.id); // what was granted itself: with the one before it
    CHECK(compared(third.id).empty());
    put_answer(vault, first, "entity-7", false); // taken back since
    CHECK(compared(open.id) == second.id);
    // a login that may not see the notes says so, and shows the whole
    vault.with([&](FakeVault& fake) { fake.deny(policy::grant_path(second.project, second.id)); });
    CHECK(compared(open.id).empty());
    CHECK_THAT(desk.logged, ContainsSubstring("you may not see which requests were granted"));
    REQUIRE(desk.run({"gate", "pending", "--project", "infra"}) == 0);
    CHECK_THAT(desk.logged, ContainsSubstring("compared with nothing that was approved before: "));
}

TEST_CASE("a long job is shown in pages, each of which says that there are more [AC-A28]")
{
    VaultThread vault;
    std::vector<std::string> script;
    for (int i = 0; i < 4000; ++i) script.push_back("echo this is line number " + std::to_string(i));
    const auto open = request_of(812, script);
    put(vault, open);
    PersonsDesk desk(vault);
    std::string all;
    for (int page = 1; page <= 4; ++page) {
        REQUIRE(desk.run({"gate", "show", open.id, "--page", std::to_string(page)}) == 0);
        CHECK_THAT(desk.out, ContainsSubstring("THIS IS PAGE " + std::to_string(page) + " OF 4: read all of them"));
        CHECK(desk.out.size() < 60'000);
        all += desk.out;
    }
    for (const std::string& line : script) REQUIRE(all.find("-| " + line + "\n") != std::string::npos);
    CHECK(desk.run({"gate", "show", open.id, "--page", "5"}) == 2);
    CHECK(desk.run({"gate", "show", open.id, "--page", "0"}) == 2);
}

TEST_CASE("a request that is not what it says is refused by every command, and nothing is written [AC-A17]")
{
    VaultThread vault;
    const auto open = request_of(812, {"deploy --limit edge"});
    const std::string path = folder_of(open) + "/request";
    PersonsDesk desk(vault);
    const auto refused = [&](const std::string& why) {
        for (const char* verb : {"show", "approve", "deny"}) {
            std::vector<std::string> arguments{"gate", verb, open.id, "--project", "infra/edge"};
            if (std::string(verb) != "show") arguments.insert(arguments.end(), {"--reason", "x"});
            CHECK(desk.run(arguments) == 8);
            CHECK_THAT(desk.logged, ContainsSubstring("REFUSED: ") && ContainsSubstring(why));
        }
        CHECK(desk.run({"gate", "pending", "--project", "infra"}) == 0);
        CHECK_THAT(desk.out, ContainsSubstring("NOT WHAT IT SAYS"));
        CHECK_FALSE(wrote(vault.calls()));
    };
    json text = json::parse(checks::write_request(open));
    text["document"] = job_document("deploy", {"deploy --limit all"}); // another job under the digest
    vault.put(path, text.dump());
    refused("digest is not that of document");
    auto other = request_of(812, {"deploy --limit all"}); // another digest in the folder of this one
    vault.put(path, checks::write_request(other));
    refused("its folder is named after another job");
    other = open;
    other.project = "infra/other";
    vault.put(path, checks::write_request(other));
    refused("it lies in the folder of another project");
    other = open;
    other.job = "test";
    vault.put(path, checks::write_request(other));
    refused("document is of another job");
    text = json::parse(checks::write_request(open));
    text["extra"] = true;
    vault.put(path, text.dump());
    refused("unknown member");
}

TEST_CASE("a document that is not canonical could be read in two ways: its request is refused")
{
    VaultThread vault;
    auto open = request_of(812, {"true"});
    open.document = "{\"ysnp\":2, \"job\":\"deploy\"}";
    open.digest = checks::digest_of_document(open.document);
    open.id = checks::request_id(open.job_id, open.digest);
    put(vault, open);
    PersonsDesk desk(vault);
    CHECK(desk.run({"gate", "show", open.id}) == 8);
    CHECK_THAT(desk.logged, ContainsSubstring("document is not in canonical form"));
}
