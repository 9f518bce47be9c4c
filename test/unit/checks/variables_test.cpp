#include "checks/variables.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace ysnp::checks;
using sample::secret;
using sample::variable;

namespace {

/// The cover of `name` when it is added to the sample job.
Cover cover_of(std::vector<Variable> added, const std::string& name, const std::vector<std::string>& free = {})
{
    JobFacts facts = sample::facts();
    facts.local.predefined_variables = {"CI_BRAND_NEW"};
    for (auto& v : added) facts.variables.push_back(std::move(v));
    const auto report = classify(facts, free);
    for (const NameUse& use : report.names)
        if (use.last->key == name) return use.cover;
    throw std::runtime_error("no such name");
}

std::string objection_to(Variable added)
{
    JobFacts facts = sample::facts();
    facts.variables.push_back(std::move(added));
    const auto report = classify(facts, {});
    return report.objections.empty() ? "" : report.objections.front().code;
}

} // namespace

TEST_CASE("verified names must equal what typed fields and configuration say [AC-I01] [AC-V12]")
{
    CHECK(cover_of({variable("CI_JOB_ID", "90002")}, "CI_JOB_ID") == Cover::outside);
    for (const auto& [name, good, bad] : std::initializer_list<std::tuple<const char*, const char*, const char*>>{
             {"CI_JOB_ID", "90002", "90003"},
             {"CI_PROJECT_ID", "81", "82"},
             {"CI_PROJECT_NAMESPACE", "acme/platform", "acme"},
             {"CI_PROJECT_NAME", "shop", "other"},
             {"CI_PROJECT_PATH_SLUG", "acme-platform-shop", "x"},
             {"CI_PROJECT_ROOT_NAMESPACE", "acme", "evil"},
             {"CI_PROJECT_URL", "https://gitlab.example.test/acme/platform/shop", "https://evil.test/x"},
             {"CI_COMMIT_SHA", "89e6c98d92887913cadf06b2adb97f26cde4849b", "00"},
             {"CI_COMMIT_SHORT_SHA", "89e6c98d", "89e6c98e"},
             {"CI_COMMIT_REF_NAME", "main", "other"},
             {"CI_COMMIT_BRANCH", "main", "other"},
             {"CI_COMMIT_REF_SLUG", "main", "other"},
             {"CI_COMMIT_REF_PROTECTED", "true", "false"},
             {"CI_SERVER_URL", "https://gitlab.example.test", "https://evil.test"},
             {"CI_SERVER_HOST", "gitlab.example.test", "evil.test"},
             {"CI_SERVER_PORT", "443", "80"},
             {"CI_SERVER_PROTOCOL", "https", "http"},
             {"CI_SERVER_FQDN", "gitlab.example.test", "evil.test"},
             {"CI_PIPELINE_ID", "5002", "1"},
             {"CI_PIPELINE_URL", "https://gitlab.example.test/acme/platform/shop/-/pipelines/5002", "x"},
             {"CI_JOB_NAME", "deploy", "lax_job"},
             {"CI_JOB_STAGE", "test", "x"},
             {"CI_JOB_URL", "https://gitlab.example.test/acme/platform/shop/-/jobs/90002", "x"}}) {
        CAPTURE(name);
        CHECK(cover_of({variable(name, good)}, name) == Cover::outside);
        CHECK(objection_to(variable(name, good)).empty());
        CHECK(objection_to(variable(name, bad)) == "PAY-IDENT");
    }
    CHECK(objection_to(variable("CI_COMMIT_TAG", "v1")) == "PAY-IDENT"); // the job is on a branch
}

TEST_CASE("credentials are verified by comparison, never by value [AC-V12]")
{
    Variable token = secret("CI_JOB_TOKEN", "");
    token.evidence = Evidence::job_token;
    CHECK(cover_of({token}, "CI_JOB_TOKEN") == Cover::outside);
    CHECK(objection_to(token).empty());
    token.file = true; // then the job sees a path
    CHECK(cover_of({token}, "CI_JOB_TOKEN") == Cover::unlisted);
    CHECK(objection_to(secret("CI_JOB_TOKEN", "another")) == "PAY-IDENT");
    CHECK(objection_to(secret("CI_REPOSITORY_URL", "https://evil.test/x.git")) == "PAY-IDENT");
    CHECK(cover_of({secret("CI_REGISTRY_PASSWORD", "own")}, "CI_REGISTRY_PASSWORD") == Cover::unlisted);
}

