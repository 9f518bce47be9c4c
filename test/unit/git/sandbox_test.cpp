#include "attacker.h"
#include "fixture.h"
#include "runner/git/landlock.h"
#include "runner/git/sanitized.h"
#include "runner/git/worker_rights.h"
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <map>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sstream>

using namespace ysnp;
using namespace ysnp::git;
using namespace ysnp::git::testing;
namespace fs = std::filesystem;
namespace asio = boost::asio;

namespace {

/// A host with the caches of two projects; the worker of one of them was taken over.
class Takeover {
public:
    Takeover() : bench_(project_)
    {
        fs::create_directories(bench_.dir() / "other");
        std::ofstream(bench_.dir() / "other/secret") << "sources of another project";
        for (const char* name : {attacker_name, without_landlock_name})
            fs::create_symlink(fs::read_symlink("/proc/self/exe"), bench_.dir() / name);
    }

    SourceResult run(const std::string& what, const char* program = attacker_name)
    {
        SourceRequest request = bench_.request(std::string(40, 'a'));
        request.user_agent = what;
        Collect collect;
        WorkerOptions options;
        options.executable = bench_.dir() / program;
        return test::run(bench_.context(), git::fetch(std::move(request), collect, collect,
                                                      in(std::chrono::seconds(10)), std::move(options)));
    }

    std::map<std::string, int> tries()
    {
        asio::ip::tcp::acceptor other(bench_.context(), {asio::ip::address_v4::loopback(), 0});
        const SourceResult result = run("calls " + std::to_string(other.local_endpoint().port()));
        std::map<std::string, int> ended;
        std::istringstream text(result.message);
        for (std::string item; text >> item;)
            ended[item.substr(0, item.find('='))] = std::atoi(item.c_str() + item.find('=') + 1);
        INFO(result.message);
        CHECK(ended.size() == 42);
        return ended;
    }

    fs::path dir() const { return bench_.dir(); }

private:
    Project project_;
    Bench bench_;
};

void expect(const std::map<std::string, int>& tries, const std::vector<std::string>& names, int error)
{
    for (const std::string& name : names) {
        INFO(name);
        REQUIRE(tries.contains(name));
        CHECK(tries.at(name) == error);
    }
}

void need_sandbox()
{
    if (sanitized) SKIP("a program with sanitizers has no sandbox");
}

/// The name that OpenSSL looks a certificate up by.
std::string hashed_name(const std::string& pem)
{
    const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr),
                                                             X509_free);
    char name[16];
    std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(certificate.get()));
    return name;
}

} // namespace

TEST_CASE("a worker that was taken over has the kernel's calls for its work and no others [AC-R29]")
{
    need_sandbox();
    Takeover takeover;
    const auto tries = takeover.tries();
    expect(tries, {"connect_remote", "thread", "write_inside"}, 0);
    expect(tries, {"unix", "socketpair", "netlink", "alg", "vsock", "raw", "udp", "mptcp", "bind", "listen"}, EPERM);
    expect(tries, {"fast_open_other"}, EPERM);
    expect(tries, {"kill_parent", "signal_parent", "outlive_parent", "fork", "namespace"}, EPERM);
    expect(tries, {"clone3", "pidfd_parent", "memfd", "truncate"}, ENOSYS);
    expect(tries, {"map_code", "make_code", "more_files"}, EPERM);
    expect(tries, {"open_up", "lock_out", "symlink", "fifo"}, EPERM);
}

TEST_CASE("a worker that was taken over reads and changes its project's cache and nothing else of the host [AC-R29]")
{
    need_sandbox();
    if (landlock_version() == 0) SKIP("this kernel has no Landlock");
    Takeover takeover;
    const auto tries = takeover.tries();
    expect(tries, {"read_shadow", "read_passwd", "read_other_project", "read_parent", "list_site"}, EACCES);
    expect(tries, {"make_file", "make_folder", "overwrite", "remove"}, EACCES);
    expect(tries, {"move_in"}, EACCES);
    expect(tries, {"link_in"}, EXDEV); // the same "no"
    CHECK(read_file(takeover.dir() / "other/secret") == "sources of another project");
    CHECK_FALSE(fs::exists(takeover.dir() / "made"));
}

