#include "test/integration/approvals/desk.h"
#include "test/integration/cli/desk.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp::test;
using nlohmann::json;

namespace {

const std::string project = "acme/tools/hello";

/// What docs/approvals.md gives to an approver.
constexpr const char* approver = R"(
path "cicd/metadata/acme/tools/hello/approvals/*" { capabilities = ["list"] }
path "cicd/data/acme/tools/hello/approvals/+/request" { capabilities = ["read"] }
path "cicd/data/acme/tools/hello/approvals/+/approved/+" { capabilities = ["read"] }
path "cicd/data/acme/tools/hello/approvals/+/used/+" { capabilities = ["read"] }
path "cicd/data/acme/tools/hello/approvals/+/approved/{{identity.entity.id}}" { capabilities = ["create", "update", "read"] }
)";

/// What somebody may do who keeps the policy of projects, and answers no request.
constexpr const char* author = R"(
path "cicd/data/acme/*" { capabilities = ["read"] }
path "cicd/data/acme/+/+/whitelist" { capabilities = ["create", "update", "read"] }
path "cicd/data/acme/+/+/youshallnotpass_config" { capabilities = ["create", "update", "read"] }
)";

/// A command on a person's own machine: no configuration, only a token and where Vault is.
Finished as_person(VaultSite& vault, const std::string& token, std::vector<std::string> arguments)
{
    arguments.insert(arguments.end(), {"--mount", "cicd"});
    return run_program(arguments, {"VAULT_TOKEN=" + token, "VAULT_ADDR=" + vault.url()});
}

/// The command that a text names behind `label`, as somebody copies it.
std::string printed(const std::string& text, const std::string& label)
{
    const auto found = text.find(label);
    if (found == std::string::npos) return "false # not printed: " + label;
    const auto start = found + label.size();
    return text.substr(start, text.find_first_of("\r\n\x1b", start) - start);
}

/// Pasted into the shell of somebody whose VAULT_ADDR and token are set, as `vault login` leaves them.
Finished pasted(VaultSite& vault, const std::string& token, const std::string& command)
{
    return in_shell("exec 2>&1; export HOME=/nonexistent PATH=" + program().parent_path().string() +
                    ":$PATH VAULT_ADDR=" + vault.url() + " VAULT_TOKEN=" + token + "\n" + command);
}

} // namespace

TEST_CASE("the two commands that a waiting job's log prints can be pasted as they stand, and lead to its run")
{
    ApprovalDesk desk;
    const std::string eve = desk.vault().person("eve", approver);
    const std::uint64_t id = desk.queue_waiting(desk.deploy());
    REQUIRE(desk.log_says(id, "deny:"));
    const std::string log = desk.world().gitlab().job(id).trace;
    const Finished shown = pasted(desk.vault(), eve, printed(log, "look at it:  "));
    INFO(log << shown.out << shown.err);
    REQUIRE(shown.exit_code == 0);
    CHECK(says(shown, "-| echo deployed by $CI_JOB_NAME\n"));
    const std::string approve = printed(shown.out, "Approve it:  ");
    CHECK(approve == printed(log, "approve:     "));
    const Finished approved = pasted(desk.vault(), eve, approve);
    INFO(approve << approved.out << approved.err);
    CHECK(approved.exit_code == 0);
    CHECK(desk.world().finish(id).state == "success");
}

