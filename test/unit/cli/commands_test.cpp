#include "desk.h"
#include "runner/audit/log.h"
#include "runner/cli/completion_script.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::filesystem::path source = YSNP_SOURCE_DIR;

std::string payload() { return (source / "test/vectors/payload-full.json").string(); }

bool accepts(const std::string& flag)
{
    return flag == "--help" || flag == "-h" || flag == "--version" || flag == "-v";
}

/// "--log-level" as roff writes it.
std::string in_roff(const std::string& flag)
{
    std::string out;
    for (const char letter : flag) out += letter == '-' ? std::string("\\-") : std::string(1, letter);
    return out;
}

} // namespace

TEST_CASE("config check prints every finding and writes nothing")
{
    Desk desk("concurrent: many\nlog: { levl: info }\n");
    CHECK(desk.run({"config", "check"}) == 3);
    CHECK_THAT(desk.out, ContainsSubstring("config.yml:2:13: concurrent: expected a whole number"));
    CHECK_THAT(desk.out, ContainsSubstring("log.levl: unknown key; did you mean level?"));
    CHECK_FALSE(std::filesystem::exists(desk.folder / "state/.runner_system_id"));
    REQUIRE(desk.run({"config", "check", "--output", "json"}) == 3);
    const auto json = nlohmann::json::parse(desk.out);
    CHECK(json["ok"] == false);
    CHECK(json["problems"].size() == 2);
    CHECK(json["problems"][0]["line"] == 2);
    Desk good("concurrent: 2\n");
    CHECK(good.run({"lint"}) == 0);
    CHECK_THAT(good.out, ContainsSubstring("OK, 0 runners"));
}

TEST_CASE("a configuration that cannot be used ends every other command with its findings")
{
    Desk desk("concurrent: many\n");
    CHECK(desk.run({"list"}) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("ERROR: ") && ContainsSubstring("concurrent: expected a whole number"));
}

