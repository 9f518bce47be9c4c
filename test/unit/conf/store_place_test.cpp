#include "loading.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("one mount at Vault has one name, however it is written")
{
    const auto place = [](const char* address, const char* space, const char* mount) {
        conf::Gate gate;
        gate.store = conf::Store::vault;
        gate.vault.address = address;
        gate.vault.vault_namespace = space;
        gate.vault.mount = mount;
        return gate.store_place();
    };
    const std::string plain = place("https://v.test:8200", "", "cicd");
    CHECK(place("https://v.test:8200/", "", "/cicd/") == plain);
    CHECK(place("https://v.test:8200", "", "other") != plain);
    CHECK(place("https://v.test:8200", "team/", "cicd") == place("https://v.test:8200", "", "team/cicd"));
}

TEST_CASE("two origins of GitLab cannot share one policy store [AC-I08]")
{
    const std::string other =
        "  - name: two\n    url: https://gitlab.other.com\n    token: glrt-bbbbbbbbbbbbbbbbbbbb\n";
    CHECK_THAT(findings(with_runner("") + other), ContainsSubstring("uses the policy of \"one\", which serves another "
                                                                    "GitLab, https://gitlab.example.com"));
    CHECK_FALSE(loaded(with_runner("") + other).config);
    CHECK(loaded(with_runner("") + other + "    gate: { path: /etc/ysnprunner/policy-two }\n").config);
    for (const char* same_place : {"/etc/ysnprunner/policy/", "/etc/ysnprunner/x/../policy",
                                   "//etc/ysnprunner/./policy", "/etc/ysnprunner/policy/group", "/etc/ysnprunner"}) {
        CAPTURE(same_place);
        CHECK_FALSE(loaded(with_runner("") + other + "    gate: { path: " + same_place + " }\n").config);
    }
    const std::string same =
        "  - name: two\n    url: https://gitlab.example.com:443/\n    token: glrt-bbbbbbbbbbbbbbbbbbbb\n";
    CHECK(loaded(with_runner("") + same).config);
}