TEST_CASE("a credential under another name is a secret: its value, which the facts do not hold, stands for nothing "
          "[AC-V12] [AC-V25]")
{
    for (const auto evidence : {Evidence::job_token, Evidence::repository_url, Evidence::within})
        for (const char* name : {"TARGET_FLAGS", "FF_ANY", "CI_DEFAULT_BRANCH_SLUG", "CI_COMMIT_MESSAGE",
                                 "CI_COMMIT_BEFORE_SHA", "GITLAB_USER_LOGIN", "CI_BRAND_NEW"}) {
            CAPTURE(name);
            Variable credential = variable(name, "");
            credential.evidence = evidence;
            CHECK(cover_of({credential}, name) == Cover::unlisted);
            CHECK(cover_of({variable(name, "1"), credential}, name) == Cover::unlisted);
            CHECK(cover_of({credential}, name, {name}) == Cover::open);
        }
}

TEST_CASE("a verified value that the environment would expand is in the digest, as its flags then count")
{
    JobFacts facts = sample::facts();
    facts.job_name = "deploy $TARGET";
    facts.variables.push_back(variable("CI_JOB_NAME", facts.job_name));
    const std::string expanded = digest_of(facts, {}).digest;
    facts.variables.back().raw = true;
    CHECK(digest_of(facts, {}).digest != expanded);
    CHECK(classify(facts, {}).objections.empty());
}

TEST_CASE("varying names stay out while they come once and fit their grammar")
{
    CHECK(cover_of({}, "CI_PIPELINE_IID") == Cover::outside);
    CHECK(cover_of({variable("CI_COMMIT_BEFORE_SHA", "0123abc")}, "CI_COMMIT_BEFORE_SHA") == Cover::outside);
    CHECK(cover_of({variable("CI_COMMIT_BEFORE_SHA", "$(id)")}, "CI_COMMIT_BEFORE_SHA") == Cover::digest);
    CHECK(cover_of({variable("CI_PIPELINE_IID", "58")}, "CI_PIPELINE_IID") == Cover::digest); // the second of its name
    Variable message = variable("CI_COMMIT_MESSAGE", "price $PATH");
    CHECK(cover_of({message}, "CI_COMMIT_MESSAGE") == Cover::digest); // would be expanded
    message.raw = true;
    CHECK(cover_of({message}, "CI_COMMIT_MESSAGE") == Cover::outside);
    message.file = true;
    CHECK(cover_of({message}, "CI_COMMIT_MESSAGE") == Cover::digest);
    CHECK(cover_of({variable("CI_BRAND_NEW", "anything")}, "CI_BRAND_NEW") == Cover::outside);
}

TEST_CASE("steady, user-defined and overridden names are in the digest [AC-V25] [AC-V26]")
{
    CHECK(cover_of({}, "CI_DEFAULT_BRANCH") == Cover::digest);
    CHECK(cover_of({}, "TARGET") == Cover::digest);
    CHECK(cover_of({variable("BASH_ENV", "x")}, "BASH_ENV") == Cover::digest);
    CHECK(cover_of({variable("CI_PROJECT_PATH", "other/project")}, "CI_PROJECT_PATH") == Cover::digest);
    CHECK(cover_of({variable("TRIGGER_PAYLOAD", "{}")}, "TRIGGER_PAYLOAD") == Cover::digest);
}

TEST_CASE("secrets are covered by nothing until policy lists their names")
{
    CHECK(cover_of({secret("DB_PASSWORD", "x")}, "DB_PASSWORD") == Cover::unlisted);
    CHECK(cover_of({secret("DB_PASSWORD", "x")}, "DB_PASSWORD", {"DB_PASSWORD"}) == Cover::open);
}

TEST_CASE("feature flags never refuse and are in the digest [AC-V15]")
{
    CHECK(cover_of({variable("FF_SCRIPT_SECTIONS", "1")}, "FF_SCRIPT_SECTIONS") == Cover::flag);
    CHECK(cover_of({secret("FF_ANY", "true")}, "FF_ANY") == Cover::flag);
    CHECK(cover_of({secret("FF_ANY", "word")}, "FF_ANY") == Cover::unlisted);
    Variable file = variable("FF_ANY", "true");
    file.file = true;
    CHECK(cover_of({file}, "FF_ANY") == Cover::digest); // the script sees a path, not the value
    CHECK(cover_of({variable("FF_ANY", "$TARGET")}, "FF_ANY") == Cover::digest);
}

