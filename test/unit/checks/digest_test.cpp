#include "recompute.h"
#include "sample.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

using namespace ysnp::checks;
using sample::recomputed;
using sample::secret;
using sample::variable;

namespace {

std::string digest(const JobFacts& facts) { return digest_of(facts, {}).digest; }

/// A job that uses every member of the document.
JobFacts full()
{
    JobFacts f = sample::facts();
    Image service;
    service.name = "postgres:16";
    service.alias = "db";
    service.command = {"postgres", "-c"};
    service.variables = {variable("POSTGRES_DB", "shop"), variable("POSTGRES_PASSWORD", "$DB_PASSWORD")};
    f.services.push_back(service);
    f.image->entrypoint = {""};
    f.image->user = "1000";
    f.image->platform = "linux/amd64";
    f.image->pull_policy = {"always"};
    f.image->ports = {{80, "http", "web"}};
    f.steps.push_back({"after_script", {"echo bye"}, "always", true});
    f.hooks.push_back({"pre_get_sources_script", {"echo before"}});
    f.inputs.push_back({"parallelism", "number", "4", false});
    f.cache.push_back({"pip", {".cache"}, {"main"}, false, "pull-push", "on_success"});
    f.artifacts.push_back({"out", {"out/"}, {"*.tmp"}, false, "always", "1 week", "archive", "zip"});
    f.dependencies = {"build"};
    f.variables.push_back(variable("FF_X", "true"));
    f.variables.push_back(secret("DB_PASSWORD", "p4ss"));
    f.variables.push_back(variable("CI_COMMIT_SHA", f.sha));
    return f;
}

} // namespace

TEST_CASE("the program in docs/digest.md recomputes every digest [INV-2]")
{
    JobFacts odd = full();
    odd.steps[0].script = {"printf '\\t\"%s\"' \xc3\xa9\xf0\x9f\x98\x80",
                           std::string("bell\a del\x7f tab\t cr\r\n ff\f bs\b\x01")};
    odd.variables.push_back(variable("MULTI", "a\nb"));
    for (const JobFacts& facts : {sample::facts(), full(), odd}) {
        const JobDigest ours = digest_of(facts, {});
        CHECK(recomputed(ours.document) == ours.digest);
        CHECK(digest_of_document(ours.document) == ours.digest);
        CHECK(ours.digest.size() == 6 + 43);
    }
}

TEST_CASE("the document has exactly the members that docs/digest.md fixes")
{
    const auto document = nlohmann::json::parse(digest_of(full(), {}).document);
    std::set<std::string> members;
    for (auto at = document.begin(); at != document.end(); ++at) members.insert(at.key());
    CHECK(members == std::set<std::string>{"ysnp", "job", "image", "services", "steps", "hooks", "inputs", "cache",
                                           "artifacts", "dependencies", "feature_flags", "variables",
                                           "free_variables"});
    CHECK(document["ysnp"] == 2);
    CHECK(document["image"]["reference"] == sample::image);
    CHECK(document["services"][0]["variables"][1]["value"] == nlohmann::json{{"template", "$DB_PASSWORD"}});
    CHECK(document["services"][0]["variables"][0]["value"] == "shop");
    CHECK(document["variables"]["TARGET"] == nlohmann::json{{"value", "staging"}, {"file", false}, {"raw", false}});
    CHECK_FALSE(document["variables"].contains("CI_COMMIT_SHA"));
    CHECK_FALSE(document["variables"].contains("CI_PIPELINE_IID"));
    CHECK(document["free_variables"]["DB_PASSWORD"]["masked"] == true);
}

TEST_CASE("no secret value enters a document")
{
    JobFacts f = full();
    f.image->name = "registry.test/$DB_PASSWORD:1";
    f.services[0].alias = "x${DB_PASSWORD}";
    f.inputs.push_back({"key", "string", "\"hush\"", true});
    f.variables.push_back(variable("INDIRECT", "$DB_PASSWORD"));
    f.cache[0].key = "$INDIRECT";
    f.services[0].variables.push_back(variable("THROUGH", "$INDIRECT"));
    const std::string document = digest_of(f, {}).document;
    CHECK(document.find("p4ss") == std::string::npos);
    CHECK(document.find("hush") == std::string::npos);
}

