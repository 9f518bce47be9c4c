#include "test/integration/jobs/checks.h"

using namespace ysnp::test;

TEST_CASE("addresses that GitLab's answers bring, of another server or of an update, are never asked [AC-G15]")
{
    World world;
    HttpServer elsewhere(world.executor(), [](Peer& peer, const Recorded&) -> boost::asio::awaitable<void> {
        co_await peer.send(reply(200, "{}"));
    });
    const std::string url = elsewhere.url();
    const std::string strange = R"({"server_url":")" + url + R"(","update_url":")" + url +
                                R"(/update","package_url":")" + url + R"(/package","discovery":{"server_url":")" + url +
                                R"("}})";
    world.gitlab().add_fault(
        {.method = "PUT", .path = "/api/v4/jobs/*", .times = -1, .body = strange, .replace_body = true});
    PayloadSpec spec = world.job({"echo ran"});
    spec.patch = strange;
    CHECK(world.finish(spec).state == "success");
    CHECK(world.finish(world.job({"echo again"})).state == "success"); // asked of the same GitLab
    CHECK(world.stop() == 0);
    CHECK(elsewhere.requests().empty());
}
