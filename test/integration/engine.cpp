#include "test/integration/engine.h"
#include "test/double/run.h"
#include "test/integration/program.h"
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace ysnp::test {
namespace {

std::string shell(const std::string& command)
{
    const TempDir folder;
    const std::string out = (folder / "out").string(), err = (folder / "err").string();
    const int status = std::system((command + " >" + out + " 2>" + err).c_str());
    std::string text = read_text(out);
    if (status != 0) throw std::runtime_error(command + ": " + read_text(err) + text);
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

} // namespace

std::string engine_socket()
{
    const char* host = std::getenv("DOCKER_HOST");
    const std::string text = host != nullptr ? host : "unix:///var/run/docker.sock";
    return text.substr(std::string("unix://").size());
}

std::string docker(const std::string& arguments)
{
    return shell("docker -H unix://" + engine_socket() + " " + arguments);
}

void make_image(const std::string& name, const std::vector<std::string>& changes, const std::string& more_files)
{
    const TempDir folder;
    const std::string root = (folder / "root").string();
    shell("mkdir -p " + root + "/bin " + root + "/etc " + root + "/tmp " + root + "/root && chmod 1777 " + root +
          "/tmp" + " && cp /bin/busybox " + root + "/bin/busybox && chroot " + root +
          " /bin/busybox --install -s /bin");
    write_text(root + "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000:node:/tmp:/bin/sh\n", 0644);
    write_text(root + "/etc/group", "root:x:0:\nnode:x:1000:\nstaff:x:50:\n", 0644);
    if (!more_files.empty()) shell("cd " + root + " && " + more_files);
    std::string flags;
    for (const std::string& change : changes) flags += " --change '" + change + "'";
    shell("tar -C " + root + " -c . | docker -H unix://" + engine_socket() + " import" + flags + " - " + name);
}

void make_images()
{
    static const bool made = [] {
        make_image(busybox, {"CMD [\"/bin/sh\"]"});
        return true;
    }();
    (void)made;
}

} // namespace ysnp::test
