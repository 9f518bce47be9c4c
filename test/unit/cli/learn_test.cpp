#include "desk.h"
#include "runner/audit/log.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;

namespace {

/// A runner that learns, with what it decided about some payloads in its audit file.
class Learner {
public:
    Learner()
    {
        std::filesystem::create_directories(desk.folder / "policy");
        mode("learn\n  learn_until: 2026-12-31");
    }
    void mode(const std::string& text)
    {
        desk.write("config.yml", "state_dir: " + (desk.folder / "state").string() +
                                     "\naudit: { file: " + audit().string() + " }\ngate:\n  mode: " + text +
                                     "\n  file: { path: " + (desk.folder / "policy").string() + " }\n");
    }
    std::filesystem::path audit() const { return desk.folder / "audit.jsonl"; }
    std::filesystem::path policy(const std::string& name) const
    {
        return desk.folder / "policy/acme/tools/hello" / name;
    }
    std::string payload(const std::function<void(json&)>& change = {})
    {
        json job = json::parse(text_of(std::filesystem::path(YSNP_SOURCE_DIR) / "test/vectors/payload-echo.json"));
        job["image"] = {{"name", "busybox@sha256:" + std::string(64, 'a')}};
        if (change) change(job);
        const std::string name = "payload-" + std::to_string(++payloads_) + ".json";
        desk.write(name, job.dump());
        return (desk.folder / name).string();
    }
    /// What the service does with a job: decides, and records that.
    void observe(const std::string& file, const std::string& place = {})
    {
        REQUIRE(desk.run({"gate", "check", "--payload", file, "--output", "json"}) == 0);
        audit::Log log({audit()});
        json decision = json::parse(desk.out);
        if (!place.empty()) decision["policy_place"] = place; // as the service knows it
        log.append({"decision", 1, "acme/tools/hello", decision.dump()});
    }
    int check(const std::string& file) { return desk.run({"gate", "check", "--payload", file}); }

    Desk desk;

private:
    int payloads_ = 0;
};

} // namespace

TEST_CASE("gate learn prints the documents that would have allowed the observed jobs, as a diff to what is there")
{
    Learner host;
    const std::string first = host.payload(), second = host.payload([](json& job) {
        job["steps"][0]["script"].push_back("id");
        job["variables"].push_back({{"key", "TOKEN"}, {"value", "hunter2"}, {"public", false}, {"masked", true}});
    });
    host.observe(first);
    host.observe(first);
    host.observe(second);
    std::filesystem::create_directories(host.policy(""));
    host.desk.write("policy/acme/tools/hello/whitelist.json",
                    "{\n  \"comment\": \"ours\",\n  \"allowed_scripts\": []\n}\n");
    REQUIRE(host.desk.run({"gate", "learn"}) == 0);
    const std::string path = host.policy("whitelist.json").string();
    CHECK_THAT(host.desk.out, ContainsSubstring("--- " + path + "\n+++ " + path + "\n@@ "));
    CHECK_THAT(host.desk.out,
               ContainsSubstring(" \"comment\": \"ours\"") && ContainsSubstring("+    \"say-hello@ysnp2:"));
    CHECK_THAT(host.desk.out,
               ContainsSubstring("--- /dev/null\n+++ " + host.policy("ysnp_policy.json").string() + "\n@@ -0,0 +1,"));
    CHECK_THAT(host.desk.out, ContainsSubstring("\"TOKEN\"") && !ContainsSubstring("hunter2"));
    CHECK(text_of(path).find("ysnp2") == std::string::npos); // nothing was written

    REQUIRE(host.desk.run({"gate", "learn", "--output", "json"}) == 0);
    const json answer = json::parse(host.desk.out);
    CHECK(answer["observed"] == 3);
    CHECK(answer["notes"].empty());
    REQUIRE(answer["documents"].size() == 3);
    CHECK(answer["documents"][0]["before"]["comment"] == "ours");
    CHECK(answer["documents"][0]["after"]["allowed_scripts"].size() == 2);
    CHECK(answer["documents"][1]["before"].is_null());
    // who puts these documents there allows these jobs, and no other
    for (const json& document : answer["documents"])
        host.desk.write(std::filesystem::relative(document["path"].get<std::string>(), host.desk.folder.path()),
                        document["after"].dump());
    host.mode("enforce");
    CHECK(host.check(first) == 0);
    CHECK(host.check(second) == 0);
    CHECK(host.check(host.payload([](json& job) { job["steps"][0]["script"].push_back("evil"); })) == 4);
    REQUIRE(host.desk.run({"gate", "learn"}) == 0);
    CHECK_THAT(host.desk.out, ContainsSubstring("nothing to add: of the jobs that learn mode let through (3)"));
}

