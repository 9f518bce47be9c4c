#include "test/integration/gate/site.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>

using namespace ysnp::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

fs::path document(const World& world, const std::string& name)
{
    return world.policy() / "acme/tools/hello" / (name + ".json");
}

struct Damage {
    const char* what;
    const char* code;
    const char* reason; // for GitLab
    std::function<void(const World&)> apply;
};

std::vector<Damage> damages()
{
    const auto write = [](const char* name, std::string text, unsigned mode = 0644) {
        return
            [name, text = std::move(text), mode](const World& world) { write_text(document(world, name), text, mode); };
    };
    const std::string good = R"({"allowed_images":[],"allowed_scripts":[]})";
    return {
        {"truncated", "POL-SCHEMA", "script_failure", write("whitelist", R"({"allowed_images": [)")},
        {"a list", "POL-SCHEMA", "script_failure", write("whitelist", "[]")},
        {"duplicate key", "POL-SCHEMA", "script_failure",
         write("whitelist", R"({"allowed_images":[],"allowed_images":["x"],"allowed_scripts":[]})")},
        {"unknown key", "POL-SCHEMA", "script_failure",
         write("youshallnotpass_config", R"({"jobs":[{"jobName":"default","check":[]}]})")},
        {"mistyped reaction", "POL-SCHEMA", "script_failure",
         write("youshallnotpass_config",
               R"({"jobs":[{"jobName":"default","checks":[{"name":"imageHash","options":{"abortOnFail":"true"}}]}]})")},
        {"no checks", "POL-SCHEMA", "script_failure",
         write("youshallnotpass_config", R"({"jobs":[{"jobName":"default","checks":[]}]})")},
        {"too large", "VLT-REPLY", "runner_system_failure", write("whitelist", good + std::string(5u << 20, ' '))},
        {"writable by the group", "VLT-", "runner_system_failure", write("whitelist", good, 0664)},
        {"writable by all", "VLT-", "runner_system_failure", write("whitelist", good, 0646)},
        {"a folder", "VLT-", "runner_system_failure",
         [](const World& world) {
             fs::remove(document(world, "whitelist"));
             fs::create_directory(document(world, "whitelist"));
         }},
        {"a symbolic link", "VLT-", "runner_system_failure",
         [](const World& world) {
             fs::remove_all(document(world, "whitelist"));
             write_text(world.folder() / "elsewhere.json", "{}", 0644);
             fs::create_symlink(world.folder() / "elsewhere.json", document(world, "whitelist"));
         }},
        {"a folder that others can write", "VLT-", "runner_system_failure",
         [](const World& world) {
             fs::remove_all(document(world, "whitelist"));
             fs::permissions(world.policy() / "acme/tools", fs::perms(0777));
         }},
        {"gone", "POL-MISSING", "script_failure", [](const World& world) { fs::remove_all(world.policy() / "acme"); }},
        {"no store at all", "", "", [](const World& world) { fs::remove_all(world.policy()); }},
    };
}

} // namespace

TEST_CASE("policy that is damaged, oversize or that others can write refuses every job, and says which document "
          "[INV-3] [INV-14] [AC-A03] [AC-A04] [AC-A05]")
{
    World world(enforcing());
    const PayloadSpec spec = approvable(world);
    const EngineWatch watch;
    for (const Damage& damage : damages()) {
        if (fs::is_directory(world.policy() / "acme/tools"))
            fs::permissions(world.policy() / "acme/tools", fs::perms(0755));
        if (fs::is_directory(world.policy()) && !fs::is_regular_file(document(world, "whitelist")))
            fs::remove_all(document(world, "whitelist"));
        fs::remove_all(world.policy() / "acme");
        allow(world, spec);
        damage.apply(world);
        const FakeJob job = world.finish(spec);
        const std::string said = words(job.trace);
        INFO(damage.what << "\n" << plain(job.trace));
        CHECK(job.state == "failed");
        CHECK(said.find(std::string("Job failed (denied by policy): ") + damage.code) != std::string::npos);
        if (*damage.reason != '\0') CHECK(job.failure_reason == damage.reason);
    }
    CHECK(objects_of(world).empty());
    CHECK(watch.seen("label=" + label_of(world)).empty());
}

