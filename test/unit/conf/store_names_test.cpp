#include "loading.h"
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::test;

TEST_CASE("vault_client_name: a store is named by one of two words, not by a part of one [GATE-A11] [GATE-A9]")
{
    const auto vectors = nlohmann::json::parse(std::ifstream(YSNP_SOURCE_DIR "/test/vectors/ysnp-vectors.json"));
    for (const auto& row : vectors["vault_client_name"]) {
        const std::string name = row["value"];
        if (name == "vault") continue; // v1's client had another name; here it is the store's
        CAPTURE(name);
        const auto result = loaded("gate: { store: '" + name + "' }\n");
        CHECK_FALSE(result.config);
        CHECK(conf::to_string(result.problems).find("gate.store") != std::string::npos);
    }
    // and a Vault without a way to log in is a configuration that does not load
    const auto nobody = loaded("gate: { store: vault, vault: { address: 'https://v.example.com', mount: cicd } }\n");
    CHECK_FALSE(nobody.config);
}
