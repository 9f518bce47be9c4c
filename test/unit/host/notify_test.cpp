#include "runner/host/notify.h"
#include "runner/host/process.h"
#include "runner/host/system_id.h"
#include "test/double/run.h"
#include "test/unit/host/service_manager.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace ysnp;
using namespace ysnp::host;
using ysnp::test::Manager;

TEST_CASE("the service manager hears ready, reloading, stopping, status and the watchdog")
{
    test::TempDir folder;
    Manager manager((folder / "notify").string());
    const Notifier notifier((folder / "notify").string(), std::chrono::seconds(60));
    notifier.ready("2 runners");
    CHECK(manager.heard() == "READY=1\nSTATUS=2 runners");
    notifier.reloading();
    CHECK(manager.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    notifier.stopping("draining");
    CHECK(manager.heard() == "STOPPING=1\nSTATUS=draining");
    notifier.status("one\nREADY=1");
    CHECK(manager.heard() == "STATUS=one READY=1");
    notifier.watchdog();
    CHECK(manager.heard() == "WATCHDOG=1");
    CHECK(notifier.watchdog_interval() == std::chrono::seconds(30));
}

TEST_CASE("without a service manager nothing is said and nothing fails")
{
    const Notifier nobody("");
    nobody.ready("x");
    nobody.watchdog();
    CHECK_FALSE(nobody.watchdog_interval());
    Notifier("/nonexistent/socket").ready("x");
}

TEST_CASE("what systemd set is taken out of the environment, so that no child speaks for us")
{
    ::setenv("NOTIFY_SOCKET", "/run/x", 1);
    ::setenv("WATCHDOG_USEC", "60000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    CHECK(Notifier::from_environment().watchdog_interval() == std::chrono::seconds(30));
    CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
    CHECK(std::getenv("WATCHDOG_USEC") == nullptr);
    ::setenv("WATCHDOG_USEC", "60000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    CHECK_FALSE(Notifier::from_environment().watchdog_interval());
}

TEST_CASE("the process leaves no core and survives a broken pipe [INV-13]")
{
    protect_process();
    CHECK(unprotected().empty());
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    ::close(pipe[0]);
    CHECK(::write(pipe[1], "x", 1) == -1);
    ::close(pipe[1]);
}

TEST_CASE("the system id lives in the state directory [ROT-08] [ROT-10] [ROT-12]")
{
    test::TempDir folder;
    std::ofstream(folder / "machine-id") << "0123456789abcdef0123456789abcdef\n";
    const auto first = system_id(folder.path(), folder / "machine-id");
    CHECK(first.value == gitlab::system_id_of_machine("0123456789abcdef0123456789abcdef"));
    struct stat status {};
    REQUIRE(::stat((folder / ".runner_system_id").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    std::ofstream(folder / ".runner_system_id") << "s_c2d22f638c25\n";
    CHECK(system_id(folder.path(), "/nonexistent").value == "s_c2d22f638c25");
    const auto nowhere = system_id(folder / "missing", folder / "machine-id");
    CHECK(nowhere.value == first.value);
    CHECK(nowhere.warning.empty()); // it comes out the same next time
    CHECK_FALSE(system_id(folder / "missing", "/nonexistent").warning.empty());
    CHECK_FALSE(std::filesystem::exists(folder / "missing"));
}
