#include "test/integration/attacks/siege.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <regex>

namespace ysnp::test {
namespace {

using nlohmann::json;

constexpr const char* config = R"({"jobs":[{"jobName":"default","checks":[
    {"name":"imageHash","options":{"abortOnFail":true}},{"name":"scriptHash","options":{"abortOnFail":true}}]}]})";

WorldOptions watched(WorldOptions options, const EngineTap& tap, const std::filesystem::path& credentials)
{
    options.engine = tap.socket();
    options.network_mode = "job"; // and none ahead: each network is some job's
    options.docker_yaml += "      network_spare: 0\n      auth_config_file: " + credentials.string() + "\n";
    write_text(credentials, "{}");
    return options;
}

std::string digest_in(const std::string& log)
{
    std::smatch found;
    return std::regex_search(log, found, std::regex("ysnp2:[A-Za-z0-9_-]{43}")) ? found.str() : "";
}

} // namespace

Siege::Siege(const More& more)
    : world_(watched(vault_.world(more ? more(vault_) : ""), engine_, operators_ / "docker-auth.json")),
      registry_(world_.executor(), [](Peer& peer, const Recorded&) -> boost::asio::awaitable<void> {
          const std::string nothing =
              json_reply(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown"}]})");
          co_await peer.send(nothing);
      })
{
    Registry::here();
    const std::string host = "127.0.0.1:" + std::to_string(registry_.port());
    const json credentials{{"auths", {{host, {{"auth", "b3BlcmF0b3I6c2VjcmV0"}}}}}}; // operator:secret
    write_text(operators_ / "docker-auth.json", credentials.dump());
}

PayloadSpec Siege::intended()
{
    PayloadSpec spec = world_.job_with_sources({"echo approved", "echo \"to $TARGET\""});
    spec.image = Registry::here().approved();
    spec.after_script = {"echo bye"};
    spec.pre_get_sources = {"echo before"};
    spec.variables.push_back({"TARGET", "staging"});
    spec.id = ++last_id_;
    if (prepare_) prepare_(spec);
    return spec;
}

std::string Siege::hostile_image() const { return "127.0.0.1:" + std::to_string(registry_.port()) + "/mallory/image"; }

void Siege::approve_intended(const std::string& native_policy)
{
    vault_.put("acme/tools/hello/youshallnotpass_config", config);
    if (!native_policy.empty()) vault_.put("acme/tools/hello/ysnp_policy", native_policy);
    const FakeJob refused = world_.finish(intended());
    const std::string digest = digest_in(words(refused.trace));
    INFO(plain(refused.trace));
    REQUIRE(refused.state == "failed");
    REQUIRE_FALSE(digest.empty());
    vault_.put("acme/tools/hello/whitelist", json{{"allowed_images", {Registry::here().approved()}},
                                                  {"allowed_scripts", {intended().name + "@" + digest}}}
                                                 .dump());
}

std::vector<std::string> Siege::happened()
{
    std::vector<std::string> all = engine_.effects();
    for (const std::string& target : requests_beside_api(world_)) all.push_back("git or archive: " + target);
    for (const Recorded& request : registry_.requests()) all.push_back("registry: " + request.target);
    return all;
}

void Siege::check_quiet()
{
    CHECK(happened().empty());
    CHECK(registry_.connections() == 0);
    CHECK(objects_of(world_).empty());
}

void Siege::check_refused(const std::vector<Attack>& attacks)
{
    std::vector<std::uint64_t> ids;
    for (const Attack& attack : attacks) {
        PayloadSpec spec = intended();
        attack.change(spec);
        ids.push_back(world_.gitlab().enqueue(spec));
    }
    for (std::size_t i = 0; i < attacks.size(); ++i) {
        const FakeJob job = world_.finish(ids[i]);
        INFO(attacks[i].what << "\n" << plain(job.trace));
        CHECK(job.state == "failed");
        const std::string said = words(job.trace);
        const bool by_name = said.find("code " + attacks[i].code) != std::string::npos ||
                             said.find("(denied by policy): " + attacks[i].code) != std::string::npos;
        CHECK(said.find("Job failed (denied by policy): ") != std::string::npos);
        CHECK(by_name);
        CHECK(plain(job.trace).find("\napproved\n") == std::string::npos);
        CHECK(audit_records(world_, "\"job_id\":" + std::to_string(ids[i])) > 0);
    }
    check_quiet();
}

void Siege::check_runs()
{
    const FakeJob job = world_.finish(intended());
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(plain(job.trace).find("\nto staging\n") != std::string::npos);
    const std::vector<std::string> seen = happened();
    const auto saw = [&](const char* what) {
        return std::ranges::any_of(seen, [&](const std::string& line) { return line.find(what) != std::string::npos; });
    };
    CHECK(saw("/containers/create"));
    CHECK(saw("/networks/create"));
    CHECK(saw("git or archive: /acme/tools/hello.git"));
    CHECK(world_.stop() == 0);
    CHECK(objects_of(world_).empty());
}

} // namespace ysnp::test
