#include "test/integration/attacks/siege.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::test;

namespace {

std::function<void(PayloadSpec&)> project(std::string path)
{
    return [=](PayloadSpec& spec) { spec.project_path = path; };
}

/// What somebody tries who can hand any job to the runner: GitLab's administrator, or whoever moved the runner's token
/// to a project of theirs. Script, image and all else are those of the listed job.
std::vector<Attack> attacks(const std::string& gitlab)
{
    const std::string elsewhere = gitlab + "/mallory/tools/hello.git";
    return {
        {"another project", "POL-PROJECT", project("mallory/tools/hello")},
        {"another project of the same group", "POL-MISSING", project("acme/tools/other")},
        {"a project in a subgroup of the same name", "POL-MISSING", project("acme/tools/hello/hello")},
        {"the same path in another case", "POL-MISSING", project("acme/Tools/hello")},
        {"a path that climbs", "PAY-", project("acme/tools/hello/../../../mallory/x")},
        {"the listed project's name on another repository", "GIT-URL",
         [=](PayloadSpec& spec) { spec.patch = R"({"git_info":{"repo_url":")" + elsewhere + R"("}})"; }},
        {"another project that calls itself the listed one", "POL-PROJECT",
         [](PayloadSpec& spec) {
             spec.project_path = "mallory/tools/hello";
             spec.variables.push_back({"CI_PROJECT_PATH", "acme/tools/hello"});
             spec.variables.push_back({"CI_PROJECT_NAMESPACE", "acme/tools"});
         }},
        {"a project that was made anew under the listed path", "PAY-IDENT",
         [](PayloadSpec& spec) { spec.project_id = 78; }},
        {"a token that is a command, in a variable that is empty in the listed job", "PAY-VAR",
         [](PayloadSpec& spec) {
             spec.token = "--eval=id";
             spec.variables.back().value = spec.token;
         }},
        {"another job's id inside", "PAY-", [](PayloadSpec& spec) { spec.patch = R"({"job_info":{"id":4}})"; }},
    };
}

} // namespace

TEST_CASE("a runner whose token somebody uses for another project's job makes nothing happen "
          "[INV-1] [INV-2] [AC-I01] [AC-I03] [AC-I05] [AC-I06] [GATE-W9]")
{
    Siege siege([](VaultSite&) { return "  projects: [\"acme/**\"]\n"; });
    siege.besides([](PayloadSpec& spec) { spec.variables.push_back({"MORE_FLAGS", ""}); });
    siege.approve_intended(R"({"version":1,"project_id":77,"jobs":{}})");
    siege.check_refused(attacks(siege.world().gitlab().url()));
    siege.check_runs();
}

TEST_CASE("a copy of the runner's token on a host without the runner's identity in Vault runs nothing "
          "[INV-1] [INV-3] [AC-L11] [AC-A02]")
{
    VaultSite vault;
    EngineTap engine;
    WorldOptions options = vault.world();
    options.engine = engine.socket();
    const auto secret = options.gate_yaml.find("secret_id_file: ") + std::string("secret_id_file: ").size();
    const TempDir stolen; // the configuration was copied, the credential was not
    write_text(stolen / "secret", "11111111-2222-3333-4444-555555555555");
    options.gate_yaml.replace(secret, options.gate_yaml.find(' ', secret) - secret, (stolen / "secret").string());
    World world(options);
    PayloadSpec spec = approvable(world);
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(job.state == "failed");
    CHECK(words(job.trace).find("(denied by policy): VLT-") != std::string::npos);
    CHECK(engine.effects().empty());
    CHECK_FALSE(engine.requests().empty()); // it did ask the Engine who it is
    CHECK(requests_beside_api(world).empty());
}