TEST_CASE("a worker that was taken over connects to the port of its GitLab alone [AC-R29]")
{
    need_sandbox();
    if (landlock_version() < 4) SKIP("this kernel's Landlock does not know TCP");
    const auto tries = Takeover().tries();
    expect(tries, {"connect_remote"}, 0);
    expect(tries, {"connect_other"}, EACCES);
}

TEST_CASE("a call that only an attack makes kills the worker, and the job hears of it [AC-R29]")
{
    need_sandbox();
    Takeover takeover;
    for (const char* call : {"execve", "execveat", "ptrace", "process_vm_readv", "mount", "unshare", "bpf", "keyctl",
                             "io_uring_setup", "userfaultfd", "perf_event_open", "other_numbers"}) {
        INFO(call);
        const SourceResult result = takeover.run(call);
        CHECK(result.error == SourceError::host);
        CHECK(result.message.find("signal 31") != std::string::npos);
    }
}

TEST_CASE(
    "a worker may reach GitLab or its proxy, a name server where there is a name, and nothing without a repository")
{
    SourceRequest request;
    request.cache_dir = "/cache";
    request.repo_url = "https://192.0.2.1:8443/g/p.git";
    CHECK(rights_of(request).connect == std::vector<std::uint16_t>{8443});
    CHECK_FALSE(rights_of(request).looks_up_names);
    request.repo_url = "https://gitlab.example.com/g/p.git";
    CHECK(rights_of(request).connect == std::vector<std::uint16_t>{443, 53});
    CHECK(rights_of(request).looks_up_names);
    request.proxy.https = "http://192.0.2.7:3128";
    CHECK(rights_of(request).connect == std::vector<std::uint16_t>{3128});
    CHECK(rights_of(request).write == std::vector<std::string>{"/cache"});
    request.strategy = Strategy::none;
    const Rights none = rights_of(request);
    CHECK((none.connect.empty() && none.write.empty() && none.read.empty() && none.list.empty()));
}

TEST_CASE("a worker whose system refuses Landlock brings nothing and says what to permit")
{
    need_sandbox();
    const SourceResult result = Takeover().run("nothing", without_landlock_name);
    CHECK(result.error == SourceError::host);
    CHECK(result.message.find("SystemCallFilter") != std::string::npos);
}

TEST_CASE("the result says which Landlock confined the worker")
{
    Project project;
    project.write("file", "content");
    const std::string sha = project.commit("one");
    Bench bench(project);
    const auto expected = sanitized ? 0 : static_cast<std::uint64_t>(landlock_version());
    CHECK(bench.fetch(sha).result.stats.landlock == expected);
}

TEST_CASE("a confined worker looks up names")
{
    Project project;
    project.write("file", "content");
    const std::string sha = project.commit("one");
    Bench bench(project);
    SourceRequest request = bench.request(sha);
    const std::string port = bench.gitlab().url().substr(bench.gitlab().url().rfind(':'));
    request.pinned_origin = "http://localhost" + port;
    request.repo_url = request.pinned_origin + "/g/p.git";
    const Outcome outcome = bench.fetch(std::move(request));
    INFO(outcome.result.message);
    CHECK(outcome.result.ok());
}

TEST_CASE("a confined worker reads the system's certificates, wherever their links lead")
{
    Project project;
    project.write("file", "content");
    const std::string sha = project.commit("one");
    const test::Authority authority;
    Bench bench(project, with_tls(authority));
    fs::create_directories(bench.dir() / "certificates");
    std::ofstream(bench.dir() / "authority.pem") << authority.certificate();
    const fs::path link = bench.dir() / "certificates" / hashed_name(authority.certificate());
    fs::create_symlink(bench.dir() / "authority.pem", link);
    ::setenv("SSL_CERT_DIR", (bench.dir() / "certificates").c_str(), 1);
    const Outcome outcome = bench.fetch(sha);
    ::unsetenv("SSL_CERT_DIR");
    INFO(outcome.result.message);
    CHECK(outcome.result.ok());
}
