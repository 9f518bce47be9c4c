#include "test/integration/attacks/siege.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::test;

namespace {

std::vector<Attack> attacks(const Siege& siege)
{
    const std::string evil = siege.hostile_image();
    const auto image = [](std::string name) { return [=](PayloadSpec& spec) { spec.image = name; }; };
    const auto patch = [](std::string text) { return [=](PayloadSpec& spec) { spec.patch = text; }; };
    return {
        {"a line of the script", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.script[1] += " && id"; }},
        {"a line more", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.script.push_back("id"); }},
        {"only a variable's value", "SCR-UNLISTED",
         [](PayloadSpec& spec) { spec.variables.back().value = "production"; }},
        {"only a new variable", "SCR-UNLISTED",
         [](PayloadSpec& spec) {
             spec.variables.push_back({"BASH_ENV", "x"});
         }},
        {"only a variable's kind", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.variables.back().file = true; }},
        {"a flag of the runner", "SCR-UNLISTED",
         [](PayloadSpec& spec) {
             spec.variables.push_back({"FF_POSIXLY_CORRECT_ESCAPES", "true"});
         }},
        {"a service", "IMG-REF", patch(R"({"services":[{"name":")" + evil + R"(:1","alias":"vault"}]})")},
        {"a service by digest", "SVC-UNLISTED",
         patch(R"({"services":[{"name":")" + evil + "@sha256:" + std::string(64, 'c') + R"("}]})")},
        {"the image's tag", "IMG-REF", image(Registry::here().tag())},
        {"a tag elsewhere", "IMG-REF", image(evil + ":latest")},
        {"an image elsewhere", "IMG-UNLISTED", image(evil + "@sha256:" + std::string(64, 'd'))},
        {"the image's entrypoint", "SCR-UNLISTED",
         [](PayloadSpec& spec) {
             spec.entrypoint = {{"/bin/sh", "-c", "id"}};
         }},
        {"a user whom the runner's own numbers name", "SCR-UNLISTED",
         [](PayloadSpec& spec) { spec.user = "$CI_CONCURRENT_ID"; }},
        {"a line of after_script", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.after_script[0] += "; id"; }},
        {"no after_script", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.after_script.clear(); }},
        {"the hook", "SCR-UNLISTED",
         [](PayloadSpec& spec) { spec.pre_get_sources = {"git config --global core.pager id"}; }},
        {"another hook", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.post_get_sources = {"id"}; }},
        {"a cache", "SCR-UNLISTED",
         patch(R"({"cache":[{"key":"x","paths":["bin"],"policy":"pull","untracked":false}]})")},
        {"artifacts", "SCR-UNLISTED", patch(R"({"artifacts":[{"paths":["."],"when":"always"}]})")},
        {"the job's name", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.name = "deploy"; }},
        {"CI steps", "PAY-FIELD", patch(R"({"run":"- name: x\n  script: id"})")},
    };
}

} // namespace

TEST_CASE("a member who changes anything of a listed job, in whatever part of it, makes nothing happen "
          "[INV-1] [INV-2] [INV-12] [GATE-A2] [GATE-W2] [GATE-W5] [GATE-W7] [GATE-W18] [GATE-W24] "
          "[AC-M29]")
{
    Siege siege;
    siege.approve_intended();
    siege.check_refused(attacks(siege));
    siege.check_runs();
}