TEST_CASE("every change of what executes changes the digest "
          "[AC-P12] [AC-P19] [AC-M08] [AC-M09] [AC-M19] [AC-S01] [AC-S06] [AC-S07] [AC-S08] [AC-V24] [AC-V27]")
{
    const std::string before = digest(full());
    using Change = std::function<void(JobFacts&)>;
    const std::vector<std::pair<const char*, Change>> changes = {
        {"job name", [](JobFacts& f) { f.job_name += "x"; }},
        {"image", [](JobFacts& f) { f.image->name = "alpine:3.14@" + sample::image_digest; }},
        {"no image", [](JobFacts& f) { f.image.reset(); }},
        {"entrypoint gone", [](JobFacts& f) { f.image->entrypoint.reset(); }},
        {"entrypoint empty", [](JobFacts& f) { f.image->entrypoint.emplace(); }},
        {"entrypoint other",
         [](JobFacts& f) {
             f.image->entrypoint = {"sh", "-c", "evil"};
         }},
        {"image command", [](JobFacts& f) { f.image->command = {"x"}; }},
        {"user", [](JobFacts& f) { f.image->user = "0"; }},
        {"platform", [](JobFacts& f) { f.image->platform = "linux/arm64"; }},
        {"pull policy", [](JobFacts& f) { f.image->pull_policy = {"never"}; }},
        {"port", [](JobFacts& f) { f.image->ports[0].number = 81; }},
        {"service image", [](JobFacts& f) { f.services[0].name = "postgres:17"; }},
        {"service gone", [](JobFacts& f) { f.services.clear(); }},
        {"service command", [](JobFacts& f) { f.services[0].command = {"sh"}; }},
        {"service alias", [](JobFacts& f) { f.services[0].alias = "vault"; }},
        {"service variable", [](JobFacts& f) { f.services[0].variables[0].value = "x"; }},
        {"service variable name", [](JobFacts& f) { f.services[0].variables[0].key = "LD_PRELOAD"; }},
        {"script line", [](JobFacts& f) { f.steps[0].script[1] = "make all"; }},
        {"one byte", [](JobFacts& f) { f.steps[0].script[0] += "\\"; }},
        {"second line of an entry", [](JobFacts& f) { f.steps[0].script[0] += "\nevil"; }},
        {"when", [](JobFacts& f) { f.steps[0].when = "always"; }},
        {"allow_failure", [](JobFacts& f) { f.steps[0].allow_failure = true; }},
        {"after_script", [](JobFacts& f) { f.steps[1].script[0] = "evil"; }},
        {"after_script gone", [](JobFacts& f) { f.steps.pop_back(); }},
        {"step name", [](JobFacts& f) { f.steps[1].name = "release"; }},
        {"hook", [](JobFacts& f) { f.hooks[0].script[0] = "evil"; }},
        {"hook gone", [](JobFacts& f) { f.hooks.clear(); }},
        {"hook name", [](JobFacts& f) { f.hooks[0].name = "post_get_sources_script"; }},
        {"input", [](JobFacts& f) { f.inputs[0].content = "5"; }},
        {"input type",
         [](JobFacts& f) {
             f.inputs[0] = {"parallelism", "string", "\"4\"", false};
         }},
        {"cache key", [](JobFacts& f) { f.cache[0].key = "pip2"; }},
        {"cache path", [](JobFacts& f) { f.cache[0].paths[0] = "bin"; }},
        {"cache policy", [](JobFacts& f) { f.cache[0].policy = "pull"; }},
        {"cache fallback", [](JobFacts& f) { f.cache[0].fallback_keys.clear(); }},
        {"cache when", [](JobFacts& f) { f.cache[0].when = "always"; }},
        {"artifact path", [](JobFacts& f) { f.artifacts[0].paths[0] = "."; }},
        {"artifact exclude", [](JobFacts& f) { f.artifacts[0].exclude.clear(); }},
        {"artifact when", [](JobFacts& f) { f.artifacts[0].when = "on_failure"; }},
        {"artifact type", [](JobFacts& f) { f.artifacts[0].type = "dotenv"; }},
        {"dependency", [](JobFacts& f) { f.dependencies[0] = "evil"; }},
        {"flag", [](JobFacts& f) { f.variables.push_back(variable("FF_X", "false")); }},
        {"new flag", [](JobFacts& f) { f.variables.push_back(variable("FF_NEW", "1")); }},
        {"variable", [](JobFacts& f) { f.variables.push_back(variable("TARGET", "production")); }},
        {"new variable", [](JobFacts& f) { f.variables.push_back(variable("BASH_ENV", "x")); }},
        {"raw", [](JobFacts& f) { f.variables[3].raw = true; }},
        {"file", [](JobFacts& f) { f.variables[3].file = true; }},
        {"not public", [](JobFacts& f) { f.variables[3].is_public = false; }},
        {"overridden predefined name", [](JobFacts& f) { f.variables.push_back(variable("CI_PIPELINE_IID", "58")); }},
        {"steady name", [](JobFacts& f) { f.variables[2].value = "other"; }},
        {"secret became a file", [](JobFacts& f) { f.variables[5].file = true; }},
    };
    std::set<std::string> seen{before};
    for (const auto& [what, change] : changes) {
        CAPTURE(what);
        JobFacts changed = full();
        change(changed);
        CHECK(seen.insert(digest(changed)).second);
    }
}

