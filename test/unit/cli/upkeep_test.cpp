#include "runner/audit/anchor.h"
#include "runner/audit/verify.h"
#include "runner/policy/seen_versions.h"
#include "vault_desk.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;

namespace {

std::string vault_config(const VaultThread& vault, const Desk& desk)
{
    return "state_dir: " + (desk.folder / "state").string() +
           "\naudit: { file: " + (desk.folder / "audit.jsonl").string() +
           " }\ngate:\n  store: vault\n  projects: [\"infra/edge\"]\n  vault:\n    address: " + vault.url() +
           "\n    mount: cicd\n    auth: { method: approle, role_id_file: " + (desk.folder / "role").string() +
           ", secret_id_file: " + (desk.folder / "secret").string() + " }\n";
}

/// The desk of a host whose runner keeps its policy in that Vault.
struct HostDesk : Desk {
    explicit HostDesk(VaultThread& vault)
    {
        write("role", "role-id-of-runner\n", 0600);
        write("secret", "secret-id-of-runner\n", 0600);
        write("config.yml", vault_config(vault, *this));
        write("state/.runner_system_id", "s_0123456789ab\n");
    }
    std::filesystem::path audit() const { return folder / "audit.jsonl"; }
    void record(int count)
    {
        audit::Log log({.file = audit()});
        for (int i = 0; i < count; ++i) log.append({"decision", i + 1, "infra/edge", "{}"});
    }
};

const std::string runner_request = "cicd/data/infra/edge/approvals/1-ysnprunner/request";
const std::string runner_answer =
    "cicd/data/infra/edge/approvals/1-ysnprunner/approved/00000000-0000-0000-0000-000000000000";

void grant_what_a_runner_needs(VaultThread& vault)
{
    vault.with([](FakeVault& fake) {
        fake.grant(runner_request, {"create", "read"});
        fake.grant("cicd/metadata/infra/edge/approvals/", {"list"});
        fake.grant("cicd/data/infra/edge/approvals/1-ysnprunner/used/1", {"create", "read"});
        fake.grant("cicd/metadata/infra/edge/approvals/1-ysnprunner/used/", {"list"});
        fake.grant("cicd/metadata/infra/edge/approvals/1-ysnprunner/used/1", {"delete"});
        fake.grant("cicd/data/ysnprunner/audit/s_000000000000", {"create", "read", "update"});
    });
}

} // namespace

