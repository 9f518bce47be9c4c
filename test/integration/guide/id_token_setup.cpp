#include "test/double/http_server.h"
#include "test/double/replies.h"
#include "test/double/run.h"
#include "test/integration/program.h"
#include "test/unit/vault/live_server.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <ctime>
#include <nlohmann/json.hpp>
#include <thread>

namespace ysnp::test {
namespace {

using nlohmann::json;

/// A GitLab as Vault sees it: it says who it is, and by which key it signs.
class Issuer {
public:
    Issuer()
        : server_(io_.get_executor(), [this](Peer& peer, const Recorded& request) { return answer(peer, request); }),
          url_(server_.url()), work_(boost::asio::make_work_guard(io_)), thread_([this] { io_.run(); })
    {
    }
    ~Issuer()
    {
        io_.stop();
        thread_.join();
    }
    const std::string& url() const { return url_; }
    std::string token(const std::string& project, const std::string& audience = "https://vault.example.com") const
    {
        return key_.issue(json{
            {"iss", url_},
            {"aud", audience},
            {"sub", "project_path:" + project},
            {"project_id", "81"},
            {"project_path", project},
            {"iat", std::time(nullptr)},
            {"exp", std::time(nullptr) +
                        300}}.dump());
    }

private:
    boost::asio::awaitable<void> answer(Peer& peer, const Recorded& request)
    {
        std::string body = key_.key_set();
        if (request.path() == "/.well-known/openid-configuration")
            body = json{{"issuer", url_},
                        {"jwks_uri", url_ + "/oauth/discovery/keys"},
                        {"id_token_signing_alg_values_supported", {"RS256"}}}
                       .dump();
        co_await peer.send(reply(200, body, {{"Content-Type", "application/json"}}));
    }

    TokenIssuer key_;
    boost::asio::io_context io_{1};
    HttpServer server_;
    std::string url_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

} // namespace

TEST_CASE("what gate policies prints for jobs' ID tokens makes Vault verify them, and grants nothing")
{
    if (LiveServer::program().empty()) SKIP("no real Vault: YSNP_VAULTD=$(test/vault/vaultd.sh)");
    boost::asio::io_context io;
    const std::unique_ptr<LiveServer> vault = run(io, LiveServer::start(io.get_executor()));
    const Issuer gitlab;
    const TempDir folder;
    write_text(folder / "config.yml",
               "state_dir: " + (folder / "state").string() +
                   "\ngate:\n  store: vault\n  projects: [\"acme/**\"]\n  vault:\n    address: " + vault->url() +
                   "\n    mount: cicd\n    auth: { method: approle, role_id_file: /role, secret_id_file: /secret }\n"
                   "    id_token: { mount: jwt/gitlab, role: ysnp-evidence, audience: \"https://vault.example.com\" }\n"
                   "runners:\n  - { name: one, url: \"" +
                   gitlab.url() + "/\", token: glrt-one }\n",
               0640);
    const Finished printed =
        run_program({"-c", (folder / "config.yml").string(), "gate", "policies", "--curl"}, {}, folder.path());
    INFO(printed.err);
    REQUIRE(printed.exit_code == 0);
    write_text(folder / "setup.sh", printed.out, 0600);
    const std::string environment = "exec 2>&1; export VAULT_ADDR=" + vault->url() +
                                    " VAULT_TOKEN=" + std::string(vault->root_token()().reveal()) + "; ";
    const Finished set_up = in_shell(environment + "bash " + (folder / "setup.sh").string());
    INFO(printed.out << set_up.out);
    REQUIRE(set_up.exit_code == 0);
    const auto login = [&](const std::string& token) {
        const json body{{"role", "ysnp-evidence"}, {"jwt", token}};
        const Finished answered =
            in_shell("curl -sS --data '" + body.dump() + "' " + vault->url() + "/v1/auth/jwt/gitlab/login");
        INFO(answered.out);
        return json::parse(answered.out);
    };
    const json accepted = login(gitlab.token("acme/tools/hello"));
    INFO(accepted.dump());
    REQUIRE(accepted.contains("auth"));
    CHECK(accepted["auth"]["policies"] == json{"default"});
    CHECK(accepted["auth"]["lease_duration"] == 60);
    CHECK(login(gitlab.token("other/tools/hello")).contains("errors"));
    CHECK(login(gitlab.token("acme/tools/hello", "https://elsewhere.example.com")).contains("errors"));
    CHECK(login(TokenIssuer().issue(json{{"iss", gitlab.url()}, {"project_path", "acme/tools/hello"}}.dump()))
              .contains("errors"));
}

} // namespace ysnp::test
