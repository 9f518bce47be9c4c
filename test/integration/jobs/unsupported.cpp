#include "test/integration/jobs/checks.h"
#include <algorithm>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

struct Need {
    const char* field; // named in the log
    const char* patch;
    std::vector<PayloadVariable> variables{};
};

const std::vector<Need>& needs()
{
    static const std::vector<Need> all = {
        {"run", R"({"run": "[{\"name\": \"a\", \"script\": \"echo never\"}]"})"}, // [JOB-198]
        {"services", R"({"services": [{"name": "postgres:16"}]})"},
        {"secrets",
         R"({"secrets": {"PASSWORD": {"vault": {"server": {"url": "https://vault.example.com", "auth": {"name": "jwt", "path": "jwt", "data": {"jwt": "x", "role": "r"}}}, "engine": {"name": "kv-v2", "path": "kv"}, "path": "a", "field": "b"}, "file": true}}})"},
        {"variables.GIT_SUBMODULE_STRATEGY", "{}", {{"GIT_SUBMODULE_STRATEGY", "recursive"}}},
        {"variables.GIT_SUBMODULE_STRATEGY", "{}", {{"GIT_SUBMODULE_STRATEGY", "foo"}}}, // [JOB-187]
        {"git_info.repo_object_format", R"({"git_info": {"repo_object_format": "sha256"}})"},
        {"image.ports",
         R"({"image": {"name": "ysnp-test/busybox:1", "ports": [{"number": 80, "protocol": "http", "name": "web"}]}})"},
    };
    return all;
}

} // namespace

TEST_CASE("what this runner cannot do is named before anything happens to the host [AC-P10] [JOB-198] [JOB-187]")
{
    World world;
    std::vector<std::uint64_t> ids;
    for (const Need& need : needs()) {
        PayloadSpec spec = world.job_with_sources({"echo never"});
        spec.patch = need.patch;
        spec.variables = need.variables;
        ids.push_back(world.gitlab().enqueue(spec));
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const FakeJob job = world.finish(ids[i]);
        INFO(needs()[i].field << "\n" << plain(job.trace));
        CHECK(job.state == "failed");
        // By the gate where the field could run something, else by the list of what is not built yet.
        const bool denied = has(job, std::string("✗ payload   ") + needs()[i].field) && has(job, "PAY-FIELD");
        CHECK((denied || has(job, std::string("ERROR: ") + needs()[i].field)));
        CHECK_FALSE(has(job, "Preparing the"));
        CHECK_FALSE(has(job, "echo never"));
    }
    CHECK(std::ranges::none_of(world.gitlab().server().requests(), [](const Recorded& request) {
        return request.target.find(".git/") != std::string::npos;
    }));
    CHECK(world.runner().log().find("/containers/create") == std::string::npos);
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}
