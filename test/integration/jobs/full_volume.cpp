#include "test/integration/attacks/engine_tap.h"
#include "test/integration/gate/site.h"
#include "test/integration/jobs/checks.h"
#include <cstdlib>
#include <unistd.h>

using namespace ysnp::test;

namespace {

/// A loop device of 2 MiB with a file system that becomes a job's volume: it is mounted where the Engine keeps the
/// volume before the container is made, and leaves before the Engine removes the volume.
class SmallDisk {
public:
    SmallDisk()
    {
        const std::string image = (folder_ / "disk").string();
        const Finished made = in_shell("truncate -s 2M " + image + " && /usr/sbin/mkfs.ext2 -q " + image +
                                       " && /usr/sbin/losetup --show -f " + image);
        device_ = made.exit_code == 0 ? made.out.substr(0, made.out.find('\n')) : "";
    }
    ~SmallDisk()
    {
        leave();
        if (!device_.empty()) in_shell("/usr/sbin/losetup -d " + device_);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool exists() const { return !device_.empty(); }
    void become_volume_of(World& world)
    {
        const std::string name = docker("volume ls -q --filter label=" + label_of(world));
        place_ = docker("volume inspect -f '{{.Mountpoint}}' " + name.substr(0, name.find('\n')));
        place_ = place_.substr(0, place_.find('\n'));
        beside_engine("mount " + device_ + " " + place_);
    }
    void leave()
    {
        if (!place_.empty()) beside_engine("umount " + place_);
        place_.clear();
    }

private:
    /// Where the Engine sees the mount.
    static void beside_engine(const std::string& command)
    {
        in_shell("nsenter --mount=/proc/$(cat /run/docker.pid)/ns/mnt " + command);
    }

    TempDir folder_;
    std::string device_, place_;
};

} // namespace

TEST_CASE("a job that fills its volume fails by its own doing, and its log says that no space is left [DK102]")
{
    if (::geteuid() != 0 || std::getenv("YSNP_ENGINE_APART") != nullptr || access("/run/docker.pid", R_OK) != 0)
        SKIP("mounting a disk for the Engine needs root beside it");
    SmallDisk disk;
    if (!disk.exists()) SKIP("this machine has no loop device to spare");
    EngineTap tap;
    World world({.engine = tap.socket()});
    tap.intercept({.request = "POST /containers/create*", .before = [&] { disk.become_volume_of(world); }});
    tap.intercept({.request = "DELETE /volumes/*", .before = [&] { disk.leave(); }});
    PayloadSpec spec = world.job({"rm \"$SETTINGS\"; dd if=/dev/zero of=fill bs=1024 || echo is-full",
                                  "echo FROM=here > $GITLAB_ENV || echo no-room-for-gitlab-env"});
    spec.variables.push_back({"SETTINGS", std::string(3000, 's'), true, false, true});
    spec.after_script = {"echo after-$(echo ran)"};
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(has(job, "\nis-full\n"));
    CHECK(has(job, "no-room-for-gitlab-env\n"));
    CHECK(job.state == "success"); // as after any after_script that fails
    CHECK_FALSE(has(job, "after-ran"));
    CHECK(has(job, "no space is left on the job's volume"));
    CHECK(has(job, "SETTINGS: No space left on device"));
    CHECK_FALSE(has(job, "does the image have a shell"));
    CHECK(world.finish(world.job({"echo fine"})).state == "success");
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}