TEST_CASE("gate explain explains a code and lists them all")
{
    Desk desk("concurrent: 1\n");
    CHECK(desk.run({"gate", "explain", "SCR-UNLISTED"}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("SCR-UNLISTED"));
    CHECK(desk.run({"gate", "explain"}) == 0);
    CHECK(std::count(desk.out.begin(), desk.out.end(), '\n') > 10);
    CHECK(desk.run({"gate", "explain", "scr-unlisted", "--output", "json"}) == 0);
    const auto one = nlohmann::json::parse(desk.out);
    CHECK(one["code"] == "SCR-UNLISTED");
    for (const char* part : {"summary", "meaning", "remedy"}) CHECK_FALSE(one[part].get<std::string>().empty());
    CHECK(desk.run({"gate", "explain", "--output", "json"}) == 0);
    const auto all = nlohmann::json::parse(desk.out);
    CHECK(all.size() > 10);
    CHECK(std::find(all.begin(), all.end(), one) != all.end());
    CHECK(desk.run({"gate", "explain", "NO-SUCH"}) == 2);
    CHECK_THAT(desk.logged, ContainsSubstring("unknown code \"NO-SUCH\""));
}

TEST_CASE("audit show and verify read the chain, and a changed record breaks it")
{
    Desk desk("concurrent: 1\n");
    const auto file = desk.folder / "audit.jsonl";
    audit::Position head;
    {
        audit::Log log({file});
        for (int job = 1; job <= 3; ++job)
            head = log.append({"decision", job, "group/project", R"({"verdict":"refuse","code":"SCR-UNLISTED"})"});
    }
    CHECK(desk.run({"audit", "verify", "--file", file.string()}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("chain intact"));
    CHECK(desk.run({"audit", "verify", "--file", file.string(), "--anchor",
                    std::to_string(head.seq) + ":" + head.hash}) == 0);
    CHECK(desk.run({"audit", "verify", "--file", file.string(), "--anchor", "99:" + head.hash}) == 8);
    CHECK(desk.run({"audit", "verify", "--file", file.string(), "--anchor", "x"}) == 2);
    CHECK(desk.run({"audit", "show", "--file", file.string(), "--last", "2"}) == 0);
    CHECK(std::count(desk.out.begin(), desk.out.end(), '\n') == 2);
    CHECK_THAT(desk.out, ContainsSubstring("code=SCR-UNLISTED") && ContainsSubstring("job_id=3"));
    CHECK(desk.run({"audit", "show", std::to_string(head.seq), "--file", file.string(), "--output", "json"}) == 0);
    CHECK(nlohmann::json::parse(desk.out)["job_id"] == 3);
    CHECK(desk.run({"audit", "show", "4711", "--file", file.string()}) == 1);

    std::string text = text_of(file);
    text.replace(text.find("SCR-UNLISTED"), 12, "SCR-XNLISTED");
    std::ofstream(file) << text;
    CHECK(desk.run({"audit", "verify", "--file", file.string()}) == 8);
}

TEST_CASE("audit show reads rotated files as far as it takes")
{
    Desk desk("concurrent: 1\n");
    const auto file = desk.folder / "audit.jsonl";
    {
        audit::Log log({.file = file, .rotate_at = 1}); // each record in a file of its own
        for (int job = 1; job <= 4; ++job) log.append({"decision", job, "group/project", "{}"});
    }
    const std::string path = file.string();
    CHECK(desk.run({"audit", "show", "--file", path, "--last", "3"}) == 0);
    CHECK(std::count(desk.out.begin(), desk.out.end(), '\n') == 3);
    CHECK(desk.out.find("#2 ") < desk.out.find("#3 "));
    CHECK_THAT(desk.out, ContainsSubstring("#4 "));
    CHECK(desk.run({"audit", "show", "1", "--file", path}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("\"job_id\": 1"));
    CHECK(desk.run({"audit", "show", "5", "--file", path}) == 1);
    std::filesystem::remove(path + ".1");
    CHECK(desk.run({"audit", "show", "--file", path, "--last", "1"}) == 0);
}

TEST_CASE("digest prints the document and its digest, gate allow lets exactly that job pass")
{
    Desk desk("gate: { file: { path: /nonexistent } }\n");
    desk.write("config.yml", "state_dir: " + (desk.folder / "state").string() +
                                 "\ngate: { file: { path: " + (desk.folder / "policy").string() + " } }\n");
    std::filesystem::create_directories(desk.folder / "policy");
    REQUIRE(desk.run({"digest", "--payload", payload(), "--output", "json"}) == 0);
    const auto json = nlohmann::json::parse(desk.out);
    CHECK(json["digest"].get<std::string>().starts_with("ysnp2:"));
    CHECK(json["document"].is_object());
    REQUIRE(desk.run({"digest", "--payload", payload()}) == 0);
    CHECK(desk.out.ends_with("\n" + json["digest"].get<std::string>() + "\n"));
    CHECK(desk.run({"gate", "check", "--payload", payload()}) == 4);
    REQUIRE(desk.run({"gate", "allow", "--payload", payload()}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("added") && ContainsSubstring("@ysnp2:"));
    CHECK_THAT(desk.logged, ContainsSubstring("has no digest, so no entry can allow it"));
    desk.run({"gate", "check", "--payload", payload()});
    CHECK_THAT(desk.out, !ContainsSubstring("SCR-UNLISTED"));
}

TEST_CASE("gate allow adds the entry that a refusal shows, strictly read")
{
    Desk desk("gate: { file: { path: /nonexistent } }\n");
    desk.write("config.yml", "state_dir: " + (desk.folder / "state").string() +
                                 "\ngate: { file: { path: " + (desk.folder / "policy").string() + " } }\n");
    std::filesystem::create_directories(desk.folder / "policy/acme/tools/hello");
    auto job = nlohmann::json::parse(text_of(source / "test/vectors/payload-echo.json"));
    const std::string image = "busybox@sha256:" + std::string(64, 'a');
    job["image"] = {{"name", image}};
    desk.write("payload.json", job.dump());
    desk.write("policy/acme/tools/hello/ysnp_policy.json",
               R"({"version":1,"jobs":{"default":{"checks":[{"name":"imageHash"},{"name":"scriptHash"}]}}})", 0644);
    const std::string file = (desk.folder / "payload.json").string();
    REQUIRE(desk.run({"digest", "--payload", file, "--output", "json"}) == 0);
    const std::string digest = nlohmann::json::parse(desk.out)["digest"], entry = "say-hello@" + digest;
    CHECK(desk.run({"gate", "check", "--payload", file}) == 4);
    CHECK_THAT(desk.out, ContainsSubstring("who keeps the policy runs: ysnprunner gate allow --project"));
    REQUIRE(desk.run({"gate", "allow", "--project", "acme/tools/hello", "--entry", entry}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("added    allowed_scripts: " + entry));
    CHECK(desk.run({"gate", "check", "--payload", file}) == 4);
    REQUIRE(desk.run({"gate", "allow", "--project", "acme/tools/hello", "--image", image, "--output", "json"}) == 0);
    CHECK(nlohmann::json::parse(desk.out)["added"] == nlohmann::json{"allowed_images: " + image});
    CHECK(desk.run({"gate", "check", "--payload", file}) == 0);

    const auto refused = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"gate", "allow"});
        return desk.run(std::move(more)) == 2;
    };
    CHECK(refused({"--entry", entry}));
    CHECK(refused({"say-hello", "--project", "a/b", "--entry", entry}));
    CHECK(refused({"--payload", file, "--project", "a/b", "--image", image}));
    CHECK(refused({"--project", "../b", "--entry", entry}));
    for (const std::string& bad :
         std::vector<std::string>{digest, "@" + digest, entry + "x", entry.substr(0, entry.size() - 1),
                                  "a\xff@" + digest, "j@sha256:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4="})
        CHECK(refused({"--project", "a/b", "--entry", bad}));
    for (const std::string bad : {"busybox:1.36", "@sha256:aa", "busybox@sha256:AA"})
        CHECK(refused({"--project", "a/b", "--entry", entry, "--image", bad}));
    CHECK_FALSE(std::filesystem::exists(desk.folder / "policy/a"));
}

TEST_CASE("a payload that is none says so")
{
    Desk desk("concurrent: 1\n");
    desk.write("bad.json", "{\"id\": \"x\"}");
    CHECK(desk.run({"digest", "--payload", (desk.folder / "bad.json").string()}) == 3);
    CHECK_THAT(desk.logged, ContainsSubstring("bad.json: ") && ContainsSubstring("PAY-"));
    CHECK(desk.run({"digest", "--payload", "/nonexistent.json"}) == 3);
    for (const char* command : {"check", "allow"}) { // the runner denies such a job
        CHECK(desk.run({"gate", command, "--payload", (desk.folder / "bad.json").string()}) == 4);
        CHECK_THAT(desk.logged, ContainsSubstring("bad.json: ") && ContainsSubstring("PAY-"));
        CHECK(desk.run({"gate", command, "--payload", "/nonexistent.json"}) == 3);
    }
}

TEST_CASE("the installed completions are what the program prints")
{
    const std::map<std::string, std::string> files{
        {"bash", "ysnprunner.bash"}, {"zsh", "_ysnprunner"}, {"fish", "ysnprunner.fish"}};
    for (const auto& [shell, name] : files) {
        const std::string script = cli::completion_script(shell, cli::known_commands());
        const auto file = source / "conf/dist/completions" / name;
        if (std::getenv("YSNP_ACCEPT") != nullptr) {
            std::ofstream(file) << script;
            continue;
        }
        CHECK(text_of(file) == script);
    }
    if (std::getenv("YSNP_ACCEPT") != nullptr) SKIP("wrote the completions");
    CHECK(std::system(("bash -n " + (source / "conf/dist/completions/ysnprunner.bash").string()).c_str()) == 0);
}

TEST_CASE("bash completes commands and flags")
{
    const auto complete = [](const std::string& words, int position) {
        const std::string script = "source " + (source / "conf/dist/completions/ysnprunner.bash").string() +
                                   "; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(position) +
                                   "; _ysnprunner; echo \"${COMPREPLY[*]}\"";
        FILE* pipe = ::popen(("bash -c '" + script + "'").c_str(), "r");
        char buffer[4096] = {};
        const std::size_t size = std::fread(buffer, 1, sizeof buffer - 1, pipe);
        ::pclose(pipe);
        return std::string(buffer, size);
    };
    CHECK(complete("ysnprunner reg", 1) == "register\n");
    CHECK(complete("ysnprunner gate all", 2) == "allow\n");
    CHECK_THAT(complete("ysnprunner register --tok", 2), ContainsSubstring("--token"));
    CHECK_THAT(complete("ysnprunner --debug unregister --all", 3), ContainsSubstring("--all-runners"));
}

TEST_CASE("the man page tells every command and every flag")
{
    const std::string page = text_of(source / "conf/dist/ysnprunner.1");
    for (const cli::KnownCommand& command : cli::known_commands()) {
        if (!command.name.empty() && command.name != "gate" && command.name != "audit" && command.name != "config" &&
            command.name != "lint")
            CHECK_THAT(page, ContainsSubstring(".SS " + in_roff(command.name)));
        for (const cli::KnownFlag& flag : command.flags) {
            INFO(command.name << " " << flag.name);
            if (!accepts(flag.name)) CHECK_THAT(page, ContainsSubstring(in_roff(flag.name)));
        }
    }
}