TEST_CASE("from a job that waits to its approved run: gate show, gate approve; the next change is shown as a diff "
          "[AC-A18] [AC-A28]")
{
    ApprovalDesk desk;
    const std::string eve = desk.vault().person("eve", approver), mallory = desk.vault().person("mallory", author);
    const std::uint64_t first = desk.queue_waiting(desk.deploy());
    const std::string request = desk.request_of(first);
    const Finished shown = as_person(desk.vault(), eve, {"gate", "show", request, "--project", project});
    INFO(shown.out << shown.err);
    REQUIRE(shown.exit_code == 0);
    CHECK(says(shown, "-| echo deployed by $CI_JOB_NAME\n"));
    CHECK(says(shown, "nothing: people have approved no request of this job yet"));

    const std::vector<std::string> approval{"gate", "approve", request, "--project", project, "--reason", "CHG-4411"};
    CHECK(as_person(desk.vault(), mallory, approval).exit_code == 4); // no right to answer
    const Finished root = as_person(desk.vault(), desk.vault().root_token(), approval);
    CHECK(root.exit_code == 4);
    CHECK(says(root, "a root token, which belongs to nobody"));
    const Finished approved = as_person(desk.vault(), eve, approval);
    INFO(approved.out << approved.err);
    REQUIRE(approved.exit_code == 0);
    const FakeJob job = desk.world().finish(first);
    CHECK(job.state == "success");
    CHECK(words(job.trace).find("approved by eve: CHG-4411") != std::string::npos);

    REQUIRE(desk.world().stop() == 0);
    PayloadSpec changed = desk.deploy();
    changed.script = {"echo deployed everywhere"};
    const std::uint64_t second = desk.queue_waiting(changed);
    const Finished listed = as_person(desk.vault(), eve, {"gate", "pending", "--project", project});
    INFO(listed.out << listed.err);
    CHECK(says(listed, "step \"script\" (2 lines)"));
    CHECK_FALSE(says(listed, request));
    const Finished everywhere = as_person(desk.vault(), desk.vault().root_token(), {"gate", "pending"});
    INFO(everywhere.out << everywhere.err);
    CHECK(says(everywhere, desk.request_of(second)));
    const std::string next = desk.request_of(second);
    const Finished diff = as_person(desk.vault(), eve, {"gate", "show", next, "--project", project});
    INFO(diff.out << diff.err);
    CHECK(says(diff, "Compared with " + request + ", approved "));
    CHECK(says(diff, " by eve\n"));
    CHECK(says(diff, "-      -| echo deployed by $CI_JOB_NAME\n+      -| echo deployed everywhere\n"));
    const Finished denied =
        as_person(desk.vault(), eve, {"gate", "deny", next, "--project", project, "--reason", "edge only"});
    CHECK(denied.exit_code == 0);
    CHECK(desk.world().finish(second).state == "failed");
    CHECK(as_person(desk.vault(), eve, {"gate", "show", next, "--project", project}).exit_code == 2);
    CHECK(desk.world().stop() == 0);
}

TEST_CASE("exec, gate check and gate allow read and write the policy in Vault under the person's token, never the "
          "runner's")
{
    VaultSite vault;
    World world(vault.world());
    write_text(world.clone() / ".gitlab-ci.yml",
               "greet:\n  image: " + Registry::here().approved() + "\n  script: [echo hello]\n", 0644);
    world.commit("true", "pipeline");
    const auto here = [&](std::vector<std::string> arguments, const std::string& token = "") {
        arguments.insert(arguments.begin(), {"-c", world.config().string()});
        std::filesystem::create_directories(world.runtime());
        std::filesystem::permissions(world.runtime(), std::filesystem::perms::owner_all);
        std::vector<std::string> environment{"RUNTIME_DIRECTORY=" + world.runtime().string()};
        if (!token.empty()) environment.push_back("VAULT_TOKEN=" + token);
        return run_program(arguments, environment, world.clone());
    };
    const std::vector<std::string> exec{"exec", "greet", "--project", project},
        check{"gate", "check", "greet", "--project", project};
    for (const auto& command : {exec, check}) CHECK(here(command).exit_code == 2); // no person, no token
    const std::vector<std::string> allow{"gate", "allow", "greet", "--project", project};
    CHECK(here(allow).exit_code == 2); // no person, no token
    const std::string nobody = vault.person("nobody", R"(path "elsewhere/*" { capabilities = ["read"] })"),
                      paul = vault.person("paul", author);
    for (const auto& command : {exec, check, allow}) CHECK(here(command, nobody).exit_code == 5);
    for (const auto& command : {exec, check}) CHECK(here(command, paul).exit_code == 4);
    vault.put(project + "/whitelist", R"({"comment":"ours"})");
    const Finished allowed = here(allow, paul);
    INFO(allowed.out << allowed.err);
    REQUIRE(allowed.exit_code == 0);
    const json whitelist = json::parse(vault.get(project + "/whitelist"));
    CHECK(whitelist["comment"] == "ours");
    CHECK(whitelist["allowed_scripts"].size() == 1);
    CHECK(here(check, paul).exit_code == 0);
    const Finished ran = here(exec, paul);
    INFO(ran.out << ran.err);
    CHECK(ran.exit_code == 0);
    CHECK(says(ran, "hello\n"));
}
