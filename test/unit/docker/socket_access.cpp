#include "docker/socket_access.h"
#include "fake_engine.h"
#include <filesystem>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace ysnp;
using namespace ysnp::docker;

namespace {

/// This thread may not do more with files than their modes say, also as root.
class OnlyByMode {
public:
    OnlyByMode()
    {
        ::syscall(SYS_capget, &header_, before_);
        __user_cap_data_struct less[2] = {before_[0], before_[1]};
        less[0].effective &= ~((1u << CAP_DAC_OVERRIDE) | (1u << CAP_DAC_READ_SEARCH));
        ::syscall(SYS_capset, &header_, less);
    }
    ~OnlyByMode() { ::syscall(SYS_capset, &header_, before_); }

private:
    __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct before_[2]{};
};

} // namespace

TEST_CASE("a socket that is closed to us is told from one that is absent, and the group is named [DK002]")
{
    FakeEngine fake;
    const std::string path = fake.socket();
    REQUIRE(::chmod(path.c_str(), 0660) == 0);
    CHECK(socket_access(path) == SocketAccess::ours);
    CHECK(remedy_of(SocketAccess::ours, path).empty());
    CHECK(socket_access(path + "-not-there") == SocketAccess::absent);
    REQUIRE(::chmod(path.c_str(), 0) == 0);
    CHECK(remedy_of(SocketAccess::denied, path).find("SocketGroup=") != std::string::npos); // root's group
    REQUIRE(::chown(path.c_str(), 0, 1) == 0);
    const OnlyByMode limited;
    CHECK(socket_access(path) == SocketAccess::denied);
    const std::string said = remedy_of(SocketAccess::denied, path);
    INFO(said);
    CHECK(said.find(path + " is closed to the runner's user") != std::string::npos);
    CHECK(said.find("usermod -aG ") != std::string::npos);
    Engine engine = fake.engine();
    const EngineError error = error_of(fake, engine.negotiate(soon())); // a call says the same
    CHECK(error.code() == std::errc::permission_denied);
    CHECK(std::string(error.what()).find("needs to be in the group that owns the socket") != std::string::npos);
}

TEST_CASE("a socket that everybody may write is everybody's [DK003]")
{
    FakeEngine fake;
    const std::string folder = std::filesystem::path(fake.socket()).parent_path();
    REQUIRE(::chmod(fake.socket().c_str(), 0666) == 0);
    REQUIRE(::chmod(folder.c_str(), 0750) == 0);
    CHECK(socket_access(fake.socket()) == SocketAccess::ours); // the folder keeps others out
    REQUIRE(::chmod(folder.c_str(), 0755) == 0);
    CHECK(socket_access(fake.socket()) == SocketAccess::of_everybody);
    CHECK(remedy_of(SocketAccess::of_everybody, fake.socket()).find("chmod 0660 ") != std::string::npos);
}