TEST_CASE("malformed names and texts are refused always [AC-V03] [AC-V19] [AC-V20] [AC-P08]")
{
    for (const char* name :
         {"BASH_FUNC_ls%%", "BASH_FUNC_x", "A=B", "A B", "1A", "", "--env", "A\n", "caf\xc3\xa9", "A-B"}) {
        CAPTURE(name);
        CHECK(objection_to(variable(name, "x")) == "PAY-VAR");
    }
    CHECK(objection_to(variable(std::string(65536, 'A'), "x")) == "PAY-VAR");
    CHECK(objection_to(variable("A", std::string("a\0b", 3))) == "SCR-ENC");
    CHECK(objection_to(variable("A", "\xff")) == "SCR-ENC");
    CHECK(objection_to(variable("A", "line\nline")).empty());
}

TEST_CASE("names that steer a shell, loader, git or interpreter are known "
          "[AC-V01] [AC-V02] [AC-V04] [AC-V05] [AC-V06] [AC-V07] [AC-V08]")
{
    for (const char* name : {"BASH_ENV",
                             "ENV",
                             "SHELLOPTS",
                             "BASHOPTS",
                             "PS4",
                             "PROMPT_COMMAND",
                             "IFS",
                             "CDPATH",
                             "GLOBIGNORE",
                             "POSIXLY_CORRECT",
                             "BASH_XTRACEFD",
                             "PATH",
                             "LD_PRELOAD",
                             "LD_LIBRARY_PATH",
                             "LD_AUDIT",
                             "GCONV_PATH",
                             "LOCPATH",
                             "GLIBC_TUNABLES",
                             "MALLOC_CHECK_",
                             "HOSTALIASES",
                             "HOME",
                             "XDG_CONFIG_HOME",
                             "ZDOTDIR",
                             "GIT_CONFIG_COUNT",
                             "GIT_CONFIG_KEY_0",
                             "GIT_SSH_COMMAND",
                             "GIT_SSH",
                             "GIT_EXEC_PATH",
                             "GIT_ASKPASS",
                             "GIT_EXTERNAL_DIFF",
                             "GIT_PROXY_COMMAND",
                             "GIT_TEMPLATE_DIR",
                             "PYTHONSTARTUP",
                             "PYTHONPATH",
                             "NODE_OPTIONS",
                             "PERL5OPT",
                             "RUBYOPT",
                             "JAVA_TOOL_OPTIONS",
                             "_JAVA_OPTIONS",
                             "MAVEN_OPTS",
                             "GOFLAGS",
                             "CARGO_BUILD_RUSTC",
                             "RUSTC_WRAPPER",
                             "MAKEFLAGS",
                             "PIP_INDEX_URL",
                             "npm_config_registry",
                             "NPM_CONFIG_REGISTRY",
                             "TF_CLI_ARGS_plan",
                             "ANSIBLE_LIBRARY",
                             "LESSOPEN",
                             "PAGER",
                             "EDITOR",
                             "SSH_ASKPASS",
                             "PYTHONHOME",
                             "GRADLE_OPTS",
                             "KUBECONFIG",
                             "CI_DEBUG_TRACE"}) {
        CAPTURE(name);
        CHECK(steers_execution(name));
    }
    for (const char* name :
         {"TARGET", "GIT_STRATEGY", "GIT_DEPTH", "CI_COMMIT_SHA", "LDX", "VAULT_ID_TOKEN", "ENVIRONMENT"})
        CHECK_FALSE(steers_execution(name));
}

TEST_CASE("proxies in any case say whom programs trust [AC-V09]")
{
    for (const char* name : {"HTTP_PROXY", "https_proxy", "ALL_PROXY", "No_Proxy", "DOCKER_HOST", "SSL_CERT_FILE"}) {
        CAPTURE(name);
        CHECK(redirects_trust(name));
        CHECK_FALSE(steers_execution(name)); // policy may list it as free
    }
    for (const char* name : {"HTTP_PROXY_PORT", "PROXY", "HTTPPROXY", "TARGET"}) CHECK_FALSE(redirects_trust(name));
}

TEST_CASE("slugs are GitLab's")
{
    CHECK(slug("integration: postgres") == "integration--postgres");
    CHECK(slug("-Feature/Checkout-") == "feature-checkout");
    CHECK(slug(std::string(100, 'a')).size() == 63);
    CHECK(slug("\xc3\xa9t\xc3\xa9") == "t");
    CHECK(slug("---").empty());
}

TEST_CASE("the table of predefined names is sorted and has no name twice")
{
    std::set<std::string_view> names;
    for (const Predefined& entry : predefined()) CHECK(names.insert(entry.name).second);
    CHECK(find_predefined("CI_COMMIT_SHA")->kind == VariableClass::verified);
    CHECK(find_predefined("NOT_GITLABS") == nullptr);
}
