#include "gitlab-api/api_url.h"
#include "gitlab-api/tls_watch.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <fstream>

using namespace ysnp;
using namespace ysnp::gitlab;
using ysnp::test::TempDir;

namespace {

void write(const std::filesystem::path& path, std::string_view text) { std::ofstream(path) << text; }

} // namespace

TEST_CASE(
    "files named after the host are used where nothing is configured, the client's two only together [NET-03] [NET-06]")
{
    TempDir folder;
    write(folder / "gitlab.example.test.crt", "ca");
    write(folder / "gitlab.example.test.auth.crt", "cert");
    auto found = tls_files({}, folder.path(), "gitlab.example.test");
    CHECK(found.ca_file == (folder / "gitlab.example.test.crt").string());
    CHECK(found.cert_file.empty());
    write(folder / "gitlab.example.test.auth.key", "key");
    found = tls_files({}, folder.path(), "gitlab.example.test");
    CHECK(found.cert_file == (folder / "gitlab.example.test.auth.crt").string());
    CHECK(found.key_file == (folder / "gitlab.example.test.auth.key").string());
    net::TlsOptions configured;
    configured.ca_file = "/own.pem";
    CHECK(tls_files(configured, folder.path(), "gitlab.example.test").ca_file == "/own.pem");
    CHECK(tls_files({}, folder.path(), "other.test").ca_file.empty());
}

TEST_CASE("a certificate file that changes or appears is noticed once [NET-04]")
{
    TempDir folder;
    net::TlsOptions options;
    options.ca_file = (folder / "ca.pem").string();
    TlsWatch watch(options);
    CHECK_FALSE(watch.changed());
    write(folder / "ca.pem", "one");
    CHECK(watch.changed());
    CHECK_FALSE(watch.changed());
    std::filesystem::last_write_time(folder / "ca.pem",
                                     std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    CHECK(watch.changed());
    CHECK_FALSE(TlsWatch(net::TlsOptions{}).changed());
}