TEST_CASE("what binds the project and the commit is not in the digest, and neither is what varies")
{
    const std::string before = digest(full());
    JobFacts other = full();
    other.project_path = "acme/platform/other";
    other.variables[0].value = "acme/platform/other";
    other.project_id = 82;
    other.job_id = 7;
    other.sha = std::string(40, 'a');
    other.variables.back().value = other.sha;
    other.ref = "feature";
    other.variables[1].value = "58"; // CI_PIPELINE_IID
    CHECK(digest(other) == before);
}

TEST_CASE("text that moves over a boundary changes the digest [AC-P20] [AC-S02] [AC-S03]")
{
    std::set<std::string> seen;
    const auto with = [&](std::vector<std::string> lines) {
        JobFacts f = sample::facts();
        f.steps[0].script = std::move(lines);
        return seen.insert(digest(f)).second;
    };
    CHECK(with({"ab", "c"}));
    CHECK(with({"a", "bc"}));
    CHECK(with({"abc"}));
    CHECK(with({"ab\nc"}));
    CHECK(with({"echo a", "rm x"}));
    CHECK(with({"echo a$ rm x"}));
    CHECK(with({"a\r\n", "b"}));
    CHECK(with({"a\n", "b"}));
    CHECK(with({"a "}));
    CHECK(with({"a\t"}));
    CHECK(with({"a\xc2\xa0"}));
    CHECK(with({"\xef\xbb\xbf"
                "a"}));
    CHECK(with({"\xc3\xa9"}));
    CHECK(with({"e\xcc\x81"}));
    CHECK(with({"a\xe2\x80\x8b"}));
    CHECK(with({"a\xe2\x80\xae"})); // [AC-S04]
    JobFacts one = sample::facts(), two = sample::facts();
    one.variables.push_back(variable("A", "BC"));
    two.variables.push_back(variable("AB", "C"));
    CHECK(digest(one) != digest(two));
}

TEST_CASE("of duplicate variables only the last counts [AC-V13]")
{
    JobFacts once = sample::facts(), twice = sample::facts(), swapped = sample::facts();
    once.variables.push_back(variable("X", "b"));
    twice.variables.push_back(variable("X", "a"));
    twice.variables.push_back(variable("X", "b"));
    swapped.variables.push_back(variable("X", "b"));
    swapped.variables.push_back(variable("X", "a"));
    CHECK(digest(once) == digest(twice));
    CHECK(digest(once) != digest(swapped));
}

TEST_CASE("a text that refers to what the runner itself sets is not one that expands to nothing [AC-P14]")
{
    JobFacts f = sample::facts();
    const std::string without = digest_of(f, {}).digest;
    f.image->user = "$CI_CONCURRENT_ID"; // 0, so root, once the job runs
    CHECK(digest_of(f, {}).digest != without);
    CHECK(nlohmann::json::parse(digest_of(f, {}).document)["image"]["user"] ==
          nlohmann::json{{"template", "$CI_CONCURRENT_ID"}});
    f.variables.push_back(sample::variable("WHO", "$CI_CONCURRENT_ID"));
    const std::string unused = (f.image->user.clear(), digest_of(f, {}).digest);
    f.image->user = "$WHO";
    CHECK(digest_of(f, {}).digest != unused);
}

TEST_CASE("a literal text cannot pass for a template")
{
    JobFacts literal = full(), reference = full();
    literal.services[0].variables[1].value = "$${DB_PASSWORD}";
    reference.services[0].variables[1].value = "${DB_PASSWORD}";
    CHECK(digest(literal) != digest(reference));
}

TEST_CASE("base64url has no padding and SHA-256 is SHA-256")
{
    CHECK(base64url("") == "");
    CHECK(base64url("f") == "Zg");
    CHECK(base64url("foobar") == "Zm9vYmFy");
    CHECK(base64url("\xff\xfe") == "__4");
    CHECK(base64url(sha256("abc")) == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}