TEST_CASE("gate learn proposes for the place that the runner which saw the job reads")
{
    Learner host;
    const std::string own = (host.desk.folder / "policy-of-edge").string();
    std::filesystem::create_directories(own);
    host.desk.write("config.yml",
                    text_of(host.desk.config()) +
                        "runners:\n  - { name: main, url: https://gitlab.example.com, token: glrt-one }\n"
                        "  - { name: edge, url: https://gitlab.example.com, token: glrt-two, gate: { path: " +
                        own + " } }\n");
    host.observe(host.payload(), "file " + own);
    host.observe(host.payload(), "file /elsewhere");
    REQUIRE(host.desk.run({"gate", "learn"}) == 0);
    CHECK_THAT(host.desk.out, ContainsSubstring("+++ " + own + "/acme/tools/hello/whitelist.json\n"));
    CHECK_THAT(host.desk.out, !ContainsSubstring("+++ " + host.policy("whitelist.json").string()));
    CHECK_THAT(host.desk.out, ContainsSubstring("# to decide: 1 jobs were seen by a runner that read file /elsewhere"));
    host.observe(host.payload(), "file " + (host.desk.folder / "policy").string());
    REQUIRE(host.desk.run({"gate", "learn", "--output", "json"}) == 0);
    CHECK(json::parse(host.desk.out)["documents"].size() == 4); // two of each place
}

TEST_CASE("gate learn proposes nothing that takes a group's rules away")
{
    Learner host;
    std::filesystem::create_directories(host.policy(""));
    host.desk.write("policy/acme/ysnp_policy.json", R"({"version":1,"inherit":true,"jobs":{"default":{)"
                                                    R"("checks":[{"name":"scriptHash"}],"protected":true}}})");
    host.observe(host.payload([](json& job) {
        job["variables"].push_back({{"key", "TOKEN"}, {"value", "x"}, {"public", false}, {"masked", true}});
    }));
    REQUIRE(host.desk.run({"gate", "learn", "--output", "json"}) == 0);
    const json answer = json::parse(host.desk.out);
    REQUIRE(answer["documents"].size() == 2); // the whitelist, and
    const json& policy = answer["documents"][1]["after"];
    CHECK(policy["inherit"] == true);
    CHECK(policy["jobs"]["say-hello"]["protected"] == true);
    CHECK(policy["jobs"]["say-hello"]["free_variables"] == json{"TOKEN"});
}

TEST_CASE("gate learn says what no entry can allow, so that somebody decides")
{
    Learner host;
    host.desk.write("policy/acme/tools/hello/ysnp_policy.json",
                    R"({"version":1,"jobs":{"default":{"checks":[{"name":"imageHash"}],)"
                    R"("refs":["refs/heads/release"]}}})");
    host.observe(host.payload([](json& job) { job["image"]["name"] = "debian:12"; }));
    REQUIRE(host.desk.run({"gate", "learn"}) == 0);
    CHECK_THAT(host.desk.out, ContainsSubstring("# to decide: acme/tools/hello say-hello: IMG-REF image: debian:12"));
    CHECK_THAT(host.desk.out, ContainsSubstring("# to decide: acme/tools/hello say-hello: POL-CONDITION ref"));
    CHECK_THAT(host.desk.out, ContainsSubstring("nothing to add: of the jobs that learn mode let through (1)"));
}

TEST_CASE("gate learn takes decisions of the time that --since names, from rotated files too")
{
    Learner host;
    host.observe(host.payload());
    std::filesystem::rename(host.audit(), host.audit().string() + ".1");
    host.observe(host.payload([](json& job) { job["steps"][0]["script"].push_back("id"); }));
    const auto observed = [&](const std::string& since) {
        REQUIRE(host.desk.run({"gate", "learn", "--since", since, "--output", "json"}) == 0);
        return json::parse(host.desk.out)["observed"];
    };
    CHECK(observed("2001-01-01") == 2);
    CHECK(observed("2099-01-01") == 0);
    CHECK(observed("30d") == 2);
    CHECK(host.desk.run({"gate", "learn", "--since", "yesterday"}) == 2);
    CHECK(host.desk.run({"gate", "learn", "--file", "/nonexistent"}) == 3);
    host.desk.write("bad.jsonl", "{ no record\n");
    CHECK(host.desk.run({"gate", "learn", "--file", (host.desk.folder / "bad.jsonl").string()}) == 8);
}