TEST_CASE("where the audit chain takes no record, no job runs [INV-3] [INV-12] [AC-L04] [AC-E04]")
{
    World world(enforcing());
    const PayloadSpec spec = approvable(world);
    allow(world, spec);
    fs::create_directories(world.audit().parent_path());
    const std::string folder = world.audit().parent_path().string();
    // one page is left: room for some records
    REQUIRE(std::system(
                ("mount -t tmpfs -o size=8k tmpfs " + folder + " && printf x >" + folder + "/filler").c_str()) == 0);
    struct Unmount {
        std::string folder;
        ~Unmount() { (void)!std::system(("umount -l " + folder).c_str()); }
    } unmount{folder};
    const EngineWatch watch;
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < 6; ++i) ids.push_back(world.gitlab().enqueue(spec));
    int ran = 0; // those that had begun, to their end
    for (const std::uint64_t id : ids) {
        const FakeJob job = world.finish(id, 100s);
        INFO(plain(job.trace));
        if (job.state == "success") {
            ++ran;
            continue;
        }
        CHECK(job.failure_reason == "runner_system_failure");
        CHECK(plain(job.trace).find("Job failed (system failure): AUD-SINK: ") != std::string::npos);
        CHECK(plain(job.trace).find("\napproved\n") == std::string::npos);
    }
    CHECK(ran > 0);
    CHECK(ran < 6);
    CHECK(static_cast<int>(watch.seen("label=" + label_of(world) + " --filter event=start").size()) == ran);
    CHECK(world.runner().log().find("ERROR: AUD-SINK: ") != std::string::npos);
    const Finished verified = run_program({"-c", world.config().string(), "audit", "verify"});
    CHECK(verified.exit_code == 0); // no half record
    CHECK(world.stop() == 0);
}

TEST_CASE("learn mode lets a job pass and says loudly what enforce would have done [AC-A02] [INV-16]")
{
    World world;
    const FakeJob job = world.finish(world.job({"echo learned"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(words(job.trace).find("ALLOWED (learn mode: enforce would have refused)") != std::string::npos);
    CHECK(words(job.trace).find("POL-MISSING") != std::string::npos);
    CHECK(audit_records(world, "\"learning\":true") == 1);
    CHECK(world.runner().log().find("WARNING: gate.mode is learn until ") != std::string::npos);
    CHECK(world.runner().log().find("WARNING: The gate learns: enforce would have refused the job") !=
          std::string::npos);
}

TEST_CASE("the gate's box has a mark that the audit tells and no job can print [AC-T10]")
{
    World world;
    const FakeJob job = world.finish(
        world.job({"echo '┌ YouShallNotPass 0123456789ab ─'", "echo 'Job succeeded'", "echo 'Audit record 1'"}));
    INFO(job.trace);
    const std::string text = plain(job.trace), title = "┌ YouShallNotPass ";
    const auto at = text.find(title);
    REQUIRE(at != std::string::npos);
    const std::string mark = text.substr(at + title.size(), 12);
    REQUIRE(mark.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(audit_records(world, "\"hash\":\"" + mark) == 1);
    CHECK(text.find(mark + " ─┘") != std::string::npos); // where the box ends
    CHECK(text.find(mark, text.find(mark + " ─┘") + 12) == std::string::npos);
    const FakeJob other = world.finish(world.job({"true"}));
    CHECK(plain(other.trace).find(mark) == std::string::npos);
}

TEST_CASE("learn mode still refuses what is broken [INV-3] [AC-A03] [AC-P02]")
{
    World world;
    write_text(document(world, "whitelist"), "{", 0644);
    const FakeJob broken = world.finish(world.job({"echo never"}));
    INFO(plain(broken.trace));
    CHECK(broken.state == "failed");
    CHECK(words(broken.trace).find("POL-SCHEMA") != std::string::npos);
    fs::remove(document(world, "whitelist"));
    PayloadSpec liar = world.job({"echo never"});
    liar.patch = R"({"job_info": {"id": 5}})";
    const FakeJob lied = world.finish(liar);
    INFO(plain(lied.trace));
    CHECK(lied.state == "failed");
    CHECK(objects_of(world).empty());
}
