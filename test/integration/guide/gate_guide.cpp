#include "test/integration/engine.h"
#include "test/integration/gate/registry.h"
#include "test/integration/guide/walkthrough.h"
#include "test/integration/program.h"
#include "test/unit/vault/live_server.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>

namespace ysnp::test {
namespace {

namespace fs = std::filesystem;

/// The folder that the guide's programs are found in by their names.
fs::path programs(const TempDir& folder)
{
    const fs::path bin = folder / "bin";
    fs::create_directory(bin);
    fs::create_symlink(program(), bin / "ysnprunner");
    fs::create_symlink(fs::read_symlink("/proc/self/exe").parent_path() / "fake-gitlab", bin / "fake-gitlab");
    return bin;
}

/// What somebody has who begins to read.
std::string begin(const TempDir& folder, const LiveServer& vault)
{
    const fs::path bin = programs(folder), work = folder / "work",
                   memory = fs::path("/dev/shm") / folder.path().filename();
    fs::create_directory(work);
    fs::create_directory(memory);
    fs::permissions(memory, fs::perms::owner_all);
    return "cd " + work.string() + " && exec timeout 100 env -i HOME=" + work.string() + " PATH=" + bin.string() +
           ":/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 RUNTIME_DIRECTORY=" + memory.string() +
           " VAULT_ADDR=" + vault.url() + " VAULT_TOKEN=" + std::string(vault.root_token()().reveal()) +
           " DOCKER_HOST=unix://" + engine_socket() + " IMAGE=" + Registry::here().approved() + " bash " +
           (folder / "guide.sh").string() + " >" + (folder / "output").string() + " 2>&1";
}

} // namespace

TEST_CASE("the guide to the gate does what it says, word for word [AC-A12] [AC-L12] [GATE-W27]")
{
    if (LiveServer::program().empty()) SKIP("no real Vault: YSNP_VAULTD=$(test/vault/vaultd.sh)");
    if (std::system("command -v jq >/dev/null && command -v curl >/dev/null") != 0) SKIP("the guide needs jq and curl");
    boost::asio::io_context io;
    const std::unique_ptr<LiveServer> vault = run(io, LiveServer::start(io.get_executor()));
    const TempDir folder;
    const std::vector<Step> steps = steps_of(fs::path(YSNP_SOURCE_DIR) / "docs/gate.md");
    REQUIRE(steps.size() > 10);
    write_text(folder / "guide.sh", script_of(steps));
    const int status = std::system(begin(folder, *vault).c_str());
    fs::remove_all(fs::path("/dev/shm") / folder.path().filename());
    const std::string output = read_text(folder / "output");
    const std::vector<std::string> parts = printed(output, steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        INFO("docs/gate.md:" << steps[i].line << " prints\n" << parts[i]);
        CHECK(keeps(parts[i], steps[i].promised));
    }
    INFO(output << "\nthe runner's log:\n" << read_text(folder / "work/runner.log"));
    CHECK(status == 0);
    CHECK(output.ends_with("@@step end\n"));
}

} // namespace ysnp::test
