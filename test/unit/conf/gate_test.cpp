#include "loading.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("the ID token that jobs bring is one thing, whether it is their login or evidence about them")
{
    const std::string vault = "gate: { store: vault, vault: { address: 'https://v', mount: cicd, ";
    const auto login = loaded(vault + "auth: { method: job_id_token, mount: jwt/a, role: runner, variable: T, "
                                      "audience: https://v } } }\n");
    REQUIRE(login.config);
    const conf::IdToken& as_login = login.config->gate.vault.id_token;
    CHECK(as_login.variable == "T");
    CHECK(as_login.mount == "jwt/a");
    CHECK(as_login.role == "runner");
    CHECK(as_login.audience == "https://v");

    const std::string approle = vault + "auth: { method: approle, role_id_file: /r, secret_id_file: /s";
    const auto evidence = loaded(approle + " }, id_token: { role: ysnp-evidence, audience: https://v } } }\n");
    REQUIRE(evidence.config);
    const conf::IdToken& as_evidence = evidence.config->gate.vault.id_token;
    CHECK(as_evidence.variable == "VAULT_ID_TOKEN");
    CHECK(as_evidence.mount == "jwt");
    CHECK(as_evidence.role == "ysnp-evidence");
    const auto none = loaded(approle + " } } }\n");
    REQUIRE(none.config);
    CHECK(none.config->gate.vault.id_token.variable.empty());

    CHECK_THAT(findings(approle + ", variable: T } } }\n"), ContainsSubstring("gate.vault.id_token"));
    CHECK_THAT(findings(approle + " }, id_token: { mount: jwt } } }\n"),
               ContainsSubstring("gate.vault.id_token.role: is missing") &&
                   ContainsSubstring("gate.vault.id_token.audience: is missing"));
    CHECK_THAT(findings(vault + "auth: { method: job_id_token, role: r, variable: T }, id_token: { role: r, "
                                "audience: a } } }\n"),
               ContainsSubstring("remove id_token"));
    CHECK_THAT(findings("gate: { vault: { external_address: 'http://vault.example.com' } }\n"),
               ContainsSubstring("gate.vault.external_address: http sends"));
}

TEST_CASE(
    "jobs that run are stopped when Vault takes the login back, unless the configuration lets them finish [AC-A14]")
{
    CHECK(loaded("").config->gate.vault.on_revoke == conf::OnRevoke::stop);
    const auto finish = loaded("gate: { vault: { on_revoke: finish } }\n");
    REQUIRE(finish.config);
    CHECK(finish.config->gate.vault.on_revoke == conf::OnRevoke::finish);
    CHECK_THAT(findings("gate: { vault: { on_revoke: go } }\n"), ContainsSubstring("gate.vault.on_revoke"));
}

TEST_CASE("switches that weaken the gate are off by default, and each that is on has its sentence [INV-16]")
{
    const auto none = loaded("");
    REQUIRE(none.config);
    CHECK(none.config->gate.weakenings().empty());
    for (const char* name : {"legacy_script_hash", "legacy_profiles", "v1_scratch"}) {
        const auto one = loaded(std::string("gate: { ") + name + ": true }\n");
        REQUIRE(one.config);
        const auto said = one.config->gate.weakenings();
        REQUIRE(said.size() == 1);
        CHECK(said[0].starts_with(std::string("gate.") + name + " is on: "));
    }
    CHECK_THAT(findings("gate: { v1_scratch: true }\n"), ContainsSubstring("nobody can be asked"));
    CHECK_THAT(findings("gate: { store: vault, v1_scratch: true, vault: { address: 'https://v', mount: cicd, auth: { "
                        "method: job_id_token, role: r, variable: T } } }\n"),
               ContainsSubstring("nobody is asked"));
}
