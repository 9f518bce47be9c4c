#include "test/integration/gate/site.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <ctime>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* reset_path = "/api/v4/runners/reset_authentication_token";

long calls_of(World& world, std::string_view path)
{
    const auto& requests = world.gitlab().server().requests();
    return std::ranges::count_if(requests, [&](const Recorded& request) { return request.path() == path; });
}

long polls_of(World& world) { return calls_of(world, "/api/v4/jobs/request"); }

bool logs(World& world, const std::string& text, std::chrono::seconds limit = 20s)
{
    return world.let([&] { return world.runner().log().find(text) != std::string::npos; }, limit);
}

/// The token that was saved in place of the configured one; empty where there is none.
std::string saved_token(World& world)
{
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator(world.state() / "tokens", none)) {
        const std::string text = read_text(file.path());
        const auto at = text.find("token: '");
        if (at != std::string::npos) return text.substr(at + 8, text.find('\'', at + 8) - at - 8);
    }
    return {};
}

/// Whether a request for jobs was made with this token.
bool asks_with(World& world, const std::string& token)
{
    const auto& requests = world.gitlab().server().requests();
    return std::ranges::any_of(requests, [&](const Recorded& request) {
        return request.path() == "/api/v4/jobs/request" && request.body.find(token) != std::string::npos;
    });
}

std::string utc(std::chrono::seconds from_now)
{
    const std::time_t time = std::time(nullptr) + from_now.count();
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/// A token that is due three quarters on the way from `obtained` to `expires`.
std::string token_dates(std::chrono::seconds obtained, std::chrono::seconds expires)
{
    return "    token_obtained_at: \"" + utc(obtained) + "\"\n    token_expires_at: \"" + utc(expires) + "\"\n";
}

} // namespace

TEST_CASE("a token that expires is replaced in time, unless the flag says no: then that is said once [ROT-06]")
{
    const bool off = GENERATE(false, true);
    const std::string flag = off ? "    feature_flags: { FF_DISABLE_AUTOMATIC_TOKEN_ROTATION: true }\n" : "";
    World world({.runner_yaml = token_dates(-80s, 20s) + flag}); // due five seconds ago
    CHECK(world.finish(world.job({"true"})).state == "success");
    if (off) {
        CHECK(calls_of(world, reset_path) == 0);
        const std::string log = world.runner().log(), said = "FF_DISABLE_AUTOMATIC_TOKEN_ROTATION is on";
        const auto at = log.find(said);
        REQUIRE(at != std::string::npos);
        CHECK(log.find(said, at + 1) == std::string::npos);
    } else {
        CHECK(world.let([&] { return calls_of(world, reset_path) == 1; }, 20s));
    }
    CHECK(world.stop() == 0);
}

TEST_CASE("what a runner made before its token was replaced is removed after a crash [ROT-06] [INV-9]")
{
    World world({.runner_yaml = token_dates(-80s, 20s)});
    const std::string label = label_of(world); // of the configured token
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo it-$(echo runs); sleep 600"}));
    world.start();
    REQUIRE(world.until(id, [](const FakeJob& job) { return job.trace.find("it-runs") != std::string::npos; }));
    REQUIRE(world.let([&] { return calls_of(world, reset_path) == 1; }, 20s));
    REQUIRE(world.let([&] { return !std::filesystem::is_empty(world.state() / "tokens"); }, 10s));
    world.runner().signal(SIGKILL);
    (void)world.runner().wait(10s);
    REQUIRE(label_of(world) != label);
    const auto left = [&] { return docker("ps -aq --filter label=" + label); };
    CHECK_FALSE(left().empty());
    world.start();
    CHECK(world.finish(id).state == "failed");
    CHECK(world.let([&] { return left().empty(); }, 20s));
    CHECK(world.stop() == 0);
}

TEST_CASE("a runner that leaves the configuration takes the timer of its token with it [ROT-07]")
{
    World world({.runner_yaml = token_dates(-6s, 6s)}); // due in three seconds
    world.start();
    REQUIRE(world.let([&] { return polls_of(world) >= 1; }, 20s));
    const std::string text = read_text(world.config());
    write_text(world.config(), text.substr(0, text.find("runners:")) + "runners: []\n");
    world.runner().signal(SIGHUP);
    REQUIRE(world.let([&] { return world.runner().log().find("reloaded: ") != std::string::npos; }, 3s));
    world.let([] { return false; }, 4s);
    CHECK(calls_of(world, reset_path) == 0);
    CHECK(world.stop() == 0);
}

TEST_CASE("a token that GitLab replaced is saved, though the runner is told to stop meanwhile")
{
    World world({.runner_yaml = token_dates(-80s, 20s)});
    world.gitlab().add_fault({.method = "POST", .path = reset_path, .delay = 2s});
    world.start();
    REQUIRE(world.let([&] { return calls_of(world, reset_path) == 1; }, 20s));
    world.runner().signal(SIGTERM);
    REQUIRE(world.let([&] { return !world.runner().running(); }, 20s));
    INFO(world.runner().log());
    CHECK(saved_token(world).starts_with("glrt-reset-"));
}

TEST_CASE("a replaced token that cannot be saved is in use meanwhile, and only the saving is tried again")
{
    World world({.runner_yaml = token_dates(-80s, 20s)});
    std::filesystem::create_directories(world.state());
    write_text(world.state() / "tokens", "a file where the folder should be");
    world.start();
    REQUIRE(logs(world, "was replaced at GitLab and could not be saved"));
    CHECK(world.runner().log().find("could not be replaced") == std::string::npos);
    CHECK(world.let([&] { return asks_with(world, "glrt-reset-"); }, 10s));
    std::filesystem::remove(world.state() / "tokens");
    CHECK(world.let([&] { return saved_token(world).starts_with("glrt-reset-"); }, 20s));
    CHECK(calls_of(world, reset_path) == 1);
    CHECK(world.stop() == 0);
}

TEST_CASE("the first request with a new token does not ask with the time that the old one was told [ROT-05]")
{
    World world({.runner_yaml = token_dates(-6s, 6s)}); // due in three seconds
    world.start();
    REQUIRE(world.let([&] { return asks_with(world, "glrt-reset-"); }, 20s));
    bool first = true;
    std::string last;
    for (const Recorded& request : world.gitlab().server().requests()) {
        if (request.path() != "/api/v4/jobs/request") continue;
        const bool fresh = request.body.find("glrt-reset-") != std::string::npos;
        const bool told = request.body.find("last_update") != std::string::npos;
        if (fresh && first) CHECK_FALSE(told);
        if (!fresh) last = told ? "told" : "";
        first = first && !fresh;
    }
    CHECK(last == "told");
    CHECK(world.stop() == 0);
}
