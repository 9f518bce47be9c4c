#include "test/double/certificate.h"
#include "test/integration/jobs/checks.h"
#include <algorithm>

using namespace ysnp::test;

namespace {

/// What a certificate is, without line ends.
std::string body_of(std::string pem)
{
    std::erase_if(pem, [](unsigned char byte) { return std::isspace(byte); });
    return pem;
}

} // namespace

TEST_CASE("a GitLab with a certificate of the site's own authority: jobs come, sources come, and the job gets the "
          "authority as a file [NET-07]")
{
    const Authority authority("Site CA");
    const TempDir folder;
    write_text(folder / "ca.pem", authority.certificate());
    WorldOptions options;
    options.runner_yaml = "    tls_ca_file: " + (folder / "ca.pem").string() + "\n";
    const Certificate of_server = authority.issue({.names = {"DNS:localhost", "IP:127.0.0.1"}});
    options.gitlab.server.tls = std::make_shared<const ServerTls>(
        ServerTls{.certificate = of_server.certificate, .key = of_server.key, .client_ca = {}});
    World world(options);
    REQUIRE(world.gitlab().url().starts_with("https://"));
    const FakeJob job =
        world.finish(world.job_with_sources({"cat README.md", "echo file-is-$CI_SERVER_TLS_CA_FILE",
                                             "echo BEGIN-FILE; cat $CI_SERVER_TLS_CA_FILE; echo END-FILE"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "\nhello\ntwo\n"));
    CHECK(has(job, "\nfile-is-/builds/acme/tools/hello.tmp/CI_SERVER_TLS_CA_FILE\n"));
    const std::string text = plain(job.trace);
    const auto from = text.find("\nBEGIN-FILE\n") + 12, to = text.find("\nEND-FILE\n");
    REQUIRE(to != std::string::npos);
    CHECK(body_of(text.substr(from, to - from)) == body_of(authority.certificate()));
    CHECK(world.stop() == 0);
}