TEST_CASE("gate policies prints the set-up of the configured engine as a script and as JSON")
{
    VaultThread vault;
    HostDesk desk(vault);
    REQUIRE(desk.run({"gate", "policies"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("vault policy write ysnp-runner - <<'POLICY'\n"));
    CHECK_THAT(desk.out, ContainsSubstring("path \"cicd/data/infra/edge/whitelist\""));
    REQUIRE(desk.run({"gate", "policies", "--kv-version", "1", "--project", "infra/**", "--output", "json"}) == 0);
    const json printed = json::parse(desk.out);
    CHECK(printed["kv_version"] == 1);
    CHECK(printed["policies"].size() == 5);
    CHECK(printed["requests"][0]["path"] == "sys/mounts/cicd");
    CHECK(vault.calls().empty()); // it asks nobody
    desk.write("config.yml", "state_dir: " + (desk.folder / "state").string() + "\n");
    CHECK(desk.run({"gate", "policies", "--mount", "other", "--curl"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("vault_write sys/mounts/other <<'BODY'\n"));
}

TEST_CASE("gate doctor proves that the runner cannot approve nor write policy, and names what is missing [AC-A12]")
{
    VaultThread vault;
    HostDesk desk(vault);
    CHECK(desk.run({"gate", "doctor"}) == 1);
    CHECK_THAT(desk.out, ContainsSubstring("FAIL     runner     cannot ask for approvals in infra/edge"));
    CHECK_THAT(desk.out, ContainsSubstring("fix: grant create on " + runner_request));
    grant_what_a_runner_needs(vault);
    CHECK(desk.run({"gate", "doctor", "--output", "json"}) == 0);
    CHECK(json::parse(desk.out)["failures"] == 0);
    CHECK_THAT(desk.out, ContainsSubstring("can give back a use that its job does not take in infra/edge"));
    vault.with([](FakeVault& fake) { fake.grant(runner_answer, {"create"}); });
    CHECK(desk.run({"gate", "doctor"}) == 1);
    CHECK_THAT(desk.out, ContainsSubstring("FAIL     runner     could write approvals (" + runner_answer));
    vault.with([](FakeVault& fake) {
        fake.grant(runner_answer, {"read"});
        fake.grant("cicd/metadata/infra/edge/whitelist", {"delete"});
    });
    CHECK(desk.run({"gate", "doctor"}) == 1);
    CHECK_THAT(desk.out, ContainsSubstring("could write policy documents"));
    vault.with([](FakeVault& fake) { fake.set_sealed(true); });
    CHECK(desk.run({"gate", "doctor"}) == 1);
    CHECK_THAT(desk.out, ContainsSubstring("is sealed"));
}

TEST_CASE("gate doctor looks at people with a token of theirs: what they need, and what they must not")
{
    VaultThread vault;
    HostDesk desk(vault);
    grant_what_a_runner_needs(vault);
    desk.write("person", vault.person() + "\n", 0600);
    const std::string person = (desk.folder / "person").string();
    const std::string own = "cicd/data/infra/edge/approvals/1-ysnprunner/approved/entity-1";
    vault.with([&](FakeVault& fake) { fake.grant(own, {"create", "update"}); });
    desk.run({"gate", "doctor", "--approver-token-file", person}); // in this Vault the runner is the same entity
    CHECK_THAT(desk.out, ContainsSubstring("ok       approver   can approve in infra/edge in the own name"));
    CHECK_THAT(desk.out, !ContainsSubstring("FAIL     approver"));
    CHECK(desk.run({"gate", "doctor", "--developer-token-file", person, "--foreign", "hr/pay"}) == 1);
    CHECK_THAT(desk.out, ContainsSubstring("could read what belongs to another project, hr/pay"));
    CHECK_THAT(desk.out, ContainsSubstring("FAIL     developer  could write approvals"));
    desk.write("root", vault.with([](FakeVault& fake) { return fake.give_token(std::chrono::hours(1), {"root"}); }),
               0600);
    CHECK(desk.run({"gate", "doctor", "--author-token-file", (desk.folder / "root").string()}) == 1);
    CHECK_THAT(desk.out, ContainsSubstring("is a root token"));
}

TEST_CASE("gate doctor asks about the projects that exist, where a login may list them")
{
    VaultThread vault;
    HostDesk desk(vault);
    grant_what_a_runner_needs(vault);
    vault.put("infra/edge/whitelist", "{}");
    vault.put("hr/pay/ysnp_policy", "{}");
    vault.put("hr/whitelist", "{}"); // of a group
    vault.put("ysnprunner/audit/s_1", "{}");
    desk.write("person", vault.person() + "\n", 0600);
    const std::string person = (desk.folder / "person").string();
    CHECK(desk.run({"gate", "doctor"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("ok       projects   2 exist"));
    CHECK_THAT(desk.out, ContainsSubstring("WARN     runner     could read what belongs to 2 other projects"));
    CHECK_THAT(desk.out, ContainsSubstring("hr/pay"));
    vault.with([](FakeVault& fake) { fake.grant("cicd/data/hr/pay/whitelist", {"deny"}); });
    CHECK(desk.run({"gate", "doctor", "--project", "infra/edge", "--developer-token-file", person, "--token-file",
                    person}) == 1);
    CHECK_THAT(desk.out, ContainsSubstring("FAIL     developer  could read what belongs to 2 other projects, such as "
                                           "hr/pay (cicd/data/hr/pay/"));
    vault.with([](FakeVault& fake) {
        Fault closed;
        closed.path = "/v1/cicd/metadata";
        closed.status = 403;
        fake.add_fault(closed);
    });
    CHECK(desk.run({"gate", "doctor"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("projects   those that exist cannot be listed"));
}

TEST_CASE("audit verify compares with the head that Vault keeps, and says where it cannot [AC-L12]")
{
    VaultThread vault;
    HostDesk desk(vault);
    desk.record(3);
    REQUIRE(desk.run({"audit", "verify"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("compared with no anchored head"));
    const audit::Position head = audit::verify(desk.audit()).head;
    vault.put("ysnprunner/audit/s_0123456789ab", audit::write_anchor({head, "s_0123456789ab", "ci-7"}));
    REQUIRE(desk.run({"audit", "verify", "--output", "json"}) == 0);
    CHECK(json::parse(desk.out)["anchor"]["seq"] == 3);
    std::string text = text_of(desk.audit());
    text.resize(text.rfind('\n', text.size() - 2) + 1);
    desk.write("audit.jsonl", text);
    CHECK(desk.run({"audit", "verify"}) == 8);
    CHECK_THAT(desk.out, ContainsSubstring("record 3: the anchored record is not in the chain"));
    CHECK(desk.run({"audit", "verify", "--offline"}) == 0);
    CHECK(desk.run({"audit", "verify", "--system-id", "s_ffffffffffff"}) == 0); // another runner's
    vault.with([](FakeVault& fake) { fake.set_sealed(true); });
    CHECK(desk.run({"audit", "verify"}) == 5);
    CHECK_THAT(desk.logged, ContainsSubstring("not compared with the anchored head"));
}

TEST_CASE("an audit file that somebody removed breaks the chain that Vault knows [AC-L12]")
{
    VaultThread vault;
    HostDesk desk(vault);
    CHECK(desk.run({"audit", "verify"}) == 3);
    CHECK_THAT(desk.logged, ContainsSubstring("there is no audit file"));
    desk.record(3);
    const audit::Position head = audit::verify(desk.audit()).head;
    vault.put("ysnprunner/audit/s_0123456789ab", audit::write_anchor({head, "s_0123456789ab", "ci-7"}));
    std::filesystem::rename(desk.audit(), desk.audit().string() + ".1"); // as a rotation that a crash cut short
    CHECK(desk.run({"audit", "verify"}) == 0);
    std::filesystem::remove(desk.audit().string() + ".1");
    CHECK(desk.run({"audit", "verify"}) == 8);
    CHECK_THAT(desk.out, ContainsSubstring("the anchored record is not in the chain, which ends at record 0"));
    CHECK(desk.run({"audit", "verify", "--offline"}) == 3);
    vault.with([](FakeVault& fake) { fake.set_sealed(true); });
    CHECK(desk.run({"audit", "verify"}) == 5);
    CHECK_THAT(desk.logged, ContainsSubstring("whether there was one is not known"));
}

TEST_CASE("an older policy document is accepted on the host, by the name that the refusal gives it [AC-A22]")
{
    VaultThread vault;
    HostDesk desk(vault);
    CHECK(desk.run({"gate", "accept-rollback", "cicd/infra/edge/whitelist"}) == 1);
    {
        state::VersionFile seen(policy::versions_file(desk.folder / "state"));
        seen.look(vault.url() + "  cicd", {{"cicd/infra/edge/whitelist", 7}});
    }
    CHECK(desk.run({"gate", "accept-rollback", "infra/edge/whitelist"}) == 1);
    CHECK(desk.run({"gate", "accept-rollback", "cicd/infra/edge/whitelist"}) == 0);
    CHECK(desk.run({"gate", "accept-rollback", "cicd/infra/edge/whitelist"}) == 1);
    {
        state::VersionFile seen(policy::versions_file(desk.folder / "state"));
        seen.look(vault.url() + "  cicd", {{"cicd/infra/edge/whitelist", 7}});
    }
    CHECK(desk.run({"gate", "accept-rollback", "cicd/infra/edge/whitelist", "--output", "json"}) == 0);
    CHECK(nlohmann::json::parse(desk.out) == nlohmann::json{{"accepted", "cicd/infra/edge/whitelist"}});
}

TEST_CASE("doctor looks at the host, the Engine, GitLab and Vault, and every finding that is not fine has a fix")
{
    VaultThread vault;
    HostDesk desk(vault);
    desk.record(2);
    std::filesystem::create_directories(desk.folder / "host/etc");
    const int code = desk.run({"doctor", "--root", (desk.folder / "host").string(), "--output", "json"});
    const json printed = json::parse(desk.out);
    CHECK(code == (printed["failures"] > 0 ? 1 : 0));
    std::set<std::string> subjects;
    for (const json& finding : printed["findings"]) {
        subjects.insert(finding["subject"].get<std::string>());
        INFO(finding.dump());
        CHECK((finding["level"] == "ok") == finding["fix"].get<std::string>().empty());
    }
    const auto clock = [&] {
        desk.run({"doctor", "--root", (desk.folder / "host").string(), "--output", "json"});
        const json now = json::parse(desk.out);
        for (const json& finding : now["findings"])
            if (finding["subject"] == "clock") return finding["level"].get<std::string>();
        return std::string();
    };
    const std::string before = clock();
    vault.put("infra/edge/ysnp_policy", R"({"version":1,"jobs":{"default":{"checks":[{"name":"dateTimeCheck"}]}}})");
    CHECK(clock() == (before == "WARN" ? "FAIL" : before)); // a clock that is not synchronised matters more now
    for (const char* subject :
         {"files", "state", "disk", "clock", "kernel", "sandbox", "service", "engine", "runner", "vault", "audit"})
        CHECK(subjects.contains(subject));
}
